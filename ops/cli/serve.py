"""`insitechart serve`: servers, schema, demo data, then the API; at the end all of it in reverse."""

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import click
import structlog

from ops import logs
from ops.cli import exits
from ops.cli.child_process import ChildProcess
from ops.cli.demo_process import DemoData
from ops.cli.endpoints import endpoints, read_settings
from ops.cli.parent import end_with_parent
from ops.cli.ranges import Whole
from ops.cli.worker_ports import worker_ports
from ops.errors import Unavailable
from ops.profiling.at_signal import recording_at_signal
from ops.serve import run
from ops.serve.run import listen
from ops.settings import Settings
from storage.migrate import migrate
from storage.migration_files import MigrationError

# With embedded servers to stop as well, the whole must end within five seconds of Ctrl-C.
_EMBEDDED_DRAIN_SECONDS = 2.0
_WORKER_DRAIN_SECONDS = 1.0
_CHILD_SECONDS = 1.5

_log = structlog.get_logger()


@click.command("serve")
@click.option("--host", help="Address to listen on  [default: 127.0.0.1].")
@click.option("--port", type=Whole(0, 65_535), help="Port to listen on  [default: 8000].")
@click.option("--environment", type=click.Choice(["development", "production"]), help="What stands open by default.")
@click.option(
    "--demo/--no-demo", "wanted", default=None, help="Demo data  [default: in an embedded database without other data]."
)
@click.option("--work/--no-work", default=None, help="A worker for the intake  [default: with embedded servers].")
@click.option("--with-parent", is_flag=True, help="End when the starting process does, as under make.")
def serve(
    host: str | None,
    port: int | None,
    environment: str | None,
    *,
    wanted: bool | None,
    work: bool | None,
    with_parent: bool,
) -> None:
    """Serve the API until Ctrl-C.

    \b
    Without --database-url, PostgreSQL and Valkey are started from installed programs, and stopped at the end
    unless another process uses them. Their data stays in the data folder, and the logs of the processes beside
    the API: a worker for the intake (work.log), and the simulated market if it is served (demo.log).

    \b
    Examples:
      insitechart serve
      insitechart serve --port 8080 --no-demo
      insitechart serve --database-url postgresql://user@host/stocks --redis-url redis://host
    """  # noqa: D301  click reads the backspace as "do not rewrap"
    if with_parent:
        end_with_parent()
    settings = read_settings(host=host, port=port, environment=environment)
    try:
        settings.check_serving()
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    logs.configure(readable=settings.readable_logs)
    listen(settings.host, settings.port).close()  # a taken port is told before anything is started
    with _stopping_by_signal(), recording_at_signal(settings, "serve"), _servers(settings) as ready:
        _migrate(ready)
        working = _works(ready, work, embedded=settings.database_url is None)
        demo = DemoData(ready, embedded=settings.database_url is None, wanted=wanted)
        demo.load_first()
        scrapes = worker_ports(settings) if working else None
        children = [_worker(ready, scrapes)] if working else []
        children += [child] if (child := demo.child(live=working)) else []

        def serving(url: str) -> None:
            with suppress(OSError):  # a full disk under the log, or nobody who reads it: no reason not to serve
                click.echo(_banner(url, ready, demo.summary(live=working), working=working, scrapes=scrapes), err=True)
            for each in children:
                each.start()

        try:
            run(ready, serving)
        finally:
            for each in children:
                each.begin_to_end()
            for each in children:
                each.end(_CHILD_SECONDS)


def _works(settings: Settings, wanted: bool | None, *, embedded: bool) -> bool:  # noqa: FBT001  an option's value
    """Decide whether a worker runs; the intake is in Redis, without which there is none."""
    if settings.redis_url is not None:
        return embedded if wanted is None else wanted
    if wanted:
        raise click.UsageError("--work needs Redis: name one with --redis-url")
    return False


def _worker(settings: Settings, scrapes: int | None) -> ChildProcess:
    """Make the child that scores, stores and ranks; its own children have to be gone when its grace ends."""
    drain = {"INSITECHART_DEADLINE_DRAIN": str(_WORKER_DRAIN_SECONDS)}
    port = {"INSITECHART_METRICS_PORT": str(scrapes or 0)}
    return ChildProcess(["work", "--scorers", "1", "--with-parent"], settings, drain | port)


@contextmanager
def _servers(settings: Settings) -> Iterator[Settings]:
    begun = time.monotonic()
    with endpoints(settings, redis=True) as ready:
        _log.info(
            "servers_ready",
            postgresql="named" if settings.database_url else "embedded",
            redis="named" if settings.redis_url else "embedded" if ready.redis_url else "none",
            seconds=round(time.monotonic() - begun, 2),
        )
        if settings.database_url is None:
            yield _with_short_drain(ready)
        else:
            yield ready
    _log.info("servers_released")


def _with_short_drain(settings: Settings) -> Settings:
    drain = min(settings.deadlines.drain, _EMBEDDED_DRAIN_SECONDS)
    return settings.model_copy(update={"deadlines": settings.deadlines.model_copy(update={"drain": drain})})


def _migrate(settings: Settings) -> None:
    assert settings.database_url is not None  # noqa: S101  `endpoints` set it
    try:
        report = asyncio.run(migrate(settings.database_url.get_secret_value()))
    except MigrationError as error:
        raise exits.Failed(f"the database's schema: {error}") from error
    except Unavailable as error:
        raise exits.Unavailable(
            f"PostgreSQL cannot be used: {error.__cause__ or error}. Start it, correct --database-url or "
            "INSITECHART_DATABASE_URL, or name none to use the embedded server."
        ) from error
    _log.info("schema_ready", edition=report.edition.value, applied=len(report.applied))


@contextmanager
def _stopping_by_signal() -> Iterator[None]:
    """Leave through every `with` block on a signal that ends a service; being stopped is no failure."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise _Stopped

    def hang_up(_number: int, _frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGTERM)  # to whoever handles that now: the API while it serves

    previous = {number: signal.signal(number, leave) for number in (signal.SIGINT, signal.SIGTERM)}
    previous[signal.SIGHUP] = signal.signal(signal.SIGHUP, hang_up)
    try:
        yield
    except _Stopped:
        _log.info("stopped_early")
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


class _Stopped(BaseException):
    """A signal asked this process to end."""


def _banner(url: str, settings: Settings, data: str, *, working: bool, scrapes: int | None) -> str:
    lines = [f"  InsiteChart   {url}", f"  GraphQL       {url}/graphql"]
    if settings.exploring:
        lines.append(f"  GraphiQL      {url}/graphql in a browser")
    lines += [f"  Health        {url}/readyz", f"  Metrics       {url}/metrics", f"  Data          {data}"]
    if working:
        lines.append("  Intake        one scorer and the background jobs")
    if scrapes:
        at = f"http://{settings.metrics_host}:{{port}}/metrics"
        lines.append(f"                {at.format(port=scrapes)} (jobs), {at.format(port=scrapes + 1)} (scorer)")
    return "\n" + "\n".join([*lines, "  Stop          Ctrl-C"]) + "\n"
