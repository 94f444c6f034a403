"""Status codes and bodies under both JSON types, as the GraphQL over HTTP draft has them."""

import pytest
from structlog.testing import capture_logs

from tests.graph.http.sample import make_sample
from tests.http_client import JSON, RESPONSE_JSON, Client, client_of, codes

DOCUMENT_ERRORS = [
    ("{", "PARSE_FAILED"),
    ("{ nope }", "VALIDATION_FAILED"),
    ("query ($n: Int!) { text(characters: $n) }", "BAD_VARIABLES"),
    ("query A { hello } query B { hello }", "OPERATION_NOT_FOUND"),
]


@pytest.mark.parametrize(("document", "code"), DOCUMENT_ERRORS)
async def test_document_errors_are_400_without_data_in_the_new_type(client: Client, document: str, code: str) -> None:
    """Under application/graphql-response+json a document that never ran is a 400, and has no `data` at all."""
    response = await client.query(document, accept=RESPONSE_JSON)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    assert codes(response) == [code]
    assert "data" not in response.json()


@pytest.mark.parametrize(("document", "code"), DOCUMENT_ERRORS)
async def test_document_errors_are_200_in_the_legacy_type(client: Client, document: str, code: str) -> None:
    """Under application/json the same errors come with 200, for clients that read no other status."""
    response = await client.query(document, accept=JSON)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert codes(response) == [code]
    assert "data" not in response.json()


@pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
async def test_partial_data_is_200(client: Client, accept: str) -> None:
    """A field's failure leaves the rest of the answer standing, with the code at its path."""
    response = await client.query("{ hello refusing }", accept=accept)
    assert response.status_code == 200
    assert response.json()["data"] == {"hello": "hello world", "refusing": None}
    assert response.json()["errors"][0]["path"] == ["refusing"]
    assert codes(response) == ["BAD_ARGUMENT"]


@pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
async def test_503_only_when_nothing_could_be_executed(client: Client, accept: str) -> None:
    """All root fields unavailable: 503, Retry-After and null data. One field answered: 200."""
    nothing = await client.query("{ a: unavailable b: unavailable }", accept=accept)
    assert nothing.status_code == 503
    assert int(nothing.headers["retry-after"]) > 0
    assert nothing.json()["data"] is None
    assert [error["path"] for error in nothing.json()["errors"]] == [["a"], ["b"]]
    assert codes(nothing) == ["UNAVAILABLE", "UNAVAILABLE"]
    some = await client.query("{ hello unavailable }", accept=accept)
    assert (some.status_code, some.json()["data"]["hello"]) == (200, "hello world")
    assert "retry-after" not in some.headers


async def test_failures_that_a_retry_cannot_mend_are_200(client: Client) -> None:
    """A refused argument beside an absent store is still an answer: asking again gives the same."""
    response = await client.query("{ unavailable refusing }")
    assert response.status_code == 200
    assert codes(response) == ["UNAVAILABLE", "BAD_ARGUMENT"]


async def test_json_is_refused_where_only_other_types_are_accepted(client: Client) -> None:
    """Accept names nothing we speak: 406, coded, in JSON all the same."""
    response = await client.query("{ hello }", accept="text/html")
    assert (response.status_code, codes(response)) == (406, ["NOT_ACCEPTABLE"])
    assert response.headers["content-type"] == "application/json; charset=utf-8"


async def test_a_mutation_by_post_runs(client: Client) -> None:
    """POST may change things."""
    assert (await client.query("mutation { bump }")).json() == {"data": {"bump": 1}}


async def test_a_late_operation_keeps_what_was_ready() -> None:
    """At the deadline the field that still waits is cancelled and coded; the field that answered stands."""
    sample = make_sample(deadlines={"operation": 0.1})
    async with client_of(sample.app()) as client:
        some = await client.query("{ hello slow }")
        assert some.status_code == 200
        assert some.json()["data"] == {"hello": "hello world", "slow": None}
        assert codes(some) == ["DEADLINE_EXCEEDED"]
        assert some.json()["errors"][0]["path"] == ["slow"]
        assert sample.witness.cancelled.is_set()
        nothing = await client.query("{ slow }")
        assert (nothing.status_code, nothing.json()["data"]) == (504, None)
    assert all(context.closed for context in sample.witness.contexts)


async def test_an_operation_that_will_not_be_cancelled_is_given_up() -> None:
    """Past the grace after the deadline the client gets its answer; what still runs is logged, and ends by itself."""
    sample = make_sample(deadlines={"operation": 0.1})
    async with client_of(sample.app()) as client:
        with capture_logs() as logs:
            response = await client.query("query Stuck { hello stubborn }")
        sample.witness.allowed.set()
    assert (response.status_code, codes(response)) == (504, ["DEADLINE_EXCEEDED"])
    assert [line["operation"] for line in logs if line["event"] == "operation_abandoned"] == ["Stuck"]
