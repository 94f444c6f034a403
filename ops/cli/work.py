"""`insitechart work`: scorers that take items off the intake, and the background jobs, each in a process of its own."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable

import click
import structlog
import uvloop

from ingest.jobs.run import run_jobs
from ingest.pipeline.worker import run_worker
from ops import logs
from ops.budgets import load_budgets
from ops.cli.children import Children
from ops.cli.endpoints import read_settings
from ops.cli.parent import end_with_parent
from ops.cli.ranges import Whole
from ops.cli.ready_database import ready_database
from ops.metrics import Metrics, make_metrics
from ops.metrics_port import measured
from ops.profiling.at_signal import NUMBER, recording_at_signal
from ops.settings import Settings

_ROLES: dict[str, Callable[[Settings, asyncio.Event, Metrics], Awaitable[None]]] = {
    "scorer": run_worker,
    "jobs": run_jobs,
}
_log = structlog.get_logger()


@click.command("work")
@click.option(
    "--scorers",
    type=Whole(0, 64),
    default=1,
    show_default=True,
    help="Processes that score posts; one a core.",
)
@click.option("--no-jobs", is_flag=True, help="Leave background jobs to other workers.")
@click.option("--with-parent", is_flag=True, help="End when the starting process does.")
@click.option("--role", type=click.Choice(list(_ROLES)), hidden=True)
@click.option("--parent", type=int, hidden=True)
def work(*, scorers: int, no_jobs: bool, with_parent: bool, role: str | None, parent: int | None) -> None:
    """Score what collectors bring, store it, tell subscribers, and run background jobs, until Ctrl-C.

    Any number of workers may run, on any number of machines. A process that dies is started again, and what it had in
    hand is taken over: nothing is lost, and nothing is stored twice.

    \b
    Examples:
      insitechart work --scorers 2
      insitechart work --scorers 8 --no-jobs
      insitechart work --scorers 0

    Exit codes: 0 stopped, 1 the database's schema does not fit, 69 no database, or no Redis
    that could be waited for.
    """  # noqa: D301  click reads the backspace as "do not rewrap"
    if role is not None:
        _play(role, parent)
        return
    if scorers == 0 and no_jobs:
        raise click.UsageError("--scorers 0 with --no-jobs leaves nothing to do")
    if with_parent:
        end_with_parent(parent)
    wanted = [f"scorer-{number}" for number in range(1, scorers + 1)] + ([] if no_jobs else ["jobs"])
    with ready_database(redis=True) as settings:
        logs.configure(readable=settings.readable_logs, level=logging.INFO)
        asyncio.run(_supervise(settings, wanted))


async def _supervise(settings: Settings, wanted: list[str]) -> None:
    stop = _stopped_by_signals()
    children = Children(settings, stop)
    asyncio.get_running_loop().add_signal_handler(NUMBER, children.send, NUMBER)
    async with asyncio.TaskGroup() as tasks:
        for name in wanted:
            role, _, number = name.partition("-")
            ports = _port(settings, int(number or 0))
            tasks.create_task(children.keep(name, ["work", "--role", role], ports))
    _log.info("work_stopped")


def _port(settings: Settings, number: int) -> dict[str, str]:
    """Return the variable that gives a child its port for scrapes: the first is the jobs', the next the scorers'."""
    first = settings.metrics_port
    return {"INSITECHART_METRICS_PORT": str(first + number)} if first else {}


def _play(role: str, parent: int | None) -> None:
    """Be one of the children."""
    end_with_parent(parent)
    settings = read_settings()
    logs.configure(readable=settings.readable_logs, level=logging.INFO)

    async def play() -> None:
        metrics = make_metrics(load_budgets(settings.budgets, settings.stage))
        async with measured(settings, metrics):
            await _ROLES[role](settings, _stopped_by_signals(), metrics)

    with recording_at_signal(settings, role), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(play())


def _stopped_by_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set; a second signal finds the process's own handlers."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def first() -> None:
        stop.set()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, first)
    return stop
