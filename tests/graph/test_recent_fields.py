"""The last hour of field times: what was gained since the oldest copy, in bounded memory, for the operator alone."""

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import msgspec
import pytest

from graph.recent_fields import COPIES, Recent, RecentFields, copying
from ops.budgets import buckets, load_budgets
from ops.metrics.fields import MOST_PATHS, FieldTimes
from ops.operation_record import FieldRecord
from tests.graph.test_app import started

OWN = {"Stock.quote": 0.05}


def field(path: str, coordinate: str, seconds: float) -> FieldRecord:
    """Make the record of a field that took so long."""
    return FieldRecord(path, coordinate, 1, 0.0, seconds)


@pytest.fixture
def times() -> FieldTimes:
    """Times with the edges that the budgets make."""
    return FieldTimes(buckets(OWN.values()))


@pytest.fixture
def fields(times: FieldTimes) -> RecentFields:
    """An hour over them."""
    return RecentFields(times, load_budgets(stage="ga"), OWN)


def test_a_line_has_the_field_s_own_budget_or_its_operation_s(times: FieldTimes, fields: RecentFields) -> None:
    """The share is that of the 90th percentile; operations without a budget of their own have the stage's."""
    times.observe("StockPage", [field("stock.quote", "Stock.quote", 0.05)] * 10)
    times.observe("StockPage", [field("stock.name", "Stock.name", 0.001)])
    times.observe("Mine", [field("stock.name", "Stock.name", 0.001)])
    lines = {(one.operation, one.path): one for one in fields.recent().fields}
    quote = lines["StockPage", "stock.quote"]
    assert (quote.coordinate, quote.count, quote.budget_ms, quote.budget_of) == ("Stock.quote", 10, 50, "field")
    assert quote.p90_ms == pytest.approx(20 + 30 * 0.9)
    assert quote.used == pytest.approx(quote.p90_ms / 50)
    assert (lines["StockPage", "stock.name"].budget_ms, lines["StockPage", "stock.name"].budget_of) == (
        500,
        "operation",
    )
    assert lines["Mine", "stock.name"].budget_ms == 800


def test_what_is_older_than_the_oldest_copy_is_forgotten(times: FieldTimes, fields: RecentFields) -> None:
    """A path that was slow more than an hour ago, and never since, is not in the report; newer times count alone."""
    times.observe("StockPage", [field("a", "Query.a", 5.0), field("b", "Query.b", 5.0)])
    for _ in range(COPIES):
        fields.copy()
    times.observe("StockPage", [field("b", "Query.b", 0.00005)])
    (only,) = fields.recent().fields
    assert (only.path, only.count) == ("b", 1)
    assert only.p99_ms <= 0.1


def test_before_an_hour_is_over_all_counts(times: FieldTimes, fields: RecentFields) -> None:
    """From the start on nothing is missing: the first copy is of nothing."""
    begun = fields.recent().since
    for _ in range(COPIES - 1):
        times.observe("StockPage", [field("a", "Query.a", 0.001)])
        fields.copy()
    assert [one.count for one in fields.recent().fields] == [COPIES - 1]
    assert abs(fields.recent().since - begun) < timedelta(seconds=5)  # two clocks are read, one after the other


@pytest.mark.parametrize("step", [timedelta(hours=-3), timedelta(days=20_000)])
def test_a_clock_that_is_set_makes_the_hour_no_other(
    fields: RecentFields, monkeypatch: pytest.MonkeyPatch, step: timedelta
) -> None:
    """It ends now, and began as long ago as it really did, though the machine's clock was wrong by then."""
    length = fields.recent().until - fields.recent().since

    class Set(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            told = datetime.now(tz) + step
            return cls.fromtimestamp(told.timestamp(), tz)

    monkeypatch.setattr("graph.recent_fields.datetime", Set)
    later = fields.recent()
    assert later.until - datetime.now(UTC) > step - timedelta(minutes=1)
    assert length <= later.until - later.since < timedelta(minutes=1)


def test_copies_are_bounded_and_share_what_did_not_change(times: FieldTimes, fields: RecentFields) -> None:
    """However long it runs, there are so many copies; a path that rests costs each of them one reference."""
    for number in range(2 * MOST_PATHS):
        times.observe(f"operation{number // 40}", [field(f"f{number}", "Query.f", 0.001)])
    for _ in range(3 * COPIES):
        fields.copy()
    assert len(fields._copies) == COPIES
    assert len({id(counts) for _, copy in fields._copies for counts in copy.values()}) == len(list(times))
    assert len(list(times)) <= MOST_PATHS + 2 * MOST_PATHS // 40


async def test_copies_are_made_at_intervals_while_the_server_runs(times: FieldTimes, fields: RecentFields) -> None:
    """They begin and end with the block."""
    made = asyncio.Event()
    copy = fields.copy

    def noted() -> None:
        copy()
        made.set()

    fields.copy = noted  # type: ignore[method-assign]
    async with copying(fields, 0.01):
        async with asyncio.timeout(30):
            await made.wait()
    assert len(asyncio.all_tasks()) == 1
    assert len(fields._copies) > 1


async def test_the_address_is_the_operator_s(plain_database_url: str) -> None:
    """Open in development; elsewhere with the token, in either header; by GET alone, and never kept."""
    async with started(database_url=plain_database_url) as client:
        for _ in range(3):  # the first time a document runs, it is not compiled, and so its fields are not timed
            await client.query("{ freshness { feed } }")
        answer = await client.send("GET", "/budgets")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        told = msgspec.json.decode(answer.content, type=Recent)
        assert (told.stage, [one.coordinate for one in told.fields][:1]) == ("mvp", ["Query.freshness"])
        assert (await client.send("HEAD", "/budgets")).content == b""
        refused = await client.send("POST", "/budgets")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")

    secrets = {"environment": "production", "seal_key": "of sixteen or more", "operator_token": "let me in"}
    async with started(database_url=plain_database_url, **secrets) as client:
        assert (await client.send("GET", "/budgets")).status_code == 401
        for header in ({"x-insitechart-operator": b"let me in"}, {"authorization": b"Bearer let me in"}):
            assert (await client.send("GET", "/budgets", headers=header)).status_code == 200
