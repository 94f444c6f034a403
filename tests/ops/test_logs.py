"""What log lines look like, and what never stands in them."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from ops.logs import configure

SECRET = "hunter2"  # noqa: S105  the password that must not appear


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, set_up = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:], root.level = handlers, level
    structlog.configure(**set_up)


def _fail(password: str) -> None:
    raise ValueError("no luck")


@pytest.mark.parametrize("readable", [True, False])
def test_passwords_in_urls_are_blanked(*, readable: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """A URL that slips into an event loses its password; the rest stays readable."""
    configure(readable=readable)
    structlog.get_logger().warning("opened", database=f"postgresql://me:{SECRET}@host/stocks")
    line = capsys.readouterr().err
    assert SECRET not in line
    assert "postgresql://me:***@host/stocks" in line


@pytest.mark.parametrize("readable", [True, False])
def test_passwords_in_the_words_of_an_exception_are_blanked(
    *, readable: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Drivers name the address that they could not reach, in a cause as well."""
    configure(readable=readable)
    failure = ValueError("failed")
    failure.__cause__ = OSError(f"cannot reach postgresql://me:{SECRET}@host/stocks")
    structlog.get_logger().error("failed", exc_info=failure, addresses=[f"redis://:{SECRET}@cache"])
    text = capsys.readouterr().err
    assert SECRET not in text
    assert "postgresql://me:***@host/stocks" in text
    assert "redis://:***@cache" in text


@pytest.mark.parametrize("readable", [True, False])
def test_tracebacks_print_no_local_variables(*, readable: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """A variable's value may be a secret; where the error happened is said without it."""
    configure(readable=readable)
    try:
        _fail(SECRET)
    except ValueError:
        structlog.get_logger().exception("failed")
    text = capsys.readouterr().err
    assert "no luck" in text
    assert "_fail" in text
    assert SECRET not in text


def test_production_lines_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Own events and those of libraries come as one JSON object a line, with time, level and logger."""
    configure(readable=False)
    structlog.get_logger("ours").info("served", rows=3)
    logging.getLogger("theirs").warning("look: %s", "here")
    ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["rows"], ours["level"], ours["logger"]) == ("served", 3, "info", "ours")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("look: here", "warning", "theirs")
    assert ours["timestamp"].endswith("Z")


def test_a_level_silences_what_is_below(capsys: pytest.CaptureFixture[str]) -> None:
    """Commands show warnings only; their standard output is for answers."""
    configure(readable=True, level=logging.WARNING)
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    captured = capsys.readouterr()
    assert "quiet" not in captured.err
    assert "loud" in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("readable", [True, False])
@pytest.mark.parametrize("sent", ["\x1b[31mFAKE", "a\nFAKE", "\x9b31mFAKE", "\x1b]0;FAKE\x07", "a\u2028FAKE"])
def test_what_clients_send_neither_steers_terminals_nor_makes_lines(
    sent: str, *, readable: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """An operation's name may hold anything; its line stays one line of plain characters."""
    configure(readable=readable)
    structlog.get_logger().info("operation", name=sent)
    [line] = capsys.readouterr().err.splitlines()
    assert "FAKE" in line
    assert line.isprintable()


def test_a_refused_socket_is_no_error_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """The server complains of each one, and anybody could fill the log so; its other complaints stand."""
    configure(readable=True)
    logger = logging.getLogger("uvicorn.error")
    logger.error("ASGI callable returned without completing handshake.")
    logger.error("Exception in ASGI application")
    [line] = capsys.readouterr().err.splitlines()
    assert "Exception in ASGI application" in line
