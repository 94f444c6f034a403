"""`python -m tests.bench.flames`: a watchlist request on graphql-core and compiled, its time by room and by function.

Prints both as text, and writes folded stacks for any flame graph tool. PostgreSQL is kept off the server's core.
"""

import asyncio
import logging
import os
from pathlib import Path

import click

from ops import logs
from tests.bench.api_servers import OFF, REFERENCE, api
from tests.bench.flame import sampled
from tests.bench.machine import ROOT
from tests.bench.market_data import most_mentioned, recent_database, running_servers
from tests.bench.processes import CLIENT_CORE, load
from tests.bench.same_answers import expected
from tests.bench.shapes import shapes

FOLDER = ROOT / ".insitechart/bench"
DAYS = 65


@click.command()
@click.option("--shape", default="watchlist", show_default=True, help="Which of the four shapes.")
@click.option("--seconds", default=6.0, show_default=True, help="How long each server is sampled.")
def main(shape: str, seconds: float) -> None:
    """Sample, and print."""
    logs.configure(readable=True, level=logging.WARNING)
    with running_servers(FOLDER) as (postgres, redis_url):
        url = asyncio.run(recent_database(postgres.url(), "bench_1", days=DAYS))
        (chosen,) = (one for one in shapes(asyncio.run(most_mentioned(url))) if one.name == shape)
        _keep_off_the_servers_core(postgres.pid())
        for name, caches in (("graphql-core", {**OFF, **REFERENCE}), ("compiled", OFF)):
            with api(name, url, redis_url, caches) as server:
                requests = expected(server, chosen.asked_of_us())
                load(server, requests, 4, 1.0)
                before = server.cpu_seconds()
                asked = load(server, requests, 4, 1.0).answered
                cpu = (server.cpu_seconds() - before) / asked
                flame = sampled(server, requests, seconds)
            click.echo(f"\n{shape} on {name}: {cpu * 1_000:.2f} ms of server CPU a request\n{flame.text()}")
            file = FOLDER / f"flame-{shape.replace(' ', '-')}-{name}.folded"
            file.write_text(flame.folded)
            click.echo(f"folded stacks: {file.relative_to(ROOT)}")


def _keep_off_the_servers_core(postmaster: int | None) -> None:
    """Move PostgreSQL to the client's core; its back ends start there, too."""
    cores = sorted(os.sched_getaffinity(0))
    if postmaster is None or len(cores) < CLIENT_CORE + 1:
        return
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for pid in (postmaster, *map(int, children)):
        os.sched_setaffinity(pid, {cores[CLIENT_CORE]})


if __name__ == "__main__":
    main()
