"""What the jobs process tells Prometheus of each run: how it ended, and how long it took."""

import asyncio

from prometheus_client.samples import Sample

from ingest.jobs.job import Outcome, Surroundings
from storage.jobs import Taken
from tests.ingest.jobs.conftest import job, running, until
from tests.ingest.pipeline.test_counted import counted


async def test_runs_are_counted_by_how_they_ended(surroundings: Surroundings) -> None:
    """Done, failed, too late, and let go of at the stop; the failed ones are errors of the intake as well."""
    begun = asyncio.Event()

    async def well(_: Taken) -> Outcome:
        return Outcome("well")

    async def badly(_: Taken) -> Outcome:
        raise RuntimeError("badly")

    async def for_ever(_: Taken) -> Outcome:
        begun.set()
        await asyncio.Event().wait()
        return Outcome("never")

    known = (job("well", well), job("badly", badly), job("late", for_ever, most=0.1))
    async with running(surroundings, *known):
        for name in ("well", "badly", "late"):
            await until(surroundings.database, name, lambda row: row.runs > 0)
    begun.clear()
    async with running(surroundings, job("long", for_ever)):
        await begun.wait()
    runs = counted(surroundings.metrics, "job_runs")
    assert runs["well", "done"] == 1
    assert runs["badly", "failed"] >= 1
    assert runs["late", "late"] >= 1
    assert runs["long", "released"] >= 1
    failed = runs["badly", "failed"] + runs["late", "late"]
    assert counted(surroundings.metrics, "errors") == {("JOB_FAILED", "intake"): failed}
    seconds = {one.labels["job_name"] for one in _samples(surroundings) if one.name.endswith("_count")}
    assert seconds == {"well", "badly", "late", "long"}


def _samples(surroundings: Surroundings) -> list[Sample]:
    """The samples of the runs' lengths."""
    (family,) = (each for each in surroundings.metrics.registry.collect() if each.name == "job_run_duration_seconds")
    return list(family.samples)
