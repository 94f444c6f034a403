"""Which texts are copies of one another: a number that is equal for texts that differ in form alone."""

import re
from hashlib import blake2b
from unicodedata import normalize

_NO_WORDING = re.compile(r"https?://\S+|www\.\S+|(?<!\w)@\w+|^\s*RT\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def copy_key(text: str) -> int:
    """Return the key of a text, a signed 64-bit number.

    Case, punctuation, spacing, emoji, compatibility forms, web addresses, @handles and a leading RT make no
    difference. A text of nothing else stands for itself.
    """
    plain = text if text.isascii() else normalize("NFKC", text)
    words = " ".join(_WORD.findall(_NO_WORDING.sub(" ", plain).casefold()))
    digest = blake2b((words or text).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
