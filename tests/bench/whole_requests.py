"""`python -m tests.bench.whole_requests`: requests over loopback, beside a hand-written endpoint with the same bytes.

Server and client have a core each where there are two; PostgreSQL takes its share of both. Ratios of throughput are of
one round at 16 connections.
"""

import asyncio
import logging
import sys
import time
from collections.abc import Iterator

import click
import msgspec
import orjson

from ops import logs
from tests.bench.api_servers import Fleet, fleet
from tests.bench.machine import ROOT
from tests.bench.market_data import make_database, most_mentioned, multiply, running_servers
from tests.bench.rounds import Contender, Figures, ratios, run_rounds
from tests.bench.same_answers import Expected, answer, check_same, check_same_leaders, expected
from tests.bench.shapes import Shape, shapes, watchlist_of
from tests.bench.statements import statements_of
from tests.bench.verdicts import Row, table

FOLDER = ROOT / ".insitechart/bench"
DAYS = 65
OF_LIMIT = {"watchlist": 0.85, "stock page": 0.95, "single stock": 1.0}
WARM_OF_LIMIT = 1.6
CACHED_OF_HELLO = 0.75
OF_RAW_TRENDING = 5.0
TEN_TIMES = 1.3
SIZES = (1, 10, 25, 50, 100)
_HELLO = [("GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", 26)]
_RAW = "GET /trending-of-raw-rows?until={until} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"


class Effort(msgspec.Struct, frozen=True):
    """How long is measured."""

    rounds: int
    seconds: float
    ten_times: bool


FULL, QUICK = Effort(5, 0.8, ten_times=True), Effort(3, 0.4, ten_times=False)


def measure(effort: Effort) -> list[Row]:
    """Make the data, run the servers, and measure everything."""
    with running_servers(FOLDER) as (postgres, redis_url):
        _progress("making the data")
        url = asyncio.run(make_database(postgres.url(), "bench_1", days=DAYS))
        _progress("making ten times the data" if effort.ten_times else "starting the servers")
        larger = asyncio.run(multiply(postgres.url(), "bench_1", "bench_10", days=DAYS)) if effort.ten_times else None
        symbols = asyncio.run(most_mentioned(url))
        with fleet(url, larger, redis_url) as servers:
            rows: list[Row] = []
            for shape in shapes(symbols):
                _progress(shape.name)
                rows += _shape_rows(shape, servers, url, effort)
            _progress("page sizes")
            rows += _page_rows(symbols, servers, effort)
            if servers.of_ten_times is not None:
                _progress("ten times the data")
                rows += _ten_times_rows(symbols, servers, effort)
            rows += [
                Row("memory after the run", one.name, one.resident_mib(), "MiB")
                for one in (servers.cold, servers.warm, servers.cached, servers.limit)
            ]
            return rows


def _progress(what: str) -> None:
    """Tell on standard error what is under way: a run takes minutes, and more on a busy machine."""
    click.echo(f"{time.strftime('%H:%M:%S')}  {what}", err=True)


def _shape_rows(shape: Shape, servers: Fleet, url: str, effort: Effort) -> Iterator[Row]:
    ours, theirs = check_same(shape, servers.cold, servers.limit)
    for other in (servers.warm, servers.cached):
        check_same(shape, other, servers.limit)
    contenders = [
        Contender("caches off", servers.cold, ours),
        Contender("row cache", servers.warm, ours),
        Contender("response cache", servers.cached, ours),
        Contender("limit", servers.limit, theirs),
        Contender("hello", servers.hello, _HELLO),
        Contender(
            "bare answer", servers.hello, [(text.replace("/graphql", f"/{size}", 1), size) for text, size in ours]
        ),
    ]
    if shape.name.startswith("trending"):
        contenders.append(Contender("raw rows", servers.limit, _of_raw_rows(servers, ours)))
    found = run_rounds(contenders, effort.rounds, effort.seconds, single=True)
    yield from _targets(shape.name, found)
    group = f"requests: {shape.name}, {ours[0][1]:,} bytes"
    for name, figures in found.items():
        if name == "hello" and shape.name != "watchlist":
            continue
        yield Row.of(group, f"{name}: throughput at 16 connections", figures.per_second, "/s")
        yield Row.of(group, f"{name}: server CPU a request", figures.cpu_ms, "ms")
        yield Row.of(group, f"{name}: p50 at 1 connection", figures.p50_ms, "ms")
        yield Row.of(group, f"{name}: p99 at 1 connection", figures.p99_ms, "ms")
    for one in contenders[:4]:
        counted = asyncio.run(statements_of(url, one.server, one.requests))
        yield Row(group, f"{one.name}: SQL statements a request", counted.calls, "")
        yield Row(group, f"{one.name}: PostgreSQL's time a request", counted.milliseconds, "ms")


def _of_raw_rows(servers: Fleet, ours: Expected) -> Expected:
    """Return the request for the same leaders made of raw rows, once they are found to be the same."""
    kept = answer(servers.cold, ours[0][0])
    until = orjson.loads(kept)["data"]["trending"]["window"]["to"]
    found = expected(servers.limit, [_RAW.format(until=until)])
    check_same_leaders(kept, answer(servers.limit, found[0][0]))
    return found


def _targets(shape: str, found: dict[str, Figures]) -> Iterator[Row]:
    group = f"requests: {shape}, ratios of throughput at 16 connections"
    cold, limit = found["caches off"], found["limit"]
    cpu = ratios(limit.cpu_ms, cold.cpu_ms)
    yield Row.of(
        group, "caches off, of the limit", ratios(cold.per_second, limit.per_second), "x", target=OF_LIMIT.get(shape),
        note=f"limit's CPU over ours: {sorted(cpu)[len(cpu) // 2]:.2f}",
    )  # fmt: skip
    if "raw rows" in found:
        raw = ratios(cold.per_second, found["raw rows"].per_second)
        yield Row.of(group, "caches off, of aggregating raw rows", raw, "x", target=OF_RAW_TRENDING)
    warm = ratios(found["row cache"].per_second, limit.per_second)
    yield Row.of(group, "warm row cache, of the limit", warm, "x", target=WARM_OF_LIMIT)
    cached = ratios(found["response cache"].per_second, found["hello"].per_second)
    yield Row.of(group, "response-cached, of a bare hello on our server", cached, "x", target=CACHED_OF_HELLO)
    bare = ratios(found["response cache"].per_second, found["bare answer"].per_second)
    yield Row.of(group, "response-cached, of as many bare bytes to the same POST", bare, "x")


def _page_rows(symbols: list[str], servers: Fleet, effort: Effort) -> Iterator[Row]:
    """What a stock of a watchlist adds: the cost of pages of several sizes."""
    contenders = []
    for size in SIZES:
        ours, theirs = check_same(watchlist_of(symbols, size), servers.cold, servers.limit)
        contenders += [Contender(f"{size} ours", servers.cold, ours), Contender(f"{size} limit", servers.limit, theirs)]
    found = run_rounds(contenders, effort.rounds, effort.seconds / 2, single=False)
    for size in SIZES:
        group = "requests: watchlist by page size, server CPU a request"
        share = ratios(found[f"{size} limit"].cpu_ms, found[f"{size} ours"].cpu_ms)
        note = f"limit's CPU over ours: {sorted(share)[len(share) // 2]:.2f}"
        yield Row.of(group, f"{size} stocks", found[f"{size} ours"].cpu_ms, "ms", note=note)


def _ten_times_rows(symbols: list[str], servers: Fleet, effort: Effort) -> Iterator[Row]:
    """What ten times the data costs: the same requests on both databases, caches off."""
    if servers.of_ten_times is None:
        raise LookupError("no server of ten times the data runs")
    for shape in shapes(symbols):
        usual: Expected = expected(servers.cold, shape.asked_of_us())
        larger: Expected = expected(servers.of_ten_times, shape.asked_of_us())
        contenders = [Contender("x1", servers.cold, usual), Contender("x10", servers.of_ten_times, larger)]
        found = run_rounds(contenders, effort.rounds, effort.seconds / 2, single=True)
        group = "requests: ten times the data, caches off: how many times the cost"
        slower = ratios(found["x1"].per_second, found["x10"].per_second)
        latency = ratios(found["x10"].p50_ms, found["x1"].p50_ms)
        yield Row.of(group, f"{shape.name}: time at 16 connections", slower, "x", target=TEN_TIMES, at_most=True)
        yield Row.of(group, f"{shape.name}: p50 at 1 connection", latency, "x")


@click.command()
@click.option("--quick", is_flag=True, help="Fewer and shorter rounds; not ten times the data.")
@click.option("--as-json", is_flag=True, help="Print rows as JSON.")
def main(*, quick: bool, as_json: bool) -> None:
    """Measure, and print."""
    logs.configure(readable=True, level=logging.WARNING)
    rows = measure(QUICK if quick else FULL)
    sys.stdout.write(msgspec.json.encode(rows).decode() if as_json else table(rows) + "\n")


if __name__ == "__main__":
    main()
