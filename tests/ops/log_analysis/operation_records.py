"""Records of operations, drawn at random, and the lines that are written of them."""

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import structlog
from hypothesis import strategies as st

from ops.errors import PublicError
from ops.logs import configure
from ops.operation_record import (
    BatchRecord,
    CallRecord,
    OperationRecord,
    Phase,
    StatementRecord,
    TraceContext,
)

SECONDS = st.floats(0, 1e6)
COUNTS = st.integers(0, 2**40)
NAMES = st.text(st.characters(), max_size=130)  # half a surrogate pair, NUL and escapes among them
TRACES = st.builds(
    TraceContext, st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.integers(0, 2**64 - 1), st.booleans()
)
PHASES = st.lists(
    st.builds(Phase, st.sampled_from(["parse", "validate", "plan", "execute"]), SECONDS, SECONDS),
    unique_by=lambda phase: phase.name,
)
BATCHES = st.lists(
    st.builds(
        lambda number, keys, hits: BatchRecord(number, "QuoteBySymbol", keys + hits, 1, 0.0, 0.1, redis_hits=hits),
        st.integers(0, 9),
        st.integers(0, 500),
        st.integers(0, 500),
    ),
    max_size=4,
)
STATEMENTS = st.lists(st.builds(StatementRecord, st.just("quotes"), SECONDS, SECONDS, st.integers(0, 500)), max_size=14)
CALLS = st.lists(st.builds(CallRecord, st.just("read"), SECONDS, SECONDS, COUNTS, COUNTS, st.booleans()), max_size=3)


def _codes(kind: type[PublicError] = PublicError) -> Iterator[str]:
    for each in kind.__subclasses__():
        if "code" in vars(each):
            yield each.code
        yield from _codes(each)


RECORDS = st.builds(
    OperationRecord,
    request_id=st.text("0123456789abcdefABC-_.", min_size=1, max_size=64),
    kind=st.sampled_from(["query", "mutation", "subscription", "event", "refused"]),
    name=st.none() | NAMES,
    begun=SECONDS,
    seconds=SECONDS,
    status=st.integers(100, 599),
    codes=st.lists(st.sampled_from(sorted(_codes())), max_size=5),
    kept=st.booleans(),
    document=st.none() | st.binary(min_size=32, max_size=32).map(bytes.hex),
    registered=st.booleans(),
    client=st.none() | NAMES,
    cost=COUNTS,
    trace=st.none() | TRACES,
    phases=PHASES,
    batches=BATCHES,
    statements=STATEMENTS,
    calls=CALLS,
    memory_hits=COUNTS,
    events=st.none() | COUNTS,
)


@contextmanager
def written() -> Iterator[Callable[[], str]]:
    """Write log lines as in production, and give what reads them so far."""
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level, set_up = root.handlers[:], root.level, structlog.get_config()
    try:
        with patch("sys.stderr", stream):
            configure(readable=False)
        yield stream.getvalue
    finally:
        root.handlers[:], root.level = handlers, level
        structlog.configure(**set_up)
