"""`python -m tests.bench.tracing`: what it costs to know where every millisecond went, beside the same without.

One API in five processes, each asked in turn: fields not timed and no spans; fields timed; spans made for none of the
operations, though any might be kept at its end; spans made for all and sent to a collector, with comments in SQL and
without. Their answers are the same bytes. Figures are CPU time of the server's process as the kernel counts it, in
ratios of one round.
"""

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from inspect import isawaitable
from time import process_time
from typing import Any

import click
import msgspec
import uvloop

from graph.field_timing import FieldTiming
from ops import logs
from tests.bench.api_servers import OFF, ROWS, api
from tests.bench.engine_core import Compiled
from tests.bench.engine_data import DOCUMENT, LEAVES, make_store
from tests.bench.engine_strawberry import Context, in_batches
from tests.bench.market_data import make_database, most_mentioned, running_servers
from tests.bench.processes import Served, free_port, served
from tests.bench.rounds import Contender, ratios, run_rounds
from tests.bench.same_answers import expected
from tests.bench.shapes import Shape, shapes
from tests.bench.verdicts import Row, table
from tests.bench.whole_requests import DAYS, FOLDER

UNSAMPLED, SAMPLED = 1.03, 1.10
"""How many times the CPU of the same server without tracing a request may take at most."""

STOCKS = 50
_FULL, _QUICK = (15, 0.8), (7, 0.5)


@contextmanager
def contenders(database_url: str, redis_url: str, caches: dict[str, str]) -> Iterator[dict[str, Served]]:
    """Run the servers, and the collector of those that make spans."""
    port = free_port()
    still = {**OFF, **caches, "INSITECHART_WINDOW_TICK": "3600"}  # all are asked about the same window
    sent = {"INSITECHART_TRACING_ENDPOINT": f"http://127.0.0.1:{port}"}
    ways = {
        "off": {"INSITECHART_TRACING_FIELDS": "false"},
        "fields timed": {},
        "spans of none": {**sent, "INSITECHART_TRACING_SHARE": "0", "INSITECHART_TRACING_RATE": "0"},
        "spans of all": {**sent, "INSITECHART_TRACING_SHARE": "1"},
        "spans of all, comments in all SQL": {
            **sent,
            "INSITECHART_TRACING_SHARE": "1",
            "INSITECHART_TRACING_SQL_COMMENTS": "100000",
        },
    }
    with ExitStack() as stack:
        stack.enter_context(served("collector", ["tests.bench.trace_sink", str(port)], {}, port))
        yield {
            name: stack.enter_context(api(name, database_url, redis_url, {**still, **settings}))
            for name, settings in ways.items()
        }


def request_rows(shape: Shape, servers: dict[str, Served], state: str, rounds: int, seconds: float) -> Iterator[Row]:
    """Load the servers in turn, and compare each with the one that has tracing off."""
    asked = {name: expected(server, shape.asked_of_us()) for name, server in servers.items()}
    if any(answers != asked["off"] for answers in asked.values()):
        raise SystemExit(f"{shape.name}: the servers do not answer alike")
    found = run_rounds([Contender(name, servers[name], asked[name]) for name in servers], rounds, seconds, single=False)
    group = f"tracing: {shape.name}, {state}: server CPU a request, times that with tracing off"
    yield Row.of(group, "off, milliseconds", found["off"].cpu_ms, "ms")
    for name in list(servers)[1:]:
        # Every statement with a comment is planned anew; what the settings allow of that is in "spans of all".
        targets = {"spans of all": SAMPLED, "spans of all, comments in all SQL": None}
        most_of_all = targets.get(name, UNSAMPLED) if shape.name == "watchlist" else None
        yield Row.of(
            group, name, ratios(found[name].cpu_ms, found["off"].cpu_ms), "x", target=most_of_all, at_most=True
        )


async def engine_rows(rounds: int) -> list[Row]:
    """Run the plan of the watchlist in memory, with a timing and without in turn."""
    plan = Compiled(in_batches()._schema, DOCUMENT, {"first": STOCKS})
    store = make_store(STOCKS)

    async def one(*, timed: bool) -> None:
        timing = FieldTiming(plan.columns) if timed else None
        running: Any = plan.start(Context(store).open_loaders(), timing)
        if isawaitable(running):
            await running
        if timing is not None:
            timing.finish()

    shares = []
    for number in range(-1, rounds * 4):
        seconds = dict.fromkeys((False, True), 0.0)
        for place in range(200):
            timed = place % 2 == number % 2
            begun = process_time()
            await one(timed=timed)
            seconds[timed] += process_time() - begun
        if number >= 0:  # the first round warms up
            shares.append(seconds[True] / seconds[False])
    group = f"tracing: the engine alone, {STOCKS * LEAVES:,} leaves in memory"
    return [Row.of(group, "fields timed", shares, "x", target=UNSAMPLED, at_most=True)]


def measure(rounds: int, seconds: float) -> list[Row]:
    """Measure the engine, then whole requests with caches off and with warm rows."""
    rows = uvloop.run(engine_rows(rounds))
    with running_servers(FOLDER) as (postgres, redis_url):
        url = asyncio.run(make_database(postgres.url(), "bench_1", days=DAYS))
        asked = [one for one in shapes(asyncio.run(most_mentioned(url))) if one.name in ("watchlist", "single stock")]
        for state, caches in (("caches off", {}), ("warm row cache", ROWS)):
            with contenders(url, redis_url, caches) as servers:
                for shape in asked:
                    rows += request_rows(shape, servers, state, rounds, seconds)
    return rows


@click.command()
@click.option("--quick", is_flag=True, help="Fewer and shorter rounds.")
@click.option("--as-json", is_flag=True, help="Print rows as JSON.")
def main(*, quick: bool, as_json: bool) -> None:
    """Measure, and print."""
    logs.configure(readable=True, level=logging.WARNING)
    rows = measure(*(_QUICK if quick else _FULL))
    sys.stdout.write(msgspec.json.encode(rows).decode() if as_json else table(rows) + "\n")


if __name__ == "__main__":
    main()
