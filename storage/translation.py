"""The border to asyncpg: its exceptions become the catalogue's, so that no other room knows the driver."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import structlog

from ops.errors import DeadlineExceeded, Internal, PublicError, Unavailable

_log = structlog.get_logger()

UNREACHABLE: tuple[type[Exception], ...] = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.ClientCannotConnectError,
    asyncpg.ClientConfigurationError,  # a part of the URL that the driver does not take
    asyncpg.InternalClientError,  # the driver lost track, as when a dying server's last words meet our next statement
)
"""No connection could be made, or it broke. (TimeoutError is an OSError too, and is told apart before.)"""

OVERLOADED: tuple[type[Exception], ...] = (
    asyncpg.InsufficientResourcesError,  # too many connections, out of memory or of disk
    asyncpg.OperatorInterventionError,  # shutting down, crashed, or the database is being dropped
    asyncpg.TransactionRollbackError,  # deadlock or serialization, after a writer's own tries
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby that was a primary
)

_AWAY: tuple[type[Exception], ...] = (*UNREACHABLE, *OVERLOADED)


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the driver raises as `Unavailable` or `DeadlineExceeded`; a mistake in our SQL passes as it is."""
    try:
        yield
    except Exception as error:
        public = translation(error)
        if public is None:
            raise
        raise public from error


def translation(error: BaseException) -> DeadlineExceeded | Unavailable | None:
    """Return what to raise instead of what the driver raised; None for what passes as it is."""
    kind = _kind(error)
    if kind is DeadlineExceeded:
        return DeadlineExceeded("The database took too long.")
    return unavailable(error) if kind is Unavailable else None


def failure_code(error: BaseException) -> str:
    """Return the code under which records have a statement's failure: `CANCELLED` where nobody waited any more."""
    if isinstance(error, asyncio.CancelledError):
        return "CANCELLED"
    if isinstance(error, PublicError):
        return error.code
    return (_kind(error) or Internal).code


def _kind(error: BaseException) -> type[DeadlineExceeded | Unavailable] | None:
    if isinstance(error, (asyncpg.QueryCanceledError, TimeoutError)):
        return DeadlineExceeded
    if isinstance(error, _AWAY):
        return Unavailable
    # "connection is closed", "pool is closing": the rest is misuse of the driver
    return Unavailable if isinstance(error, asyncpg.InterfaceError) and "clos" in str(error) else None


def unavailable(error: BaseException) -> Unavailable:
    """Log the driver's reason and make the public error; the reason may hold addresses and stays with us."""
    _log.warning("database_unavailable", kind=type(error).__name__, reason=str(error))
    return Unavailable("The database is unreachable.")
