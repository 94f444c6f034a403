"""Records of operations as the engine makes them, for tests of what is made of them."""

from time import perf_counter
from typing import Any

from ops.operation_record import (
    BatchRecord,
    CallRecord,
    FieldRecord,
    OperationRecord,
    Phase,
    StatementRecord,
    TraceContext,
)

TRACE = TraceContext(0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7, 0x1111111111111111, sampled=True)
UNSAMPLED = TraceContext(TRACE.trace_id, TRACE.span_id, 0, sampled=False)


def operation(**changes: Any) -> OperationRecord:
    """Return a query of 10 ms that did nothing."""
    told: dict[str, Any] = {
        "request_id": "r1",
        "kind": "query",
        "name": "Watchlist",
        "begun": perf_counter() - 0.01,
        "seconds": 0.01,
        "status": 200,
        "trace": TRACE,
        **changes,
    }
    return OperationRecord(**told)


def watchlist(**changes: Any) -> OperationRecord:
    """Return a query with two fields that shared a batch, its statement, and a call of the cache."""
    begun = perf_counter() - 0.5
    fields = (
        FieldRecord("stocks", "Query.stocks", 1, begun + 0.01, 0.05),
        FieldRecord("stocks.quote", "Stock.quote", 50, begun + 0.06, 0.4),
        FieldRecord("stocks.latest", "Stock.quote", 50, begun + 0.06, 0.4),
        FieldRecord("stocks.plain", "Stock.plain", 50, begun + 0.06, 0.000_01),
    )
    batch = BatchRecord(
        1,
        "QuoteBySymbol",
        50,
        1,
        begun + 0.061,
        0.39,
        asked=100,
        redis_hits=10,
        fields=("stocks.quote", "stocks.latest"),
    )
    return operation(
        begun=begun,
        seconds=0.5,
        registered=True,
        phases=(Phase("parse", begun, 0.001), Phase("execute", begun + 0.005, 0.49)),
        fields=fields,
        batches=(BatchRecord(0, "StockPageByFilter", 1, 1, begun + 0.011, 0.04, 1, fields=("stocks",)), batch),
        statements=(
            StatementRecord("stock_page", begun + 0.012, 0.03, 50, batch=0),
            StatementRecord("quotes", begun + 0.07, 0.38, 0, batch=1, failure="UNAVAILABLE"),
            StatementRecord("feeds", begun + 0.47, 0.001, 3),
        ),
        calls=(CallRecord("read", begun + 0.062, 0.002, 50, batch=1, answered=False),),
        **changes,
    )
