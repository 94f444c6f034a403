"""Migrations: safe beside each other, honest about what they find, and able to wait for an edition."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner

from ops.cli import exits, main
from storage.editions import Edition, probe
from storage.migrate import check, migrate
from storage.migration_files import FOLDER, MigrationError, migration_files
from tests.servers import Template, cloned, with_database

_TWO_MENTIONS = """
INSERT INTO stock_mentions (symbol, source, external_id, posted_at, text, score, label, model, tier)
SELECT 'AAPL', 'x', id, now() - make_interval(days => id::integer * 50), 'text', 7, 'positive', 'reference', 'cashtag'
FROM unnest(ARRAY['1', '2']) AS id
"""
_SCHEMA = """
SELECT concat_ws(' ', table_name, column_name, data_type, column_default, is_nullable)
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT concat_ws(' ', tgrelid::regclass, pg_get_triggerdef(oid)) FROM pg_trigger
WHERE NOT tgisinternal AND tgrelid::regclass::text NOT LIKE '%.%'
"""


@pytest.fixture
async def empty_url(template: Template) -> AsyncIterator[str]:
    """An empty database on each back end in turn."""
    async with cloned(Template(template.server_url, "template0")) as url:
        yield url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the migrations that a test may change."""
    return Path(shutil.copytree(FOLDER, tmp_path / "migrations"))


def names() -> set[str]:
    """The names of all migrations."""
    return {file.file_name for file in migration_files()}


async def test_concurrent_starts_share_the_work(empty_url: str) -> None:
    """Five processes start at once: each file is applied by exactly one of them, and all end with the whole schema."""
    reports = await asyncio.gather(*(migrate(empty_url) for _ in range(5)))
    applied = [name for report in reports for name in report.applied]
    assert sorted(applied) == sorted(set(applied))
    for report in reports:
        assert not report.missing
        assert set(report.applied) | set(report.current) | set(report.pending) == names()
    assert not (await migrate(empty_url)).applied


async def test_edition_decides_what_is_pending(empty_url: str) -> None:
    """Plain PostgreSQL leaves TimescaleDB's files pending; TimescaleDB gets hypertables; the probe tells which."""
    before = await check(empty_url)
    assert not before.current
    report = await migrate(empty_url)
    connection = await asyncpg.connect(empty_url)
    assert await probe(connection) is report.edition
    hypertables = 0
    if report.edition is not Edition.PLAIN:
        hypertables = await connection.fetchval("SELECT count(*) FROM timescaledb_information.hypertables")
    await connection.close()
    assert (report.edition is Edition.PLAIN) == bool(report.pending) == (hypertables == 0)
    assert hypertables in (0, 2)


async def test_pending_file_is_applied_when_its_edition_appears(empty_url: str, folder: Path) -> None:
    """A file left out for want of its edition is applied later, data and all, behind files of later versions."""
    later = folder / "0099_later.sql"
    later.write_text("CREATE TABLE later (number integer);")
    hypertables = folder / "0004_hypertables.timescaledb.sql"
    community = hypertables.rename(folder / "0004_hypertables.community.sql")
    first = await migrate(empty_url, folder=folder)
    assert first.pending
    community.rename(hypertables)
    before = await _contents(empty_url, fill=True)
    second = await migrate(empty_url, folder=folder)
    assert set(second.applied) == (set() if second.edition is Edition.PLAIN else {hypertables.name})
    assert await _contents(empty_url) == before


async def test_an_upgraded_schema_is_a_fresh_one(empty_url: str, template: Template, folder: Path) -> None:
    """File by file, or at once: the same columns, indexes, constraints and triggers."""
    for number in range(1, len(names()) + 1):
        await migrate(empty_url, folder=_first(number, folder))
    async with cloned(Template(template.server_url, "template0")) as fresh_url:
        await migrate(fresh_url)
        assert await _rows(empty_url, _SCHEMA) == await _rows(fresh_url, _SCHEMA)


def _first(number: int, folder: Path) -> Path:
    """Copy the folder with only its first files."""
    some = Path(shutil.copytree(folder, folder.with_name(f"first-{number}")))
    for late in sorted(some.glob("*.sql"))[number:]:
        late.unlink()
    return some


async def _contents(url: str, *, fill: bool = False) -> list[tuple[Any, ...]]:
    """Return counts of mentions and the roll-ups; two mentions are written first if asked for."""
    if fill:
        await _rows(url, _TWO_MENTIONS)
    return [*await _rows(url, "SELECT count(*) FROM stock_mentions"), *await _rows(url, "SELECT * FROM sentiment_data")]


async def _rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    connection = await asyncpg.connect(url)
    try:
        return sorted(tuple(row) for row in await connection.fetch(sql))
    finally:
        await connection.close()


async def test_an_edited_applied_file_is_refused(plain_database_url: str, folder: Path) -> None:
    """The message names the file and says what to do; nothing is applied."""
    file = folder / "0001_tables.sql"
    file.write_text(file.read_text() + "\n-- a thought\n")
    with pytest.raises(MigrationError, match=r"0001_tables\.sql was edited after it was applied"):
        await migrate(plain_database_url, folder=folder)


async def test_a_newer_schema_is_refused(plain_database_url: str, folder: Path) -> None:
    """An old version started beside a newer one stops instead of writing into a schema it does not know."""
    (folder / "0099_newer.sql").write_text("CREATE TABLE newer (number integer);")
    await migrate(plain_database_url, folder=folder)
    for attempt in (migrate(plain_database_url), check(plain_database_url)):
        with pytest.raises(MigrationError, match=r"0099_newer\.sql.*newer"):
            await attempt


async def test_a_failing_file_leaves_nothing_behind(plain_database_url: str, folder: Path) -> None:
    """A file fails as a whole, with its name; a corrected one is applied."""
    file = folder / "0099_broken.sql"
    file.write_text("CREATE TABLE halfway (number integer); SELECT 1 / 0;")
    with pytest.raises(MigrationError, match=r"0099_broken\.sql: division by zero"):
        await migrate(plain_database_url, folder=folder)
    file.write_text("CREATE TABLE halfway (number integer);")
    assert (await migrate(plain_database_url, folder=folder)).applied == ("0099_broken.sql",)


async def test_a_role_without_rights_is_told_so(plain_template: Template) -> None:
    """Who may not change the schema learns it in one line, not from a traceback; nothing is changed."""
    name = "migrate_without_rights"
    async with cloned(Template(plain_template.server_url, "template0")) as url:
        connection = await asyncpg.connect(url)
        await connection.execute(f"DROP ROLE IF EXISTS {name}; CREATE ROLE {name} LOGIN PASSWORD 'secret'")
        try:
            for attempt in (migrate, check):
                if attempt is check:
                    await migrate(url)
                with pytest.raises(MigrationError, match="permission denied"):
                    await attempt(re.sub("//[^@]*@", f"//{name}:secret@", url))
        finally:
            await connection.execute(f"DROP ROLE {name}")
            await connection.close()


async def test_the_wait_for_another_migration_ends(plain_database_url: str) -> None:
    """A lock held by somebody else makes an error that says so, not a start that hangs."""
    connection = await asyncpg.connect(plain_database_url)
    async with connection.transaction():
        await connection.execute("LOCK TABLE schema_migrations")
        with pytest.raises(MigrationError, match=r"held its lock for 0\.2 s"):
            await migrate(plain_database_url, lock_seconds=0.2)
    await connection.close()


def test_names_are_checked(tmp_path: Path) -> None:
    """A file that would be skipped in silence, or a version used twice, is refused."""
    (tmp_path / "1_short.sql").touch()
    with pytest.raises(MigrationError, match="not a migration's name"):
        migration_files(tmp_path)
    (tmp_path / "1_short.sql").unlink()
    for name in ("0001_one.sql", "0001_two.sql"):
        (tmp_path / name).touch()
    with pytest.raises(MigrationError, match=r"version 1 is 0001_one\.sql already"):
        migration_files(tmp_path)


def test_command_tells_its_outcome_by_exit_code(plain_template: Template) -> None:
    """1 when migrations are missing, 69 when there is no server; no password is printed."""
    run = CliRunner().invoke
    gone = run(main, ["migrate", "--database-url", "postgresql://me:secret@127.0.0.1:9/none"])
    assert gone.exit_code == exits.UNAVAILABLE
    assert "secret" not in gone.output
    odd = run(main, ["migrate", "--database-url", "postgresql://me:secret@127.0.0.1:9/none?sslmode=odd"])
    assert odd.exit_code == exits.UNAVAILABLE
    assert "sslmode" in odd.output
    missing = run(main, ["migrate", "--check", "--database-url", with_database(plain_template.server_url, "template1")])
    assert missing.exit_code == exits.FAILED
    assert "missing  0001_tables.sql" in missing.output
