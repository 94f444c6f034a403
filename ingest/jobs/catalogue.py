"""The jobs there are."""

from ingest.jobs.job import Job
from ingest.jobs.trending import trending_jobs
from ops.settings import Settings


def catalogue(settings: Settings) -> list[Job]:
    """Return every job of these settings."""
    return [*trending_jobs(settings)]
