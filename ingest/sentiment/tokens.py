"""Cuts one token of a text, whatever stands in it, into clean words: the normaliser.

Quotes are straightened, emoji stand alone, punctuation and hash signs fall off words, compounds and hash tags come
apart. Everything here is decided within one token, so that results can be kept by token.
"""

import re
import string
from collections.abc import Callable, Iterator

URL = re.compile(r"(?:https?://|www\.)\S*", re.IGNORECASE)
CASHTAG = re.compile(r"[^\w$]*\$[A-Za-z][A-Za-z._-]{0,9}\W*")
NUMBER = re.compile(
    r"[^\w+-]*([+-]?)(?:us|c|eur|usd|gbp|sek|nok|dkk|rs)?[$€£¥]?([+-]?)(\d[\d,]*(?:\.\d+)?)"
    r"(%|percent|pct|bn|bln|b|mn|mln|mm|m|k|x|bps|p|c)?[^\w%]*",
    re.IGNORECASE,
)
_STRAIGHTENED = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc\uff07`\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb\u2026\u2012\u2013\u2014\u2015\u2022\u00b7", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"),
    }
)
_PICTURE = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_ROW = re.compile(rf"({_PICTURE.pattern})\1{{3,}}")
"""Forty rockets say no more than three."""
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_JOINTS = re.compile(r"[^\w'$%&]+|_+")
ELONGATED = re.compile(r"(\w)\1{2,}")
_PUNCTUATION = string.punctuation + "\u20ac\u00a3\u00a5"


def words_of(token: str, known: Callable[[str], bool]) -> Iterator[str]:
    """Cut a token into words; `known` says of a lower-case word whether the lists hold it."""
    if token.isascii():
        yield from _ascii_words(token, known)
        return
    clean = _ROW.sub(r"\1\1\1", token.translate(_STRAIGHTENED))
    for part in _PICTURE.sub(r" \g<0> ", clean).split():
        if _PICTURE.match(part):
            yield part
        else:
            yield from _ascii_words(part, known)


def _ascii_words(token: str, known: Callable[[str], bool]) -> Iterator[str]:
    tagged = token[0] == "@" or ("$" in token and CASHTAG.fullmatch(token))
    if tagged or known(token.lower()) or NUMBER.fullmatch(token):
        yield token
        return
    word = token.strip(_PUNCTUATION)
    if not word:
        yield token
    elif known(word.lower()):
        yield word
    elif token[0] == "#" and len(parts := _CAMEL.findall(word)) > 1:
        yield from parts
    else:
        parts = [part for part in _JOINTS.split(word) if part]
        if len(parts) > 1 and max(map(len, parts)) > 1:
            for part in parts:
                yield _recognised(part, known)
        else:
            yield _recognised(word, known)


def _recognised(word: str, known: Callable[[str], bool]) -> str:
    """Drop a possessive ending, and the length of a loooong word, where that gives a word of the lists."""
    lower = word.lower()
    if known(lower):
        return word
    if lower.endswith("'s") and known(lower[:-2]):
        return word[:-2]
    if not ELONGATED.search(lower):
        return word
    for kept in (r"\1\1", r"\1"):
        if known(shorter := ELONGATED.sub(kept, lower)):
            return shorter
    return word
