"""Keeps this process's registered documents those of the database, and tells the database which of them are used."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

import structlog

from graph.documents.registered import Registered, RegisteredDocument, registered
from ops.errors import PublicError
from storage import documents as stored
from storage import unregistered_documents
from storage.database import Database
from storage.deadline import Deadline
from storage.session import Session

log = structlog.get_logger()
INTERVAL = 1.0
"""Seconds from one look at the database to the next: it asks for one number."""
RECORDING = 30
"""Looks between two recordings of uses."""
PREPARED = 200
"""Documents that are prepared after a load, those used lately first; the others are at their first use."""
_SECONDS = 5.0
_LAST_SECONDS = 1.0
_BREATH = 0.005  # between two documents, each of which takes the event loop a few milliseconds


class Follower:
    """`load` and `record` are one look each; both may raise what the database raises."""

    def __init__(self, database: Database, known: Registered) -> None:
        self._database = database
        self._known = known
        self._revision: int | None = None
        self._recorded: set[str] = set()
        self.fresh: list[RegisteredDocument] = []
        """What the last load brought that was not known before, the lately used first."""
        self._day: date | None = None

    async def load(self) -> bool:
        """Know what the database knows; tell whether that was a change.

        The number is read first: what changes after that changes it again.
        """
        session = self._session(_SECONDS)
        number = await stored.revision(session)
        if number == self._revision:
            return False
        rows = await stored.listing(session)
        before = {(one.id, one.digest.hex()): one for one in self._known.own()}
        missing = [row.id for row in rows if (row.id, row.digest) not in before]
        texts = await stored.texts(session, missing)
        rows.sort(key=lambda row: row.used_on or date.min, reverse=True)
        found: list[RegisteredDocument] = []
        for row in rows:
            known = before.get((row.id, row.digest))
            if known is not None:  # its text is not hashed again: that of all takes tens of milliseconds
                found.append(known if known.name == row.name else replace(known, name=row.name))
            elif row.id in texts:  # else it was deleted since, and the next look finds another number
                found.append(registered(row.id, row.name, texts[row.id]))
        self._known.replace(found)
        self.fresh = [one for one in found if one.id in texts]
        self._revision = number
        log.info("documents_loaded", documents=len(found), revision=number)
        return True

    async def record(self, seconds: float = _SECONDS) -> None:
        """Record what was used since the last time, each document once a day, and what ran without being registered."""
        today = datetime.now(UTC).date()
        if today != self._day:
            self._day, self._recorded = today, set()
        used, self._known.uses = self._known.uses, set()
        new = used - self._recorded
        if new:
            try:
                await stored.note_uses(self._session(seconds), {today: sorted(new)})
            except BaseException:
                self._known.uses |= new
                raise
            self._recorded |= new
        await self._record_unregistered(seconds)

    async def _record_unregistered(self, seconds: float) -> None:
        unregistered = self._known.unregistered
        met = unregistered.take()
        if not met:
            return
        try:
            await unregistered_documents.note(self._session(seconds), met)
        except BaseException:
            unregistered.give_back(met)
            raise
        if unregistered.beyond:
            log.info("unregistered_documents_beyond", asked=unregistered.beyond)
            unregistered.beyond = 0

    def _session(self, seconds: float) -> Session:
        return Session(self._database, Deadline.after(seconds))


@asynccontextmanager
async def following(
    database: Database, known: Registered, prepare: Callable[[RegisteredDocument], None] | None = None
) -> AsyncGenerator[None, None]:
    """Load once, then follow for as long as the block runs. A database that is away is asked again, never fatal.

    `prepare` makes a document ready before anybody asks for it; it is called for what is new, between requests.
    """
    follower = Follower(database, known)
    troubled = await _attempt(follower, record=False, troubled=False)
    task = asyncio.create_task(_follow(follower, prepare, troubled=troubled))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        try:
            await follower.record(_LAST_SECONDS)
        except Exception as error:  # noqa: BLE001 - the process ends, whatever the database does
            log.warning("document_uses_lost", kind=type(error).__name__)


async def _follow(follower: Follower, prepare: Callable[[RegisteredDocument], None] | None, *, troubled: bool) -> None:
    look = 0
    while True:
        fresh, follower.fresh = follower.fresh[:PREPARED], []
        for document in fresh:
            if prepare is not None:
                prepare(document)
            await asyncio.sleep(_BREATH)
        await asyncio.sleep(INTERVAL)
        look += 1
        troubled = await _attempt(follower, record=look % RECORDING == 0, troubled=troubled)


async def _attempt(follower: Follower, *, record: bool, troubled: bool) -> bool:
    """Look once; return whether it failed. Only the first failure in a row is logged."""
    try:
        await follower.load()
        if record:
            await follower.record()
    except Exception as error:  # noqa: BLE001 - a schema that is not there yet fails as a database that is away does
        if not troubled:
            cause = (error.__cause__ if isinstance(error, PublicError) else None) or error
            reason = str(cause) or type(cause).__name__  # a wait that took too long has no words
            log.warning("documents_not_followed", kind=type(error).__name__, reason=reason)
        return True
    if troubled:
        log.info("documents_followed_again")
    return False
