"""The bench itself: verdicts, tables, counted stacks, and a client that takes no wrong answer. Nothing is timed."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bench.engine_by_hand import watchlist
from tests.bench.engine_core import Compiled
from tests.bench.engine_data import DOCUMENT, make_store
from tests.bench.engine_strawberry import Context, in_batches, synchronous, with_loaders
from tests.bench.flame import counted
from tests.bench.load_client import Order, run
from tests.bench.machine import ROOT
from tests.bench.orientation import orientation
from tests.bench.page import BEGIN, END, write_results
from tests.bench.verdicts import Row, summary, table

AT_LEAST = Row.of("requests: watchlist, ratios", "caches off, of the limit", [0.8, 0.9, 1.0], "x", target=0.85)
AT_MOST = Row.of("engine", "batch", [1.9], "x", target=1.8, at_most=True)


def test_a_row_is_judged_by_the_median_of_its_rounds() -> None:
    """Bounds from below and from above; a row without a target is not judged."""
    assert (AT_LEAST.measured, AT_LEAST.low, AT_LEAST.high, AT_LEAST.met) == (0.9, 0.8, 1.0, True)
    assert AT_MOST.met is False
    assert Row("engine", "orientation", 1.0).met is None


def test_what_is_missed_is_named() -> None:
    """The summary counts targets only, and names each that was missed; the table says so in its line."""
    assert summary([AT_LEAST, AT_MOST]) == "1 of 2 targets met\n  not met: engine: batch"
    (line,) = (line for line in table([AT_LEAST, AT_MOST]).splitlines() if "batch" in line)
    assert line.split() == ["batch", "1.90", "x", "1.90..1.90", "<=", "1.8", "NOT", "MET"]


def test_others_stand_beside_ours_as_not_measured() -> None:
    """Figures from elsewhere are marked."""
    text = orientation([AT_LEAST])
    assert "NOT measured in this run" in text
    assert "0.90" in next(line for line in text.splitlines() if "ours, caches off" in line)


def test_stacks_are_counted_by_room_and_by_package() -> None:
    """Self is the innermost frame's, total everybody's on the stack; lines of files do not part a function."""
    api = f"execute ({ROOT}/graph/engine.py:5)"
    flame = counted([
        f"main ({ROOT}/ops/cli/serve.py:1);{api};load ({ROOT}/loaders/base.py:9) 3",
        f"main ({ROOT}/ops/cli/serve.py:2);{api};complete (/venv/lib/site-packages/graphql/execution/executor.py:7) 1",
    ])  # fmt: skip
    assert flame.samples == 4
    assert flame.own == {"ops": 0.0, "graph": 0.0, "loaders": 0.75, "graphql": 0.25}
    assert flame.total == {"ops": 1.0, "graph": 1.0, "loaders": 0.75, "graphql": 0.25}


def test_results_are_replaced_between_their_marks(tmp_path: Path) -> None:
    """What stands around them stays; a page without the marks is refused."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_results(page, "new")
    assert page.read_text() == f"before\n{BEGIN}\n\n```text\nnew\n```\n\n{END}\nafter\n"
    page.write_text("no marks")
    with pytest.raises(SystemExit, match="exactly one place"):
        write_results(page, "new")


def test_the_page_has_its_place_for_results() -> None:
    """`make bench` can write into the documentation."""
    text = (ROOT / "docs" / "performance.md").read_text()
    assert (text.count(BEGIN), text.count(END)) == (1, 1)


async def test_every_executor_of_the_bench_answers_the_same() -> None:
    """What is compared for speed is the same work: plans of all three schemas print what hand-written code prints."""
    store = make_store(7)
    for schema in (with_loaders(), synchronous(), in_batches()):
        plan = Compiled(schema._schema, DOCUMENT, {"first": 7})
        assert await plan.run(Context(store).open_loaders()) == watchlist(store, 7)


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """Serve one connection that gets the same answer to whatever it sends; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                while connection.recv(65_536):
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            thread.join(10)


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (b"HTTP/1.1 500 Oops\r\ncontent-length: 2\r\n\r\n{}", "not a 200"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull", "4 bytes came where 100 were expected"),
    ],
)
def test_the_client_takes_no_wrong_answer(answer: bytes, complaint: str) -> None:
    """An error or another length ends the run: fast failures must not count as throughput."""
    with answering(answer) as port, pytest.raises(SystemExit, match=complaint):
        run(Order(port, [("GET / HTTP/1.1\r\n\r\n", 100)], 1, 0.01))


def test_the_client_counts_whole_answers() -> None:
    """An answer counts once it has arrived to its last byte."""
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + bytes(100)) as port:
        tally = run(Order(port, [("GET / HTTP/1.1\r\n\r\n", 100)], 1, 0.01))
    assert tally.answered == len(tally.milliseconds) >= 1
