"""One spelling per symbol: upper case, share classes after a dot (BRK.B)."""

import re

LENGTH_MAX = 16
_FORM = re.compile(r"[A-Z0-9][A-Z0-9.^=]{0,15}")
_SEPARATORS = str.maketrans("-/", "..")


def canonical(text: str) -> str | None:
    """Return the canonical symbol, or None where the text cannot be one; the form is that of `stocks_symbol_form`.

    "brk-b", "BRK/B" and " BRK.B " all mean BRK.B. Text outside ASCII is refused before it is upper-cased: Unicode's
    rules would turn one letter into two, or a foreign letter into a Latin one.
    """
    if _FORM.fullmatch(text):
        return text
    trimmed = text.strip(" \t\r\n")
    if len(trimmed) > LENGTH_MAX or not trimmed.isascii():
        return None
    symbol = trimmed.upper().translate(_SEPARATORS)
    return symbol if _FORM.fullmatch(symbol) else None
