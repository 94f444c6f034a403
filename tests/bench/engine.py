"""`python -m tests.bench.engine`: the compiled engine beside hand-written code, Strawberry and graphql-core.

All in memory, on uvloop as the API is served, in CPU time of one core; executors take turns in each round, and a ratio
is of one round. Parsing and validation are cached for everybody, and all answers compared before anything is timed.
"""

import asyncio
import gc
import json
import sys
from collections.abc import Awaitable, Callable
from time import process_time
from typing import Any

import click
import msgspec
import orjson
import uvloop
from graphql import execute, parse

from tests.bench import engine_by_hand
from tests.bench.engine_core import Compiled, core_schema
from tests.bench.engine_data import DOCUMENT, LEAVES, Store, make_store
from tests.bench.engine_shapes import SHAPES, shapes_schema
from tests.bench.engine_strawberry import Context, in_batches, synchronous, with_loaders
from tests.bench.verdicts import Row, table

Work = Callable[[], Awaitable[bytes]]
SINGLE = "{ stockAt(place: 3) { symbol name sector } }"
_SLICE = 0.1
"""Seconds of one executor's turn in a round, at least; and at least one run."""


async def measured(works: dict[str, Work], rounds: int) -> dict[str, list[float]]:
    """Return the CPU seconds of one run of each work, for each round."""
    times: dict[str, list[float]] = {name: [] for name in works}
    repeats = {}
    for name, work in works.items():
        await work()
        begun = process_time()
        await work()
        repeats[name] = max(1, round(_SLICE / max(process_time() - begun, 1e-6)))
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            begun = process_time()
            for _ in range(repeats[name]):
                await work()
            times[name].append((process_time() - begun) / repeats[name])
    return times


def ratios(times: dict[str, list[float]], above: str, below: str) -> list[float]:
    """Return how many times one takes the other's time, round by round."""
    return [one / other for one, other in zip(times[above], times[below], strict=True)]


def _watchlist(store: Store, first: int) -> dict[str, Work]:
    variables = {"first": first}
    loading, plain, batched = with_loaders(), synchronous(), in_batches()
    core, parsed = core_schema(), parse(DOCUMENT)
    compiled = {
        "compiled, unchanged async loaders": Compiled(loading._schema, DOCUMENT, variables),
        "compiled, sync resolvers": Compiled(plain._schema, DOCUMENT, variables),
        "compiled, batch resolvers": Compiled(batched._schema, DOCUMENT, variables),
    }

    async def by_hand() -> bytes:
        return engine_by_hand.watchlist(store, first)

    async def idiomatic() -> bytes:
        result = await loading.execute(DOCUMENT, variables, context_value=Context(store).open_loaders())
        return orjson.dumps({"data": result.data})

    async def raw() -> bytes:
        running: Any = execute(core, parsed, context_value=Context(store).open_loaders(), variable_values=variables)
        return orjson.dumps({"data": (await running).data})

    def running(plan: Compiled) -> Work:
        return lambda: plan.run(Context(store).open_loaders())

    return {
        "by hand": by_hand,
        "idiomatic Strawberry": idiomatic,
        "graphql-core": raw,
        **{name: running(plan) for name, plan in compiled.items()},
    }


async def watchlist_rows(stocks: int, rounds: int) -> list[Row]:
    """Measure the watchlist of so many stocks."""
    works = _watchlist(make_store(stocks), stocks)
    answers = {name: json.loads(await work()) for name, work in works.items()}
    for name, answer in answers.items():
        if answer != answers["by hand"]:
            raise SystemExit(f"{name} does not answer what the hand-written code does: {str(answer)[:500]}")
    times = await measured(works, rounds)
    group = f"engine: {stocks * LEAVES:,} leaves, times hand-written (at {stocks:,} stocks)"
    most = {50: 1.8, 1_000: 1.0}.get(stocks)
    rows = [Row.of(group, "by hand, milliseconds", [1e3 * value for value in times["by hand"]], "ms")]
    rows += [
        Row.of(group, name, ratios(times, name, "by hand"), "x",
               target=most if name == "compiled, batch resolvers" else None, at_most=True)
        for name in works if name != "by hand"
    ]  # fmt: skip
    group = f"engine: {stocks * LEAVES:,} leaves, times faster than idiomatic Strawberry (at {stocks:,} stocks)"
    least = {"compiled, batch resolvers": 35.0, "compiled, unchanged async loaders": 10.0}
    rows += [
        Row.of(group, name, ratios(times, "idiomatic Strawberry", name), "x",
               target=least.get(name) if stocks == 50 else None)
        for name in works if name.startswith(("compiled", "graphql"))
    ]  # fmt: skip
    return rows


async def single_rows(rounds: int) -> list[Row]:
    """Measure one object with three fields, against Strawberry's own `execute`."""
    store, schema = make_store(10), synchronous()
    plan = Compiled(schema._schema, SINGLE, {})

    async def strawberry() -> bytes:
        return orjson.dumps({"data": (await schema.execute(SINGLE, context_value=Context(store))).data})

    async def compiled() -> bytes:
        found = plan.start(Context(store))
        return found if isinstance(found, bytes) else await found

    if json.loads(await strawberry()) != json.loads(await compiled()):
        raise SystemExit("one object: the plan does not answer what Strawberry does")
    times = await measured({"strawberry": strawberry, "compiled": compiled}, rounds)
    group = "engine: one object with three fields"
    faster = Row.of(
        group, "times faster than Strawberry's execute", ratios(times, "strawberry", "compiled"), "x", target=5
    )
    return [faster, Row.of(group, "one run", [1e6 * value for value in times["compiled"]], "us")]


async def shape_rows(rounds: int) -> list[Row]:
    """Measure every shape against graphql-core on the same schema."""
    schema = shapes_schema()
    rows = []
    for name, document in SHAPES.items():
        plan, parsed = Compiled(schema, document, {}), parse(document)

        async def core(parsed: Any = parsed) -> bytes:
            result: Any = execute(schema, parsed)
            result = await result if asyncio.iscoroutine(result) else result
            errors = [error.formatted for error in result.errors or ()]
            return msgspec.json.encode({"data": result.data, "errors": errors} if errors else {"data": result.data})

        async def compiled(plan: Compiled = plan) -> bytes:
            found = plan.start(None)
            return found if isinstance(found, bytes) else await found

        if json.loads(await core()) != json.loads(await compiled()):
            raise SystemExit(f"{name}: the plan does not answer what graphql-core does")
        times = await measured({"core": core, "compiled": compiled}, rounds)
        rows.append(
            Row.of(
                "engine: times faster than graphql-core, by shape",
                name,
                ratios(times, "core", "compiled"),
                "x",
                target=1,
            )
        )
    return rows


async def all_rows(*, quick: bool) -> list[Row]:
    """Measure everything."""
    gc.collect()
    gc.freeze()
    rounds = 3 if quick else 7
    return [
        *await watchlist_rows(50, rounds),
        *await watchlist_rows(1_000, min(rounds, 5)),
        *await single_rows(rounds),
        *await shape_rows(min(rounds, 5)),
    ]


async def _on_the_slower_loop(rounds: int) -> list[Row]:
    """Say what asyncio's own event loop makes of resolvers that are a task each; the API is never served on it."""
    return [
        msgspec.structs.replace(
            row, group="engine: on asyncio's own loop", name=f"{row.name}, of idiomatic", target=None
        )
        for row in await watchlist_rows(50, rounds)
        if "idiomatic" in row.group and "async" in row.name
    ]


@click.command()
@click.option("--quick", is_flag=True, help="Fewer rounds.")
@click.option("--as-json", is_flag=True, help="Print rows as JSON.")
def main(*, quick: bool, as_json: bool) -> None:
    """Measure, and print."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        rows = runner.run(all_rows(quick=quick))
    rows += asyncio.run(_on_the_slower_loop(3 if quick else 5))
    sys.stdout.write(msgspec.json.encode(rows).decode() if as_json else table(rows) + "\n")


if __name__ == "__main__":
    main()
