"""One spelling per symbol: upper case, share classes after a dot (BRK.B)."""

import re
from collections.abc import Collection, Iterable

LENGTH_MAX = 16
_FORM = re.compile(r"[A-Z0-9][A-Z0-9.^=]{0,15}")
_FORMS = re.compile(rf"{_FORM.pattern}(,{_FORM.pattern})*")
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


def canonicals(symbols: Collection[str]) -> tuple[str, ...]:
    """Return the canonical forms of what can be symbols, sorted and distinct, so that equal questions make equal keys.

    Mostly all are canonical as they come, which one match tells as well as one for each.
    """
    text = listed(symbols)
    if text.count(",") == len(symbols) - 1 and _FORMS.fullmatch(text):
        return tuple(sorted(set(symbols)))
    return tuple(sorted({form for symbol in symbols if (form := canonical(symbol)) is not None}))


def array_of(parameter: str) -> str:
    """Write in SQL the array of the symbols that a text parameter holds, made by `listed`: `$1` or `$1::text`."""
    return f"string_to_array({parameter}, ',')"


def listed(symbols: Iterable[str]) -> str:
    """Write canonical symbols as one text, in which none can hold the comma.

    The driver asks each item of an array what it is: fifty symbols cost 16 us, as much as to read their rows.
    """
    return ",".join(symbols)
