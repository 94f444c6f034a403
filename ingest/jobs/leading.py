"""Leading a job: the work runs beside the renewal of its lease, and ends with it, with its deadline or the process."""

import asyncio
from collections.abc import Mapping

import structlog

from ingest.jobs.job import Job, Outcome, Surroundings
from ops.errors import PublicError
from storage import jobs
from storage.deadline import Deadline
from storage.jobs import Taken
from storage.session import Session

_log = structlog.get_logger()

_RENEWALS = 3  # attempts within one lease
_MOST_DOUBLINGS = 8  # the longest back-off is about four minutes, or the job's interval


class Leading:
    """Takes jobs and runs them, one per call; `stop` makes it let go."""

    def __init__(
        self,
        known: Mapping[str, Job],
        surroundings: Surroundings,
        stop: asyncio.Event,
        lease_seconds: float,
        holder: str,
    ) -> None:
        self._known = known
        self._surroundings = surroundings
        self._stop = stop
        self._lease_seconds = lease_seconds
        self._holder = holder

    async def take_and_run(self) -> bool:
        """Run the job that has been due longest; False where there is none. A job's own failure is noted, not raised.

        Raise `Unavailable` or `DeadlineExceeded` where the table of jobs cannot be asked.
        """
        taken = await jobs.take(self._session(), list(self._known), self._lease_seconds, self._holder)
        if taken is None:
            return False
        job = self._known[taken.name]
        begun = asyncio.get_running_loop().time()
        work = asyncio.ensure_future(job.work(self._surroundings, taken))
        keeper = asyncio.create_task(self._keep(taken))
        stopped = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({work, keeper, stopped}, timeout=job.most, return_when=asyncio.FIRST_COMPLETED)
            self._count(job, _ending(work, lost=keeper.done(), stopped=self._stop.is_set()), begun)
            await self._settle(job, taken, work, lost=keeper.done())
        finally:
            for task in (work, keeper, stopped):
                task.cancel()
            await asyncio.gather(work, keeper, stopped, return_exceptions=True)
        return True

    async def _settle(self, job: Job, taken: Taken, work: "asyncio.Future[Outcome]", *, lost: bool) -> None:
        session = self._session()
        if work.done():
            error = RuntimeError("the job cancelled itself") if work.cancelled() else work.exception()
            if error is None:
                outcome = work.result()
                held = await jobs.done(
                    session, taken, outcome.position, outcome.summary, again=outcome.again and not self._stop.is_set()
                )
                _log.info("job_done", job=job.name, summary=outcome.summary, held=held)
                return
            if isinstance(error, PublicError):
                _log.warning("job_failed", job=job.name, reason=str(error), failures=taken.failures + 1)
            else:
                _log.error("job_failed", job=job.name, failures=taken.failures + 1, exc_info=error)
            await self._note_failure(session, taken, f"{type(error).__name__}: {error}")
        elif lost:
            _log.warning("job_lost", job=job.name, reason="another process took it, or the database was away too long")
        elif self._stop.is_set():
            await jobs.release(session, taken)
            _log.info("job_released", job=job.name)
        else:
            _log.error("job_failed", job=job.name, reason=f"not done within {job.most:g} seconds")
            await self._note_failure(session, taken, f"not done within {job.most:g} seconds")

    def _count(self, job: Job, ending: str, begun: float) -> None:
        metrics = self._surroundings.metrics
        metrics.job_runs.labels(job.name, ending).inc()
        metrics.job_seconds.labels(job.name).observe(asyncio.get_running_loop().time() - begun)
        if ending in {"failed", "late"}:
            metrics.errors.add("JOB_FAILED", "intake")

    async def _note_failure(self, session: Session, taken: Taken, error: str) -> None:
        await jobs.failed(session, taken, error, 2.0 ** min(taken.failures, _MOST_DOUBLINGS))

    async def _keep(self, taken: Taken) -> None:
        """Renew the lease for as long as that works; return when it is lost, or must be thought lost."""
        clock = asyncio.get_running_loop().time
        ends = clock() + self._lease_seconds
        while (left := ends - clock()) > 0:
            await asyncio.sleep(min(left, self._lease_seconds / _RENEWALS))
            asked = clock()
            try:
                if not await jobs.renew(self._session(), taken, self._lease_seconds):
                    return
            except PublicError as error:
                _log.warning("job_lease_not_renewed", job=taken.name, reason=str(error))
            else:
                ends = asked + self._lease_seconds

    def _session(self) -> Session:
        return Session(
            self._surroundings.database,
            Deadline.after(min(self._lease_seconds, self._surroundings.settings.deadlines.operation)),
        )


def _ending(work: "asyncio.Future[Outcome]", *, lost: bool, stopped: bool) -> str:
    """Return how a run ended, in the words of the metric."""
    if work.done():
        return "failed" if work.cancelled() or work.exception() is not None else "done"
    return "lost" if lost else "released" if stopped else "late"
