"""`POST /api/v1/stocks/batch`: many stocks in the order asked, each with its data or its error."""

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from graph.documents.decoding import decode_json, kind_of
from graph.engine import Engine
from graph.http.body import read_whole
from graph.http.content import check_content
from graph.http.responses import send_json
from graph.outcome import Outcome
from graph.rest.builtin import STOCK_BATCH
from graph.rest.plain import root_value, send_errors, status_of
from graph.rest.reading import is_answered, refuse_parameters, run
from ops.errors import BadRequest, PayloadTooLarge, UnknownSymbol
from ops.settings import Limits

METHODS = "POST, OPTIONS"
_FIELD = "stocksBySymbol"
_MEMBER = "symbols"
_LONGEST_SYMBOL = 40  # longer than any there is; what is longer is not repeated in a message


class StockBatch:
    """An ASGI application; the document is run once for all symbols, each of them asked for once."""

    def __init__(self, engine: Engine, limits: Limits) -> None:
        self._engine = engine
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises PublicError and ClientLeft."""
        if await is_answered(scope, send, METHODS):
            return
        refuse_parameters(scope, "the symbols stand in the body")
        check_content(Headers(scope=scope))
        asked = read_symbols(await read_whole(receive), self._limits)
        symbols = list(dict.fromkeys(asked))
        document = self._engine.library.find(STOCK_BATCH)
        outcome = await run(self._engine, document.text, {"symbols": symbols}, scope, receive)
        found = root_value(outcome, _FIELD) if not outcome.refused else None
        if found is None:
            await send_errors(send, outcome.errors, status_of(outcome))
            return
        entries = dict(zip(symbols, _entries(symbols, found, outcome), strict=True))
        await send_json(send, {"stocks": [entries[symbol] for symbol in asked]})


def read_symbols(raw: bytes, limits: Limits) -> list[str]:
    """Return the symbols of a body as they are spelt in it. Raises PayloadTooLarge or BadRequest."""
    if len(raw) > limits.body_bytes:
        raise PayloadTooLarge(f"The body has more than {limits.body_bytes:,} bytes", limit=limits.body_bytes)
    body = decode_json(raw, "The body", limits.nesting)
    if not isinstance(body, dict):
        raise BadRequest(f'The body must be a JSON object such as {{"symbols": ["AAPL"]}}, not {kind_of(body)}')
    unknown = next((name for name in body if name != _MEMBER), None)
    if unknown is not None:
        raise BadRequest(f"The body has a member '{unknown[:_LONGEST_SYMBOL]}'; 'symbols' is the only one there is")
    if _MEMBER not in body:
        raise BadRequest('The body has no \'symbols\', an array of strings as in {"symbols": ["AAPL"]}')
    symbols = body[_MEMBER]
    if not isinstance(symbols, list):
        raise BadRequest(f"'symbols' must be an array of strings, not {kind_of(symbols)}")
    if not 1 <= len(symbols) <= limits.list_items:
        raise BadRequest(
            f"'symbols' has {len(symbols):,} items; 1 to {limits.list_items} are allowed", limit=limits.list_items
        )
    for position, symbol in enumerate(symbols):
        if not isinstance(symbol, str):
            raise BadRequest(f"'symbols' must hold strings; item {position} is {kind_of(symbol)}")
    return symbols


def _entries(symbols: Sequence[str], found: Sequence[Any], outcome: Outcome) -> list[dict[str, Any]]:
    """Join each symbol with its stock, or with the first error at or below its place in the list."""
    errors: dict[int, dict[str, Any]] = {}
    for error in outcome.errors:
        path = list(error.get("path") or ())
        if len(path) > 1 and path[0] == _FIELD:
            errors.setdefault(path[1], {"message": error["message"], **error["extensions"]})
    entries: list[dict[str, Any]] = []
    for place, (symbol, stock) in enumerate(zip(symbols, found, strict=True)):
        if place in errors:
            entries.append({"symbol": symbol, "error": errors[place]})
        elif stock is None:
            entries.append({"symbol": symbol, "error": _unknown(symbol)})
        else:
            entries.append({"symbol": symbol, "stock": stock})
    return entries


def _unknown(symbol: str) -> dict[str, Any]:
    error = UnknownSymbol(f"No stock has the symbol '{symbol[:_LONGEST_SYMBOL]}'")
    return {"message": error.message, **error.extensions}
