"""What writers of posts tell: what became of the posts, and which mentions there is news of."""

from dataclasses import dataclass, field

from storage.rows import MentionRow


@dataclass(frozen=True, slots=True)
class PostCounts:
    """Posts by what became of them, and mentions; `symbols` are those mentioned but not listed, and left out.

    `deleted` went, or stay away because they had been deleted.
    """

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    stale: int = 0
    deleted: int = 0
    mentions: int = 0
    symbols: frozenset[str] = frozenset()

    def __add__(self, other: "PostCounts") -> "PostCounts":
        return PostCounts(
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.stale + other.stale,
            self.deleted + other.deleted,
            self.mentions + other.mentions,
            self.symbols | other.symbols,
        )


@dataclass(frozen=True, slots=True)
class PostChanges:
    """The counts, the mentions that were added or changed, as they are stored now, and the symbols of what changed."""

    counts: PostCounts
    mentions: list[MentionRow] = field(default_factory=list)
    symbols: frozenset[str] = frozenset()
