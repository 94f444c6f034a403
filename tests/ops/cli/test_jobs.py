"""`insitechart jobs` shows what the table of jobs says, and makes one due."""

import asyncio
import json
import re
from datetime import datetime

from click.testing import CliRunner, Result

from ops.cli import exits, main
from ops.settings import Settings
from storage import jobs
from storage.database import open_database
from storage.deadline import Deadline
from storage.session import Session


def asked(url: str, *arguments: str) -> Result:
    """Run the command on a database."""
    return CliRunner().invoke(main, ["jobs", *arguments, "--database-url", url])


async def two_jobs(url: str) -> None:
    """Register two jobs; the first fails once, the second is not tried."""
    async with open_database(Settings.model_validate({"database_url": url})) as database:
        session = Session(database, Deadline.after(10))
        await jobs.register(session, {"first": 60, "second": 3_600})
        taken = await jobs.take(session, ["first"], 30, "host:1")
        assert taken is not None
        assert await jobs.failed(session, taken, "ValueError: [red] is no colour", 3_600)


def test_no_jobs_yet(plain_database_url: str) -> None:
    """Before any worker ran there is nothing to list, and the message says why."""
    result = asked(plain_database_url)
    assert (result.exit_code, result.stdout) == (exits.DONE, "")
    assert "insitechart work" in result.stderr
    assert json.loads(asked(plain_database_url, "--json").stdout) == []


def test_jobs_are_listed(plain_database_url: str) -> None:
    """A table for people, with the error as it is, and JSON for programs."""
    asyncio.run(two_jobs(plain_database_url))
    table = asked(plain_database_url).stdout
    assert "failed 1 times" in table
    assert "[red]" in table
    assert re.search(r"^second +3600 s +\d\d-\d\d \d\d:\d\d:\d\dZ ", table, re.MULTILINE)
    listed = {each["name"]: each for each in json.loads(asked(plain_database_url, "--json").stdout)}
    assert listed["first"]["error"] == "ValueError: [red] is no colour"
    assert (listed["first"]["failures"], listed["second"]["runs"]) == (1, 0)


def test_a_job_is_made_due(plain_database_url: str) -> None:
    """`run` moves the due time to now and leaves the other jobs alone."""
    asyncio.run(two_jobs(plain_database_url))
    before = {each["name"]: each["due_at"] for each in json.loads(asked(plain_database_url, "--json").stdout)}
    result = asked(plain_database_url, "run", "first")
    assert (result.exit_code, result.stdout) == (exits.DONE, "first is due now\n")
    after = {each["name"]: each["due_at"] for each in json.loads(asked(plain_database_url, "--json").stdout)}
    assert datetime.fromisoformat(after["first"]) < datetime.fromisoformat(before["first"])
    assert after["second"] == before["second"]


def test_an_unknown_job_is_refused(plain_database_url: str) -> None:
    """The message names the jobs that there are."""
    asyncio.run(two_jobs(plain_database_url))
    result = asked(plain_database_url, "run", "frist")
    assert result.exit_code == exits.FAILED
    assert "no job is named 'frist'; there are first, second" in result.stderr


def test_no_database_is_said(plain_database_url: str) -> None:
    """A server that is away has an exit code of its own."""
    assert asked("postgresql://nobody@127.0.0.1:1/none").exit_code == exits.UNAVAILABLE
