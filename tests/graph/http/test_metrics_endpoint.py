"""`/metrics` over HTTP: who may read it, and in which form."""

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from ops.metrics.exposition import OPENMETRICS, TEXT
from tests.graph.http.sample import make_sample
from tests.http_client import Client, Response, client_of, codes

# What Prometheus 2.42 and 3.5 send.
PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
TOKEN = "the-token"  # noqa: S105 - of a test
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
    "application/openmetrics-text;version=0.0.1;q=0.4,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
)


async def scraped(client: Client, accept: str | None = None, method: str = "GET", **headers: str) -> Response:
    """Scrape once, as a client that sends no Accept where there is none."""
    sent = {name.replace("_", "-"): value.encode("latin-1") for name, value in headers.items()}
    return await client.send(method, "/metrics", headers={"accept": (accept or "").encode(), **sent})


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (PROMETHEUS_2, OPENMETRICS),
        (PROMETHEUS_3, OPENMETRICS),
        ("application/openmetrics-text", OPENMETRICS),
        ('application/openmetrics-text; version="1.0.0"', OPENMETRICS),
        ("APPLICATION/OpenMetrics-Text; Version=1.0.0", OPENMETRICS),
        ("text/plain;q=0.5, application/openmetrics-text;q=0.5", OPENMETRICS),
        ("text/plain, application/openmetrics-text;q=0.4", TEXT),
        ("application/openmetrics-text;q=0, */*", TEXT),
        ("application/openmetrics-text;version=0.0.1", TEXT),
        ("application/openmetrics-text;q=often", TEXT),
        ("application/openmetrics-text;q=nan", TEXT),
        ("text/html,*/*;q=0.8", TEXT),
        ("application/json", TEXT),
        ("", TEXT),
        (";;,=;q,,", TEXT),
    ],
)
async def test_the_form_is_the_one_that_accept_asks_for(client: Client, accept: str, form: str) -> None:
    """OpenMetrics where it is wanted most, text for everybody else; each form is read by its own strict parser."""
    await client.query("{ hello }")
    response = await scraped(client, accept)
    assert (response.status_code, response.headers["content-type"]) == (200, form)
    assert (response.headers["cache-control"], response.headers["vary"]) == ("no-store", "accept")
    read = read_openmetrics if form == OPENMETRICS else read_text
    families = {family.name: family for family in read(response.text)}
    samples = {sample.name: sample.value for sample in families["graphql_operations"].samples}
    assert samples == {"graphql_operations_total": 1}


async def test_head_says_what_get_would(client: Client) -> None:
    """A probe by HEAD gets the same head."""
    response = await scraped(client, PROMETHEUS_2, "HEAD")
    assert (response.status_code, response.headers["content-type"]) == (200, OPENMETRICS)
    assert int(response.headers["content-length"]) > 1_000


async def test_metrics_are_only_read(client: Client) -> None:
    """Other methods are refused, and told which are not."""
    response = await scraped(client, method="POST")
    assert (response.status_code, response.headers["allow"], codes(response)) == (
        405,
        "GET, HEAD",
        ["METHOD_NOT_ALLOWED"],
    )


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"x_insitechart_operator": "wrong"}, 401),
        ({"x_insitechart_operator": ""}, 401),
        ({"x_insitechart_operator": "the-token"}, 200),
        ({"authorization": "Bearer the-token"}, 200),
        ({"authorization": "bearer  the-token"}, 200),
        ({"authorization": "Basic the-token"}, 401),
        ({"authorization": "Bearer"}, 401),
        ({"authorization": "Bearer \xfcber"}, 401),
        ({"authorization": "Bearer the-token", "x_insitechart_operator": "wrong"}, 401),
    ],
)
async def test_outside_development_the_operator_alone_reads(headers: dict[str, str], status: int) -> None:
    """The token comes in its own header or, as Prometheus sends it, as a bearer's."""
    sample = make_sample(environment="production", operator_token=TOKEN, seal_key="k" * 32)
    async with client_of(sample.app()) as client:
        response = await scraped(client, **headers)
    assert response.status_code == status
    if status == 401:
        assert (codes(response), response.headers["www-authenticate"]) == (["OPERATOR_ONLY"], "Bearer")
        assert TOKEN not in response.text


@pytest.mark.parametrize("token", [None, ""])
async def test_without_a_token_in_the_settings_nobody_reads(token: str | None) -> None:
    """No token and an empty one let nobody in, and the answer says what the operator has to set."""
    sample = make_sample(environment="production", operator_token=token, seal_key="k" * 32)
    async with client_of(sample.app()) as client:
        response = await scraped(client, x_insitechart_operator="")
    assert response.status_code == 401
    assert "INSITECHART_OPERATOR_TOKEN" in response.json()["errors"][0]["message"]
