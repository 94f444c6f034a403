"""Log set-up: one line per event on standard error, readable for people or JSON for programs.

Events are short snake_case names with their values as keywords. Lines of libraries that use the standard library's
logging come out in the same form.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from threading import Lock
from typing import Any, BinaryIO, TextIO, cast

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_PASSWORD_IN_URL = re.compile(r"(\w+://[^:/@\s]*:)[^@/\s]+@")
# Within one string of JSON: what clients choose must not blank what stands between two of them, and spoil the line.
_PASSWORD_IN_JSON = re.compile(r'(\w+://(?:[^:/@\s"\\]|\\.)*:)(?:[^@/\s"\\]|\\.)+@')
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_to_json = msgspec.json.Encoder(enc_hook=repr).encode
_stamp_text = structlog.processors.TimeStamper(fmt="iso", utc=True)
_format_exception = structlog.processors.format_exc_info
_REFUSED_HANDSHAKE = "ASGI callable returned without completing handshake."


def configure(*, readable: bool, level: int = logging.INFO) -> None:
    """Send this process's log lines from `level` up to standard error; calling it again replaces the set-up."""
    shown: list[Processor] = [_stamp_text, without_controls, _console(), _without_passwords_shown]
    encoded: list[Processor] = [_stamp, _format_exception, _encode, _without_passwords]
    # Our own events go straight to their line: by way of the standard library each costs a request 50 microseconds.
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            _add_name,
            structlog.processors.UnicodeDecoder(),
            *(shown if readable else encoded),
        ],
        wrapper_class=_straight(level) if not readable else structlog.make_filtering_bound_logger(level),
        logger_factory=_Lines(sys.stderr, straight=not readable and level <= logging.INFO),
        cache_logger_on_first_use=False,
    )
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _stamp_text,
        structlog.processors.UnicodeDecoder(),
    ]
    last: list[Processor] = (
        [without_controls, _console()] if readable else [_format_exception, structlog.processors.JSONRenderer()]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _WithoutPasswords(
            _PASSWORD_IN_URL if readable else _PASSWORD_IN_JSON,
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


def _straight(level: int) -> type[Any]:
    """Return a bound logger whose `info` makes its line without the chain, while that is the one configured here."""
    parent: Any = structlog.make_filtering_bound_logger(level)
    if level > logging.INFO:
        return cast("type[Any]", parent)

    def info(self: Any, event: str, *args: Any, **values: Any) -> Any:
        odd = args or "exc_info" in values or bytes in map(type, values.values())
        if odd or self._processors[-1] is not _without_passwords:
            return parent.info(self, event, *args, **values)
        return self._logger.straight(_straight_line(self._logger.name, event, self._context | values))

    return type("StraightLogger", (parent,), {"info": info})


def tell(name: str, event: str, values: dict[str, Any]) -> None:
    """Log plain values as a logger's `info` does, without making one bound logger for one line: 5 microseconds less.

    The values are the line's from now on: what else it says is added to them.
    """
    config = structlog.get_config()
    lines = config["logger_factory"]
    if isinstance(lines, _Lines) and lines.straight and config["processors"][-1] is _without_passwords:
        lines.write_straight(_straight_line(name, event, values))
    else:
        structlog.get_logger(name).info(event, **values)


def _straight_line(name: str, event: str, values: dict[str, Any]) -> bytes:
    values["event"] = event
    values["level"] = "info"
    values["logger"] = name
    values["timestamp"] = datetime.now(UTC)
    line = _encoded(values)
    # Most lines have no slash at all, which is found out in a tenth of the time that "://" takes.
    return _blank_passwords(line.decode()).encode() if b"/" in line else line


class _WithoutPasswords(structlog.stdlib.ProcessorFormatter):
    """Blanks the password of each URL in a library's line and its traceback."""

    def __init__(self, pattern: re.Pattern[str], **options: Any) -> None:
        super().__init__(**options)
        self._pattern = pattern

    def format(self, record: logging.LogRecord) -> str:
        return _blank_passwords(super().format(record), self._pattern)


class _Lines:
    """Makes loggers by name, or by the module that asks for one, which write whole lines to one stream.

    `straight` says that lines of information may be made without the chain.
    """

    def __init__(self, stream: TextIO, *, straight: bool) -> None:
        self.straight = straight
        self._stream = stream
        self._bytes: BinaryIO | None = getattr(stream, "buffer", None)  # what is captured in a text has none
        self._lock = Lock()
        self._find_name = structlog.stdlib.LoggerFactory(ignore_frame_names=[__name__])

    def __call__(self, *names: str) -> "_Logger":
        return _Logger(names[0] if names else self._find_name().name, self)

    def write(self, line: str) -> None:
        """Write one line. A stream that is full or closed ends no request; there is nowhere left to tell of it."""
        try:
            with self._lock:
                self._stream.write(line + "\n")
                self._stream.flush()
        except (OSError, ValueError):
            pass

    def write_straight(self, line: bytes) -> None:
        """Write one line in ASCII, past the stream's encoder: what else goes through it is flushed line by line."""
        if self._bytes is None:
            self.write(line.decode())
            return
        try:
            self._bytes.write(line + b"\n")  # whole, as a buffer takes what threads write
            self._bytes.flush()
        except (OSError, ValueError):
            pass


class _Logger:
    __slots__ = ("_lines", "name")

    def __init__(self, name: str, lines: _Lines) -> None:
        self.name = name
        self._lines = lines

    def msg(self, line: str) -> None:
        """Write a rendered line, whatever its level."""
        self._lines.write(line)

    def straight(self, line: bytes) -> None:
        """Write a line that was made without the chain."""
        self._lines.write_straight(line)

    debug = info = warning = warn = error = critical = fatal = exception = log = msg


def _add_name(logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["logger"] = logger.name if isinstance(logger, _Logger) else None
    return event


def _stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["timestamp"] = datetime.now(UTC)
    return event


def _encode(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return _encoded(event).decode()


def _encoded(event: EventDict) -> bytes:
    """Render JSON in ASCII, as terminals and line readers take it without harm."""
    try:
        line = _to_json(event)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError):
        line = b""
    if line and line.isascii():
        return line
    return json.dumps(event, default=_told).encode()


def _told(value: object) -> str:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else repr(value)


def _without_passwords(_logger: WrappedLogger, _method: str, line: Any) -> str:
    return _blank_passwords(line)


def _without_passwords_shown(_logger: WrappedLogger, _method: str, line: Any) -> str:
    return _blank_passwords(line, _PASSWORD_IN_URL)


def _blank_passwords(line: str, pattern: re.Pattern[str] = _PASSWORD_IN_JSON) -> str:
    """Blank the password of each URL in a line; a net below the rule that no secret is logged."""
    return pattern.sub(r"\1***@", line) if "://" in line else line


def _console() -> structlog.dev.ConsoleRenderer:
    # Plain tracebacks: the pretty ones print local variables, and with them secrets.
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)


def without_controls(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Escape what would steer a terminal or break a line, for clients choose some strings; JSON does so by itself."""
    return {key: _CONTROL.sub(_escape, value) if isinstance(value, str) else value for key, value in event.items()}


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def _is_no_refused_handshake(record: logging.LogRecord) -> bool:
    return record.msg != _REFUSED_HANDSHAKE
