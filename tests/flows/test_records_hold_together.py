"""Whatever an operation is and however it ends, its record holds together: each part within the whole, and at home."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import asyncpg
import pytest

from ops.operation_record import BatchRecord, CallRecord, FieldRecord, OperationRecord, Phase, StatementRecord
from tests.asgi_exchange import until
from tests.flows.market import fill
from tests.flows.subscribers import QUOTES, Served, served, subscriber, until_joined
from tests.http_client import Client, client_of

WIDE = """
query Wide { stocks(first: 20) { totalCount nodes { ...S mentions(first: 3) { totalCount nodes { stock { ...S trend {
rank stock { symbol quote { price } } } } } } correlation { __typename } } } a: stock(symbol: "S001") { ...S } }
fragment S on Stock { symbol quote { price } sentiment { averageScore mentionCount } updatedAt }
"""
Part = Phase | FieldRecord | BatchRecord | StatementRecord | CallRecord
SLIP = 0.000_1
"""Seconds by which an end may seem later than one that is read after it, of another reading of the clock."""


@dataclass
class Recorded:
    """A served API, and what its engine told."""

    api: Served
    client: Client
    records: list[OperationRecord] = field(default_factory=list)

    def check(self) -> OperationRecord:
        """Check the last record, and return it."""
        holds_together(self.records[-1])
        return self.records[-1]


@pytest.fixture
async def recorded(plain_database_url: str, redis_url: str) -> AsyncIterator[Recorded]:
    """An API over a filled market."""
    await fill(plain_database_url)
    async with served(plain_database_url, redis_url, deadlines={"operation": 1.0}) as api, client_of(api.app) as client:
        found = Recorded(api, client)
        api.engine.observers.all += (found.records.append,)
        yield found


def holds_together(record: OperationRecord) -> None:
    """Each part lies within the operation, each statement within its batch; each batch begins while a field waits."""
    parts: list[Part] = [*record.phases, *record.fields, *record.batches, *record.statements, *record.calls]
    below: list[StatementRecord | CallRecord] = [*record.statements, *record.calls]
    within: list[FieldRecord | BatchRecord] = [*record.fields, *record.batches]
    end = record.begun + record.seconds + SLIP
    for part in parts:
        assert record.begun <= part.begun, (record, part)
        assert part.seconds >= 0
        assert part.begun + part.seconds <= end, (record.begun, end, part)
    batches = {batch.number: batch for batch in record.batches}
    assert sorted(batches) == list(range(len(batches)))
    for work in below:
        batch = batches[work.batch]
        assert batch.begun <= work.begun
        assert work.begun + work.seconds <= batch.begun + batch.seconds + SLIP
    paths = {one.path for one in record.fields}
    for batch in record.batches:
        assert batch.asked >= batch.keys > 0
        assert set(batch.fields) <= paths
        if paths:
            asked = [one for one in record.fields if one.path in batch.fields]
            assert any(one.begun <= batch.begun <= one.begun + one.seconds for one in asked), batch
    (execute,) = [phase for phase in record.phases if phase.name == "execute"]
    assert all(execute.begun <= part.begun for part in within)


async def test_a_wide_query_by_either_executor(recorded: Recorded) -> None:
    """The first time it runs field by field, then by a plan, which times its fields."""
    for _ in range(3):
        answer = (await recorded.client.query(WIDE)).json()
        assert "errors" not in answer, answer
        recorded.check()
    assert not recorded.records[0].fields
    assert recorded.records[2].fields
    assert {path.path for path in recorded.records[2].fields} >= {"stocks.nodes.mentions.nodes.stock.trend", "a.quote"}


async def test_queries_of_an_array_side_by_side(recorded: Recorded) -> None:
    """Each has its own batches and fields."""
    for _ in range(3):
        recorded.records.clear()
        await recorded.client.post([{"query": WIDE}, {"query": 'query Other { stock(symbol: "S002") { name } }'}])
        for record in recorded.records:
            holds_together(record)
    wide, other = sorted(recorded.records, key=lambda record: -len(record.batches))
    assert (wide.name, other.name) == ("Wide", "Other")
    assert [one.loader for one in other.batches] == ["StockBySymbol"]
    assert {path for batch in other.batches for path in batch.fields} == {"stock"}


@pytest.mark.parametrize("leaves", [True, False])
async def test_an_operation_that_is_cut_off(recorded: Recorded, *, leaves: bool) -> None:
    """By its client, or by its deadline, while a statement waits for a lock."""
    for _ in range(2):
        await recorded.client.query(WIDE)
    api = recorded.api
    connection = await asyncpg.connect(
        api.settings.database_url.get_secret_value() if api.settings.database_url else ""
    )
    async with connection.transaction():
        await connection.execute("LOCK TABLE quotes, stock_prices IN ACCESS EXCLUSIVE MODE")
        recorded.records.clear()
        api.contexts.clear()
        asking = asyncio.create_task(recorded.client.query(WIDE))
        await until(lambda: bool(api.contexts) and api.contexts[0].batches_begun > 1)
        if leaves:
            asking.cancel()
        await asyncio.wait({asking})
    await connection.close()
    record = recorded.check()
    failures = {statement.failure for statement in record.statements}
    if leaves:
        assert (record.status, list(record.codes)) == (499, ["CANCELLED"])
        assert "CANCELLED" in failures
    else:
        assert "DEADLINE_EXCEEDED" in record.codes
        assert failures & {"DEADLINE_EXCEEDED", "CANCELLED"}


async def test_events_have_records_of_their_own(recorded: Recorded) -> None:
    """One for each event, however many follow; with the batches of that event alone."""
    async with subscriber(recorded.api) as one, subscriber(recorded.api) as other:
        for client in (one, other):
            client.subscribe(QUOTES, symbols=["AAPL"])
            await client.update()
        await until_joined(recorded.api, 2)
        recorded.records.clear()
        for price in (1.0, 2.0, 3.0):
            await recorded.api.price("AAPL", price)
            assert {(await client.update())["quote"]["price"] for client in (one, other)} == {price}
        assert [record.kind for record in recorded.records] == ["event"] * 3
        for record in recorded.records:
            holds_together(record)
            assert sorted(batch.loader for batch in record.batches) == ["QuoteBySymbol", "StockBySymbol"]
    first, second = [record for record in recorded.records if record.kind == "subscription"]
    assert (first.events, second.events) == (4, 4)
    opened = max(first, second, key=lambda record: len(record.batches))
    holds_together(opened)
    assert [batch.loader for batch in opened.batches] == ["StockBySymbol"], "what the first of them asked is checked"
    assert [statement.batch for statement in opened.statements] == [0]
