"""Which posts the ledger has: so that a post that names no stock any more is written, and one never kept is not."""

from collections.abc import Sequence

from storage.session import Session

_KNOWN = """
SELECT kept.source, kept.external_id
FROM unnest($1::text[], $2::text[]) AS wanted (source, external_id)
JOIN posts AS kept ON kept.source = wanted.source AND kept.external_id = wanted.external_id
"""


async def known_posts(session: Session, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of the posts, given as (source, external id), that were ever kept, deleted ones included."""
    sources, ids = [key[0] for key in keys], [key[1] for key in keys]
    rows = await session.fetch("known_posts", _KNOWN, sources, ids)
    return {(row["source"], row["external_id"]) for row in rows}
