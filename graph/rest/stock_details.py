"""`GET /api/v1/stocks/{symbol}/details`: the built-in document StockDetails as plain JSON."""

from starlette.types import Receive, Scope, Send

from graph.engine import Engine
from graph.http.responses import encode, send_json
from graph.outcome import Outcome
from graph.responses.cache import Form
from graph.responses.kept import Kept
from graph.responses.serving import send_kept
from graph.rest.builtin import STOCK_DETAILS
from graph.rest.plain import root_value, send_errors, send_unknown, status_of
from graph.rest.reading import answered, is_answered, refuse_parameters

METHODS = "GET, HEAD, OPTIONS"


class StockDetails:
    """An ASGI application whose path parameter is `symbol`; its answer is whole, or it is an error."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises PublicError and ClientLeft."""
        if await is_answered(scope, send, METHODS):
            return
        refuse_parameters(scope, "the symbol stands in the path")
        symbol: str = scope["path_params"]["symbol"]
        document = self._engine.library.find(STOCK_DETAILS)
        answer = await answered(self._engine, document.text, {"symbol": symbol}, scope, receive, form=_STOCK)
        if isinstance(answer, Kept):
            await send_kept(scope, send, answer)
        elif answer.errors:
            await send_errors(send, answer.errors, status_of(answer))
        elif (stock := root_value(answer, "stock")) is None:
            await send_unknown(send, symbol)
        else:
            await send_json(send, stock)


def _written(outcome: Outcome) -> bytes | None:
    stock = root_value(outcome, "stock")
    return None if stock is None else encode(stock)


_STOCK = Form("stock", _written)
