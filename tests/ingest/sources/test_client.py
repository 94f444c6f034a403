"""The seam to the web: everything that goes wrong there has one outcome, and none of them tells a secret."""

import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from ingest.sources.answer import Answer
from ingest.sources.calls import Calls
from ingest.sources.client import Client
from ingest.sources.failures import CircuitOpen, Malformed, SourceFailure, Unreachable
from ingest.sources.pace import Pace
from ops.metrics import make_metrics
from tests.ingest.sources.conftest import QUICK, Clock
from tests.ingest.sources.web import Reply, Web, json_reply

PRIVATE = "s3cret-t0ken"
HEADERS = {"authorization": f"Bearer {PRIVATE}"}


@pytest.fixture
async def client(clock: Clock) -> AsyncIterator[Client]:
    """A client at full speed, with two tries a call."""
    async with httpx.AsyncClient() as http:
        pace = Pace("test", 1_000.0, 1.0, 1.0, lambda: clock.seconds, clock.sleep)
        yield Client("test", http, pace, Calls(make_metrics()), QUICK, lambda: clock.now, lambda: clock.seconds)


async def ask(client: Client, web: Web, path: str = "/") -> Answer:
    """Ask with a secret in the headers and in the query."""
    return await client.get(web.url + path, {"crumb": PRIVATE}, HEADERS)


@pytest.mark.parametrize(
    ("reply", "failure", "tries"),
    [
        (Reply(silent=True), Unreachable, 2),
        (Reply(body=b"x" * 1_000, cut=10), Unreachable, 2),
        (Reply(500, b"<html>" + PRIVATE.encode()), Unreachable, 2),
        (Reply(503), Unreachable, 2),
        (Reply(body=b"x" * 200_001), Malformed, 1),
        (Reply(body=gzip.compress(b"x" * 10_000_000), headers={"content-encoding": "gzip"}), Malformed, 1),
        (Reply(body=b"no gzip", headers={"content-encoding": "gzip"}), Malformed, 1),
        (Reply(body=gzip.compress(gzip.compress(b"x")), headers={"content-encoding": "gzip, gzip"}), Malformed, 1),
    ],
    ids=["silent", "cut-off", "500", "503", "huge", "bomb", "broken-gzip", "layers"],
)
async def test_what_is_no_sound_answer_fails_alike(
    client: Client, web: Web, reply: Reply, failure: type[SourceFailure], tries: int
) -> None:
    """Each way of failing has its kind; only those that may pass are tried again; no message holds a secret."""
    web.routes["/"] = reply
    with pytest.raises(failure) as caught:
        await ask(client, web)
    assert type(caught.value) is failure
    assert len(web.requests) == tries
    assert PRIVATE not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


async def test_a_server_error_that_passes_is_no_failure(client: Client, web: Web) -> None:
    """The second try's answer counts."""
    web.routes["/"] = [Reply(502), json_reply({"a": 1})]
    assert (await ask(client, web)).read(dict[str, int]) == {"a": 1}


async def test_a_refused_connection_is_unreachable(client: Client) -> None:
    """Nobody listens on the port: that is told without the address."""
    with pytest.raises(Unreachable, match=r"no answer \(ConnectError\)"):
        await client.get("http://127.0.0.1:9/", {"key": PRIVATE}, HEADERS)


async def test_redirects_are_answers(client: Client, web: Web) -> None:
    """A redirect is never followed: its target would get the credentials."""
    web.routes["/"] = Reply(302, headers={"location": f"{web.url}/elsewhere"})
    assert (await ask(client, web)).status == 302
    assert web.asked("/elsewhere") == []


@pytest.mark.parametrize("body", [b"", b"{", b"[1, 2]", b'{"a": "text"}', b"\xff\xfe", b"<html></html>"])
async def test_a_body_of_another_shape_is_malformed(client: Client, web: Web, body: bytes) -> None:
    """The message names the type and the place, not the body."""
    web.routes["/"] = Reply(200, body, {"content-type": "text/html; charset=utf-8"})
    with pytest.raises(Malformed, match=rf"HTTP 200, {len(body)} bytes of text/html: "):
        (await ask(client, web)).read(dict[str, int])


async def test_the_circuit_opens_and_one_call_tries_it(client: Client, web: Web, clock: Clock) -> None:
    """After five failures nothing is sent; after the pause one call is, and its success closes the circuit."""
    web.routes["/"] = Reply(500)
    for _ in range(2):
        with pytest.raises(Unreachable):
            await ask(client, web)
    with pytest.raises(CircuitOpen):
        await ask(client, web)  # its first try is the fifth failure, and its second meets the open circuit
    assert len(web.requests) == 5
    with pytest.raises(CircuitOpen) as caught:
        await ask(client, web)
    assert 0 < caught.value.pause <= 30
    assert len(web.requests) == 5
    clock.move(31)
    web.routes["/"] = Reply(200)
    await ask(client, web)
    await ask(client, web)
    assert len(web.requests) == 7


async def test_calls_are_counted_and_timed(web: Web, clock: Clock, log: list[Any]) -> None:
    """By status, or by why no answer came; half a second is an edge; the report says whether the budget is kept."""
    metrics = make_metrics()
    calls = Calls(metrics)
    web.routes = {"/": json_reply({}), "/missing": Reply(404), "/broken": Reply(500)}
    async with httpx.AsyncClient() as http:
        pace = Pace("test", 1_000.0, 1.0, 1.0, lambda: clock.seconds, clock.sleep)
        client = Client("test", http, pace, calls, QUICK, lambda: clock.now)
        for path in ("/", "/", "/missing"):
            await ask(client, web, path)
        with pytest.raises(Unreachable):
            await ask(client, web, "/broken")
        with pytest.raises(Unreachable):
            await client.get("http://127.0.0.1:9/", {}, {})

    def value(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(name, {"api_name": "test", **labels})

    counts = {status: value("external_api_requests_total", status=status) for status in ("200", "404", "500")}
    assert counts == {"200": 2, "404": 1, "500": 2}
    assert value("external_api_requests_total", status="unreachable") == 2
    assert value("external_api_request_duration_seconds_count") == 7
    assert value("external_api_request_duration_seconds_bucket", le="0.5") is not None
    calls.note("slow", 200, 0.9)
    calls.report()
    lines = {event["api"]: event for event in log if event["event"] == "external_api_calls"}
    assert (lines["test"]["calls"], lines["test"]["errors"], lines["test"]["budget_ms"]) == (7, 5, 500)
    assert (lines["slow"]["p85_ms"], lines["slow"]["budget_kept"]) == (900.0, "no")
    calls.report()
    assert len([event for event in log if event["event"] == "external_api_calls"]) == 2


async def test_a_clock_that_differs_is_told_once(client: Client, web: Web, clock: Clock, log: list[Any]) -> None:
    """The Date header is compared with our clock: an hour's difference is one line in the log, a second's none."""
    web.routes["/"] = Reply(headers={"date": "Mon, 01 Jun 2026 12:00:01 GMT"})
    await ask(client, web)
    assert [event for event in log if event["event"] == "clock_skew"] == []
    web.routes["/"] = Reply(headers={"date": "Mon, 01 Jun 2026 11:00:00 GMT"})
    await ask(client, web)
    await ask(client, web)
    (line,) = [event for event in log if event["event"] == "clock_skew"]
    assert line["our_clock_is_ahead_by_seconds"] == 3_600
