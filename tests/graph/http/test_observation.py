"""Each operation leaves one record, whatever its end; an observer that fails is nobody's loss but its own."""

from structlog.testing import capture_logs

from ops.operation_record import OperationRecord
from tests.graph.http.sample import Sample
from tests.http_client import EVENT_STREAM, Client, client_of


async def test_a_query_leaves_one_record(client: Client, sample: Sample) -> None:
    """With its phases: a document that came before is not parsed again, and a plan made of it only once."""
    document = "query Greet { hello }"
    for _ in range(3):
        await client.post({"query": document}, x_request_id="r-1", x_insitechart_client="tests/1")
    first, second, third = sample.records
    phases = [[phase.name for phase in record.phases] for record in (first, second, third)]
    assert phases == [["parse", "validate", "execute"], ["plan", "execute"], ["execute"]]
    planned, executed = second.phases
    assert executed.begun == planned.begun + planned.seconds, "one follows the other"
    assert (first.request_id, first.name, first.kind, first.status) == ("r-1", "Greet", "query", 200)
    assert (first.client, first.registered, first.kept, first.trace) == ("tests/1", False, False, None)
    assert first.document == second.document
    assert first.seconds >= sum(phase.seconds for phase in first.phases)
    assert all(phase.begun >= first.begun for phase in first.phases)


async def test_a_refused_query_leaves_one_record(client: Client, sample: Sample) -> None:
    """With the phase in which it failed."""
    await client.query("{ nope }")
    (record,) = sample.records
    assert (record.kind, record.status, record.codes) == ("refused", 400, ["VALIDATION_FAILED"])
    assert [phase.name for phase in record.phases] == ["parse", "validate"]


async def test_each_query_of_an_array_leaves_its_own(client: Client, sample: Sample) -> None:
    """Refused ones too."""
    await client.post([{"query": "query A { hello }"}, {"query": "{ nope }"}, {"query": "query C { hello }"}])
    assert sorted((record.kind, record.name) for record in sample.records if record.kind == "query") == [
        ("query", "A"),
        ("query", "C"),
    ]
    assert sum(record.kind == "refused" for record in sample.records) == 1


async def test_a_subscription_in_an_array_is_refused_on_record(client: Client, sample: Sample) -> None:
    """The queries beside it run."""
    await client.post([{"query": "query A { hello }"}, {"query": "subscription S { count }"}])
    (refused,) = [record for record in sample.records if record.kind == "refused"]
    assert (refused.name, refused.status, refused.codes) == ("S", 406, ["NOT_ACCEPTABLE"])
    assert len(sample.records) == 2


async def test_errors_of_events_are_counted_where_they_happen(client: Client, sample: Sample) -> None:
    """Once for each event, however many have it; what ends a subscription counts as its own, and is no event."""
    await client.query("subscription { seen(to: 3) { unavailable } }", accept=EVENT_STREAM)
    assert sample.metrics.errors.values == {("UNAVAILABLE", "database"): 3}
    await client.query("subscription { breaking }", accept=EVENT_STREAM)
    assert sample.metrics.errors.values == {("UNAVAILABLE", "database"): 3, ("INTERNAL", "graph"): 1}
    failing, breaking = [record for record in sample.records if record.kind == "subscription"]
    assert (failing.events, failing.codes) == (3, [])
    assert (breaking.events, breaking.codes) == (1, ["INTERNAL"])


async def test_an_observer_that_fails_is_logged_and_the_others_are_told(sample: Sample) -> None:
    """The answer is none the worse."""

    def broken(_record: OperationRecord) -> None:
        raise RuntimeError("full")

    sample.observers = (broken,)
    async with client_of(sample.app()) as client:
        with capture_logs() as logs:
            response = await client.query("{ hello }")
    assert "errors" not in response.json()
    assert len(sample.records) == 1
    assert [line["event"] for line in logs] == ["operation", "observer_failed"]
