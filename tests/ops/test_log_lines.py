"""Lines of our own events, which take a shorter way than those of libraries and must come out alike."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from structlog.testing import capture_logs

from ops.logs import configure, tell


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, set_up = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:], root.level = handlers, level
    structlog.configure(**set_up)


@pytest.mark.parametrize(
    "value", ["grün", "\udc80", 2**80, object, {1: 2}, {"a", 3}, float("nan"), b"bytes", ValueError("x"), [None, 1.5]]
)
def test_any_value_makes_one_line_of_json(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever an event holds, its line can be read again, and its other members stand."""
    configure(readable=False)
    structlog.get_logger("ours").info("event", value=value, rows=3)
    (line,) = capsys.readouterr().err.splitlines()
    read = json.loads(line)
    assert (read["event"], read["rows"], read["level"], read["logger"]) == ("event", 3, "info", "ours")
    assert read["timestamp"].endswith("Z")
    assert "value" in read


def test_a_logger_without_a_name_has_that_of_its_module(capsys: pytest.CaptureFixture[str]) -> None:
    """As the standard library's would."""
    configure(readable=False)
    structlog.get_logger().warning("event")
    assert json.loads(capsys.readouterr().err)["logger"] == __name__


def test_a_stream_that_takes_nothing_ends_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk or a closed pipe is not the client's business."""
    stream = StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    configure(readable=False)
    structlog.get_logger().info("before")
    written = stream.getvalue()
    stream.close()
    structlog.get_logger().info("after")
    assert json.loads(written)["event"] == "before"


def test_the_short_way_and_the_long_way_make_the_same_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Information takes the short way, a warning the long one; beside their level and instant they are alike."""
    configure(readable=False)
    log = structlog.get_logger("ours").bind(part="door")
    log.info("event", rows=3, names=["ä"], url="postgresql://me:secret@host/stocks")
    log.warning("event", rows=3, names=["ä"], url="postgresql://me:secret@host/stocks")
    short, long = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (short.pop("level"), long.pop("level")) == ("info", "warning")
    assert short.pop("timestamp") <= long.pop("timestamp")
    assert short == long
    assert list(short) == list(long)


def test_who_listens_to_events_hears_those_of_the_short_way() -> None:
    """As tests do."""
    configure(readable=False)
    with capture_logs() as events:
        structlog.get_logger().info("event", rows=3)
    assert events == [{"event": "event", "rows": 3, "log_level": "info"}]


@pytest.mark.parametrize(
    ("name", "client"), [("a://b", "x@y"), ("a://b:c", "x@y"), ('a://b:"c', "x/@y"), ("://:", "@")]
)
def test_what_clients_send_spoils_no_line_as_if_it_were_a_password(
    name: str, client: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that begins like a URL and a client with an @ stay two values; nothing between them is blanked."""
    configure(readable=False)
    tell("ours", "event", {"name": name, "client": client})
    structlog.get_logger("ours").warning("event", name=name, client=client)
    logging.getLogger("theirs").warning("%s %s", name, client)
    short, long, _library = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (short["name"], short["client"]) == (long["name"], long["client"]) == (name, client)


@pytest.mark.parametrize("password", ['with"quote', "with\\backslash", "grün", "tab\ttab"])
def test_a_password_of_any_characters_is_blanked_in_json(password: str, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON escapes some characters, and the password still ends at its @."""
    configure(readable=False)
    structlog.get_logger("ours").info("event", url=f"postgresql://me:{password}@host/stocks", rows=3)
    read = json.loads(capsys.readouterr().err)
    assert (read["url"], read["rows"]) == ("postgresql://me:***@host/stocks", 3)
