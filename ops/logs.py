"""Log set-up: one line per event on standard error, readable in development and JSON in production.

Events are short snake_case names with their values as keywords. Lines of libraries that use the standard library's
logging come out in the same form.
"""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_PASSWORD_IN_URL = re.compile(r"(\w+://[^:/@\s]*:)[^@/\s]+@")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_REFUSED_HANDSHAKE = "ASGI callable returned without completing handshake."


def configure(*, development: bool, level: int = logging.INFO) -> None:
    """Send this process's log lines from `level` up to standard error; calling it again replaces the set-up."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.UnicodeDecoder(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    last: list[Processor] = (
        # Plain tracebacks: the pretty ones print local variables, and with them secrets.
        [
            without_controls,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ]
        if development
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _WithoutPasswords(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    # What these say at INFO, our own events say better.
    for name in ("httpx", "httpcore", "websockets", "uvicorn"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # uvicorn takes a socket that is refused over HTTP, as any client can be, for an application's error.
    logging.getLogger("uvicorn.error").addFilter(_is_no_refused_handshake)


class _WithoutPasswords(structlog.stdlib.ProcessorFormatter):
    """Blanks the password of each URL in a line and its traceback; a net below the rule that no secret is logged."""

    def format(self, record: logging.LogRecord) -> str:
        return _PASSWORD_IN_URL.sub(r"\1***@", super().format(record))


def without_controls(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Escape what would steer a terminal or break a line, for clients choose some strings; JSON does so by itself."""
    return {key: _CONTROL.sub(_escape, value) if isinstance(value, str) else value for key, value in event.items()}


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def _is_no_refused_handshake(record: logging.LogRecord) -> bool:
    return record.msg != _REFUSED_HANDSHAKE
