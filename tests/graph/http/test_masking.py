"""Unknown failures: masked for the client, logged once with a stack, counted, found by their id."""

from hashlib import sha256

from structlog.testing import capture_logs

from graph.http.responses import encode
from tests.graph.http.sample import UNSEEN, Sample
from tests.http_client import Client, codes


async def test_an_unknown_failure_is_masked_logged_and_counted(client: Client, sample: Sample) -> None:
    """The client gets an id; the log has the exception under it; the counter goes up by one."""
    with capture_logs() as logs:
        response = await client.query("{ hello broken }", x_request_id="of-the-client")
    error = response.json()["errors"][0]
    logged = [line for line in logs if line["event"] == "internal_error"]
    assert (error["message"], error["path"], codes(response)) == ("Internal error", ["broken"], ["INTERNAL"])
    assert UNSEEN not in response.text
    assert [line["error_id"] for line in logged] == [error["extensions"]["errorId"]]
    assert isinstance(logged[0]["exc_info"], ZeroDivisionError)
    assert logged[0]["request_id"] == "of-the-client"
    assert sample.metrics.registry.get_sample_value("graphql_masked_errors_total") == 1


async def test_a_null_where_none_may_be_is_our_fault(client: Client) -> None:
    """The promise of the schema was broken by us: masked, at its path, with the parent null."""
    response = await client.query("{ hello nothing }")
    assert (response.status_code, codes(response)) == (200, ["INTERNAL"])
    assert response.json()["data"] is None
    assert response.json()["errors"][0]["path"] == ["nothing"]


async def test_a_non_null_field_failing_in_one_list_item_is_an_error_with_its_path(client: Client) -> None:
    """The item becomes null, its siblings stand, and HTTP knows nothing of it."""
    response = await client.query("{ items { number strict } }")
    assert response.status_code == 200
    assert response.json()["data"] == {"items": [{"number": 0, "strict": 0}, None, {"number": 2, "strict": 2}]}
    assert response.json()["errors"][0]["path"] == ["items", 1, "strict"]
    assert codes(response) == ["BAD_ARGUMENT"]


async def test_nan_never_reaches_a_client(client: Client) -> None:
    """As a field it is a masked error; in any other place JSON has null for it."""
    response = await client.query("{ notANumber }")
    assert response.json()["data"] == {"notANumber": None}
    assert codes(response) == ["INTERNAL"]
    assert encode([float("nan"), float("inf")]) == b"[null,null]"


async def test_an_operation_leaves_one_log_line_without_variables(client: Client) -> None:
    """Its id, name, kind, time, status, codes and counts; never what the client passed."""
    document = "query Greet($n: String!) { hello(name: $n) }"
    with capture_logs() as logs:
        await client.post({"query": document, "variables": {"n": "private"}}, x_request_id="r-1")
    lines = [line for line in logs if line["event"] == "operation"]
    assert len(lines) == 1
    line = lines[0]
    assert line.pop("milliseconds") > 0
    assert set(line.pop("phases")) == {"parse", "validate", "execute"}
    assert line.pop("document") == sha256(document.encode()).hexdigest()
    assert line == {
        "event": "operation",
        "log_level": "info",
        "id": "r-1",
        "name": "Greet",
        "kind": "query",
        "status": 200,
    }
    assert "private" not in str(logs)


async def test_a_refused_operation_leaves_one_log_line(client: Client) -> None:
    """Refusals are seen by operators too."""
    with capture_logs() as logs:
        await client.query("{ nope }")
    assert [(line["kind"], line["status"], line["codes"]) for line in logs] == [("refused", 400, ["VALIDATION_FAILED"])]
