"""Whose fault a failed write is: the data's, which fails every time, or the server's, which others will mend."""

import asyncpg

from ops.errors import ServerFault

_OF_DATA = (
    asyncpg.DataError,  # class 22: a value that its type cannot hold
    asyncpg.IntegrityConstraintViolationError,  # class 23: a value that the table refuses
    asyncpg.ProgramLimitExceededError,  # class 54: too long for an index or a text search
)


def blames_data(error: Exception) -> bool:
    """Tell whether the same data would fail again on a server that is well.

    A missing table or right, a full disk and a lost connection are the server's; what no driver raised is the data's.
    """
    if isinstance(error, ServerFault | OSError):
        return False
    return isinstance(error, _OF_DATA) or not isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError)
