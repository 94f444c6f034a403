"""Gives a sketched post its words, author and score, and says in community and author that it is simulated."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from ingest.demo.crowd import Sketch
from ingest.demo.phrases import CLAIMS, CLOSERS, COMMUNITIES, HEADLINES, NEWSROOMS, OPENERS, PAIRS
from ingest.sentiment import Score, Scorer
from storage.intake_items import CollectedPost
from storage.terms import SCORER, Source
from storage.write_posts import MentionRecord, PostRecord

ID_PREFIX = "demo-"
LIVE_PREFIX = "demo-live-"
"""Ids of live posts stand behind all those of history: a top-up goes on from history's newest, which leaves gaps."""
_TEMPLATES_KEPT = 32_768
_MOOD_SPREAD = 0.9
_AUTHORS = 4_000


@dataclass(frozen=True, slots=True)
class _Wording:
    template: str
    community: str | None
    author: str


class Writer:
    """Writes posts; each distinct template is scored once, for VADER knows no cashtag and so scores all alike."""

    def __init__(self, scorer: Scorer) -> None:
        self._score = lru_cache(maxsize=_TEMPLATES_KEPT)(lambda template: scorer.score(_fill(template, ("A", "A"))))

    def post(self, sketch: Sketch) -> PostRecord:
        """Write out a sketch, with one mention per symbol."""
        wording = _wording(sketch)
        score: Score = self._score(wording.template)
        return PostRecord(
            source=sketch.source,
            external_id=f"{id_of(sketch.posted_at)}-{sketch.number:04d}",
            posted_at=sketch.posted_at,
            community=wording.community,
            author=wording.author,
            text=_fill(wording.template, sketch.symbols),
            url=None,
            engagement=_engagement(sketch),
            simulated=True,
            model=SCORER,
            mentions=tuple(
                MentionRecord(symbol, score.value, score.label, score.evidence, "cashtag") for symbol in sketch.symbols
            ),
        )


def live_post(sketch: Sketch) -> CollectedPost:
    """Write out a live sketch as a collector would bring it: tickers and score are found by the intake."""
    wording = _wording(sketch)
    return CollectedPost(
        source=sketch.source,
        external_id=f"{id_of(sketch.posted_at, LIVE_PREFIX)}-{sketch.number:04d}",
        posted_at=sketch.posted_at,
        observed_at=sketch.posted_at,
        text=_fill(wording.template, sketch.symbols),
        community=wording.community,
        author=wording.author,
        engagement=_engagement(sketch),
        simulated=True,
    )


def id_of(moment: datetime, prefix: str = ID_PREFIX) -> str:
    """Make the start of the ids of posts of an hour; such ids ascend with time."""
    return f"{prefix}{moment:%Y%m%d%H}"


def _wording(sketch: Sketch) -> _Wording:
    opener, claim, closer, slant, who, where, _ = sketch.rolls
    tone = _tone(sketch.mood, slant)
    author = f"simulated_{int(who**2 * _AUTHORS):04d}"
    if sketch.source is Source.NEWS:
        template = _pick(PAIRS, claim) if len(sketch.symbols) > 1 else _pick(HEADLINES[tone], claim)
        return _Wording(template[0].upper() + template[1:], _pick(NEWSROOMS, where), "simulated desk")
    body = _pick(PAIRS, claim) if len(sketch.symbols) > 1 else _pick(CLAIMS[tone], claim)
    opening = _pick(OPENERS, opener)
    if not opening.endswith(":"):
        body = body[0].upper() + body[1:]
    ending = "" if body[-1] in "?!" else "."
    template = " ".join(filter(None, (opening, body + ending, _pick(CLOSERS, closer))))
    return _Wording(template, _pick(COMMUNITIES, where) if sketch.source is Source.REDDIT else None, author)


def _tone(mood: float, slant: float) -> int:
    """Index of a group of claims: the mood, blurred, cut into as many bands as there are groups."""
    place = mood * 0.6 + (slant - 0.5) * 2 * _MOOD_SPREAD
    return min(max(int((place + 1) / 2 * len(CLAIMS)), 0), len(CLAIMS) - 1)


def _pick(choices: tuple[str, ...], roll: float) -> str:
    return choices[int(roll * len(choices))]


def _fill(template: str, symbols: tuple[str, ...]) -> str:
    return template.replace("{a}", f"${symbols[0]}").replace("{b}", f"${symbols[-1]}")


def _engagement(sketch: Sketch) -> int | None:
    """Few posts get most of the attention: a Pareto law, from nothing to some tens of thousands; none for news."""
    if sketch.source is Source.NEWS:
        return None
    return min(int(3 * sketch.rolls[-1] ** -1.1) - 3, 50_000)
