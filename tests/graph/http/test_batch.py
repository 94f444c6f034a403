"""Batches: many operations in one request, each with its own answer."""

from tests.graph.http.sample import Sample, make_sample
from tests.http_client import JSON, Client, client_of, codes


async def test_each_operation_has_its_own_answer(client: Client) -> None:
    """In the order asked; a refused one and a subscription spoil only themselves."""
    documents = ["{ hello }", "{ nope }", "subscription { count }", "mutation { bump }"]
    response = await client.post([{"query": document} for document in documents])
    answers = response.json()
    assert response.status_code == 200
    assert answers[0] == {"data": {"hello": "hello world"}}
    assert answers[1]["errors"][0]["extensions"]["code"] == "VALIDATION_FAILED"
    assert answers[2]["errors"][0]["extensions"]["code"] == "NOT_ACCEPTABLE"
    assert answers[3] == {"data": {"bump": 1}}


async def test_the_status_of_a_batch_is_the_one_that_all_share(client: Client) -> None:
    """Wholly refused: 400. Wholly unavailable: 503. Mixed: 200."""
    wrong, away, good = ({"query": document} for document in ("{ nope }", "{ unavailable }", "{ hello }"))
    assert (await client.post([wrong, wrong])).status_code == 400
    assert (await client.post([wrong, wrong], accept=JSON)).status_code == 200
    assert (await client.post([away, away])).status_code == 503
    assert (await client.post([away, good])).status_code == 200


async def test_every_operation_of_a_batch_has_its_own_context(client: Client, sample: Sample) -> None:
    """Loaders and deadlines are never shared between operations."""
    await client.post([{"query": "{ hello }"}] * 3)
    assert len(sample.witness.contexts) == 3
    assert all(context.closed for context in sample.witness.contexts)


async def test_a_batch_beyond_the_cap_runs_nothing() -> None:
    """One more than the limit: refused as a whole."""
    sample = make_sample(limits={"batch": 2})
    async with client_of(sample.app()) as client:
        response = await client.post([{"query": "{ hello }"}] * 3)
    assert (response.status_code, codes(response)) == (400, ["BATCH_TOO_LARGE"])
    assert sample.witness.contexts == []
