"""Finds companies by name: which name begins at a token, and whether the text means the company by it."""

from collections.abc import Sequence
from typing import Final

from ingest.tickers import phrases
from ingest.tickers.in_use import USED, is_meeting, only_used
from ingest.tickers.nicknames import Need
from ingest.tickers.surroundings import Surroundings
from ingest.tickers.vocabulary import Entry, Name, Vocabulary

_REACH: Final = 20
_JOINED_BY: Final = phrases.DIVIDERS - {"-", "\n", "."}
_OF_PRICES: Final = frozenset({"price", "pt", "on", "off", "profit"})


def longer_name_at(tokens: Sequence[str], i: int, entry: Entry) -> Name | None:
    """Find the longest name of several tokens that begins at a token."""
    if entry.longer and i + 1 < len(tokens):
        for name in entry.longer.get(tokens[i + 1], ()):
            if tokens[i + 1 : i + 1 + len(name.rest)] == name.rest:
                return name
    return None


def means_company(  # noqa: PLR0911  # one return for each rule reads better than one long condition
    tokens: Sequence[str], around: Surroundings, vocabulary: Vocabulary, i: int, name: Name
) -> bool:
    """Whether the name that begins at `i` has around it what it needs, and is not the end of a longer name."""
    last = i + len(name.rest)
    if around.word(last + 1) in phrases.NO_COMPANY_AFTER or is_meeting(around, name.symbol, last):
        return False
    if tokens[i].islower() and around.word(i - 1) in phrases.DETERMINERS:
        return _beside_finance(around, i, last)
    used = name.symbol in USED and only_used(around, name.symbol, i, last, small=tokens[i].islower())
    if used and not _beside_finance(around, i, last):
        return False
    if name.need is Need.NOTHING:
        return True
    if not name.rest and ends_longer_name(tokens, i):
        return False
    if _beside_company(tokens, vocabulary, i, last):
        return True
    if name.need is Need.FINANCE_IN_THE_TEXT:
        return around.speaks_of_finance(i, _REACH) or _acts(around, last)
    return _said_to_act(tokens, around, vocabulary, i, last)


def _said_to_act(tokens: Sequence[str], around: Surroundings, vocabulary: Vocabulary, i: int, last: int) -> bool:
    """Whether a word of the market stands right beside the name, or behind a second one that "and" joins to it."""
    if around.word(i - 1) in _OF_PRICES:
        return False
    return _beside_finance(around, i, last) or _beside_finance(around, i, _end_of_pair(tokens, vocabulary, last))


def _end_of_pair(tokens: Sequence[str], vocabulary: Vocabulary, last: int) -> int:
    """Place of the second of two names, "Delta and United both raised", for what is said of both stands behind it."""
    if last + 2 < len(tokens) and tokens[last + 1] == "and":
        entry = vocabulary.get(tokens[last + 2])
        return last + 2 if entry and entry.alone else last
    return last


def ends_longer_name(tokens: Sequence[str], i: int) -> bool:
    """Whether a capitalised word that begins no sentence or headline stands right before: Jerome Powell, Eagle Ford."""
    before = tokens[i - 1] if i else ""
    return before[:1].isupper() and before[1:].islower() and before.lower() not in phrases.NAME_STARTERS


def _beside_company(tokens: Sequence[str], vocabulary: Vocabulary, i: int, last: int) -> bool:
    """Whether "and", a comma or the like joins the name to a company that needs nothing more: PayPal and Block."""
    for divider, other in ((i - 1, i - 2), (last + 1, last + 2)):
        if 0 <= other < len(tokens) and tokens[divider].lower() in _JOINED_BY:
            entry = vocabulary.get(tokens[other])
            if entry and entry.alone and entry.alone.need is Need.NOTHING:
                return True
    return False


def _beside_finance(around: Surroundings, i: int, last: int) -> bool:
    return (
        _acts(around, last)
        or around.noun(last) is not None
        or (around.word(last + 1) in phrases.CLOSERS and (around.subject(i) or around.bought(i)) is not None)
    )


def _acts(around: Surroundings, last: int) -> bool:
    """Whether what follows the name is what companies and their shares do: "names a chief", "to cut", "sinks"."""
    if around.word(last + 1) == "both":
        last += 1
    after = around.word(last + 1)
    if after == "'s":
        after = around.word(last + 2)
    infinitive = after == "to" and around.word(last + 2) in phrases.INFINITIVES
    return infinitive or after in phrases.NEWS_VERBS or around.move(last) is not None
