"""Untrusted bytes into JSON values, with every way of being wrong told to the client in plain words.

JSON is RFC 8259: a leading byte order mark is skipped, and of repeated member names the last counts. Numbers that no
double or machine integer can hold, lone surrogates, NaN and Infinity are refused.
"""

from typing import Any

import msgspec

from ops.errors import BadRequest

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MOST_CONTAINERS = 10_000  # decoding makes an object of each; a batch of full-sized requests has a few hundred
_BRACKETS = b"[]{}"
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in _BRACKETS)
_ALL_SQUARE = bytes.maketrans(b"{}", b"[]")
_NAMES = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "a number", float: "a number"}


def decode_json(raw: bytes, where: str, nesting: int) -> Any:
    """Decode one JSON text of at most `nesting` nested arrays and objects; `where` names it in messages.

    Raises BadRequest.
    """
    raw = raw.removeprefix(_BYTE_ORDER_MARK)
    if not raw.strip():
        raise BadRequest(f"{where} is empty; send JSON")
    decode_text(raw, where)
    _check_structure(raw, where, nesting)
    try:
        return msgspec.json.decode(raw)
    except msgspec.MsgspecError as error:
        raise BadRequest(f"{where} is not valid JSON: {error}") from error


def decode_text(raw: bytes, where: str) -> str:
    """Decode UTF-8 strictly. Raises BadRequest naming the first bad byte."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"{where} is not UTF-8: byte {error.start} is invalid") from error


def kind_of(value: object) -> str:
    """Name the JSON type of a decoded value, with its article."""
    return _NAMES.get(type(value), "null")


def _check_structure(raw: bytes, where: str, nesting: int) -> None:
    if raw.count(b"[") + raw.count(b"{") <= nesting:
        return
    brackets = _brackets_outside_strings(raw)
    if brackets.count(b"[") > _MOST_CONTAINERS:
        raise BadRequest(f"{where} has more than {_MOST_CONTAINERS:,} arrays and objects")
    if _nests_deeper(brackets, nesting):
        raise BadRequest(f"{where} nests arrays and objects more than {nesting} deep")


def _brackets_outside_strings(raw: bytes) -> bytes:
    """Only the brackets of a JSON text, curly ones made square."""
    unescaped = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside_strings = b"".join(unescaped.split(b'"')[::2])
    return outside_strings.translate(_ALL_SQUARE, _NOT_BRACKETS)


def _nests_deeper(brackets: bytes, limit: int) -> bool:
    """Peel off the innermost layer, every `[]`, `limit` times; what is not balanced is left to the decoder."""
    for _ in range(limit):
        peeled = brackets.replace(b"[]", b"")
        if len(peeled) == len(brackets):
            break
        brackets = peeled
    return b"[]" in brackets or brackets.count(b"[") > limit
