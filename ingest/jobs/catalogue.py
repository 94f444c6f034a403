"""The jobs there are."""

from ingest.jobs.counting import counting_job
from ingest.jobs.job import Job
from ingest.jobs.repair import repair_job
from ingest.jobs.retention import retention_jobs
from ingest.jobs.trending import trending_jobs
from ops.settings import Settings


def catalogue(settings: Settings) -> list[Job]:
    """Return every job of these settings."""
    return [*trending_jobs(settings), counting_job(), repair_job(), *retention_jobs()]
