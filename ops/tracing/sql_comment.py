"""Comments that tell a database server whose statement it runs, in the form of https://google.github.io/sqlcommenter/.

They stand before the statement: of a long one, `pg_stat_activity` and logs show only the beginning.
"""

from typing import Final
from urllib.parse import quote

from ops.operation_record import TraceContext
from ops.tracing.trace_context import write_traceparent

_LONGEST_NAME: Final = 100


def sql_comment(name: str | None, context: TraceContext) -> str:
    """Return the comment for a statement of an operation: keys in order, values encoded as in URLs.

    What is left of a client's text are letters, digits, and `_.-~%`: nothing that could end a comment or a quote.
    """
    parent = write_traceparent(context)
    operation = f"operation='{quote(name[:_LONGEST_NAME], safe='', errors='replace')}'," if name else ""
    return f"/*{operation}traceparent='{parent}'*/ "
