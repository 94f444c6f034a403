"""The migration files: `0003_hypertables.timescaledb.sql` is version 3, named hypertables, for TimescaleDB only."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from storage.editions import Edition

FOLDER = Path(__file__).parent / "migrations"
_NAME = re.compile(r"(?P<version>\d{4})_(?P<name>[a-z0-9_]+)(?:\.(?P<suffix>timescaledb|community))?\.sql")
_EDITIONS = {
    None: frozenset(Edition),
    "timescaledb": frozenset({Edition.TIMESCALE_APACHE, Edition.TIMESCALE_COMMUNITY}),
    "community": frozenset({Edition.TIMESCALE_COMMUNITY}),
}


class MigrationError(Exception):
    """The database and the files do not fit; the message says what to do."""


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """One step of the schema, and the editions it is for; `checksum` is the SHA-256 of its text."""

    version: int
    file_name: str
    sql: str
    checksum: str
    editions: frozenset[Edition]


def migration_files(folder: Path = FOLDER) -> list[MigrationFile]:
    """Read a folder's migrations in the order of their versions; refuse odd names and a version used twice."""
    found: dict[int, MigrationFile] = {}
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise MigrationError(f"{path.name}: not a migration's name, as in 0003_hypertables.timescaledb.sql")
        version = int(match["version"])
        if version in found:
            raise MigrationError(f"{path.name}: version {version} is {found[version].file_name} already")
        sql = path.read_text(encoding="utf-8")
        checksum = hashlib.sha256(sql.encode()).hexdigest()
        found[version] = MigrationFile(version, path.name, sql, checksum, _EDITIONS[match["suffix"]])
    return list(found.values())
