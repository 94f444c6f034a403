"""The metrics of the whole application on real servers: what is declared is told, and what is told is declared."""

import asyncio
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from ops.metrics.catalogue import CATALOGUE
from tests.graph.test_app import started
from tests.http_client import Client

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
ROW = re.compile(r"^\| `([a-z_]+)` \| (\w+) \| (.*?) \| (.+?) \|$", re.MULTILINE)
OPENMETRICS = "application/openmetrics-text;version=1.0.0"
NOWHERE = "http://127.0.0.1:9"
STOCK = "query OneStock($symbol: String!) { stock(symbol: $symbol) { symbol quote { price } } }"
PARENT = "4bf92f3577b34da6a3ce929d0e0e4736"


def read_openmetrics(text: str) -> list[Metric]:
    """Read the OpenMetrics form by the library's own strict parser, which has no types."""
    return list(openmetrics.text_string_to_metric_families(text))  # type: ignore[no-untyped-call]


async def scrape(client: Client, accept: str = OPENMETRICS) -> str:
    """Return what `/metrics` says."""
    response = await client.send("GET", "/metrics", headers={"accept": accept})
    assert response.status_code == 200
    return response.text


async def ask(client: Client, symbol: str = "AAPL", **headers: str) -> None:
    """Ask for a stock that there is not."""
    response = await client.post({"query": STOCK, "variables": {"symbol": symbol}}, **headers)
    assert response.json() == {"data": {"stock": None}}


async def use(client: Client) -> None:
    """Let a little of everything happen."""
    for _ in range(3):
        await ask(client)
    await client.query("{ nope }")
    await client.send("GET", "/nowhere")
    await client.send("GET", "/api/v1/stocks/AAPL/details")
    await client.query("subscription { nope }")


def families(text: str) -> dict[str, Metric]:
    """Read the OpenMetrics form by name."""
    return {family.name: family for family in read_openmetrics(text)}


def samples(text: str) -> dict[str, float]:
    """Return all values by name and labels, as JSON has them."""
    return {
        sample.name + json.dumps(dict(sorted(sample.labels.items()))): sample.value
        for family in read_openmetrics(text)
        for sample in family.samples
    }


async def test_what_is_exposed_is_what_is_declared(plain_database_url: str, redis_url: str) -> None:
    """Every family of the catalogue is there under its type, unit and help, and no other; so are labels of samples."""
    async with started(database_url=plain_database_url, redis_url=redis_url) as client:
        await use(client)
        told = families(await scrape(client))
    declared = {one.family: one for one in CATALOGUE}
    assert {name: (one.type, one.documentation) for name, one in told.items()} == {
        name: (one.type, one.help) for name, one in declared.items()
    }
    for name, family in told.items():
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == set(declared[name].labels), sample
            assert sample.name.removeprefix(name) in {"", "_total", "_bucket", "_count", "_sum"}, sample


async def test_both_forms_tell_the_same_and_promtool_has_nothing_to_say(
    plain_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    """Names and values of the two forms agree, each read by its own parser; the text is clean by promtool's rules."""
    async with started(database_url=plain_database_url, redis_url=redis_url) as client:
        await use(client)
        open_form, text = await scrape(client), await scrape(client, "text/plain")
    told = {sample.name for family in read_openmetrics(open_form) for sample in family.samples}
    assert told == {sample.name for family in read_text(text) for sample in family.samples}
    assert "graphql_field_duration_seconds_bucket" in told
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool, of Debian's package prometheus, is not installed here")
    file = tmp_path / "metrics"
    file.write_text(text)

    def check() -> subprocess.CompletedProcess[str]:
        with file.open() as stdin:
            return subprocess.run(
                [promtool, "check", "metrics"], stdin=stdin, capture_output=True, text=True, timeout=60, check=False
            )

    checked = await asyncio.to_thread(check)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


async def test_what_ran_is_told_once(plain_database_url: str, redis_url: str) -> None:
    """One operation that is known already: its execution, batch, statement and field, and that no cache had it."""
    async with started(database_url=plain_database_url, redis_url=redis_url) as client:
        for symbol in ("MSFT", "NVDA"):
            await ask(client, symbol)
        before = samples(await scrape(client))
        await ask(client)
        after = samples(await scrape(client))
    gained = {key: value - before.get(key, 0) for key, value in after.items() if value != before.get(key, 0)}
    assert gained['graphql_operations_total{"kind": "query", "operation": "OneStock", "status": "200"}'] == 1
    assert gained['graphql_operation_duration_seconds_count{"kind": "query", "operation": "OneStock"}'] == 1
    assert gained['api_requests_total{"endpoint": "/graphql", "method": "POST", "status": "200"}'] == 1
    phases = {key for key in gained if key.startswith("graphql_phase_duration_seconds_count")}
    assert phases == {'graphql_phase_duration_seconds_count{"phase": "execute"}'}
    assert gained['loader_batch_duration_seconds_count{"loader": "StockBySymbol"}'] == 1
    assert gained['loader_keys_loaded_total{"loader": "StockBySymbol"}'] == 1
    assert gained['document_cache_requests_total{"outcome": "hit"}'] == 1
    assert gained['cache_requests_total{"level": "memory", "outcome": "miss"}'] == 1
    assert gained['cache_requests_total{"level": "response", "outcome": "miss"}'] == 1
    statements = [key for key in gained if key.startswith("database_statement_duration_seconds_count")]
    assert gained['graphql_field_duration_seconds_count{"operation": "OneStock", "path": "stock"}'] == 1
    assert 'database_statement_duration_seconds_count{"statement": "stocks_by_symbols"}' in statements


async def test_exemplars_are_traces_that_are_kept(plain_database_url: str, redis_url: str) -> None:
    """Only an operation whose trace goes to the collector is named, as one that its caller sampled.

    The answer over HTTP names the same trace as its operation does.
    """
    tracing = {"endpoint": NOWHERE, "share": 0, "flush": 0}
    async with started(database_url=plain_database_url, redis_url=redis_url, tracing=tracing) as client:
        await client.query("{ __typename }")
        await ask(client, traceparent=f"00-{'9' * 32}-00f067aa0ba902b7-00")
        assert exemplars(await scrape(client)) == {}
        await ask(client, traceparent=f"00-{PARENT}-00f067aa0ba902b7-01")
        await ask(client, traceparent=f"00-{'8' * 32}-00f067aa0ba902b7-00")
        told = exemplars(await scrape(client))
        kept = samples(await scrape(client))
    assert told == {"graphql_operation_duration_seconds": {PARENT}, "api_request_duration_seconds": {PARENT}}
    assert kept['traces_kept_total{"reason": "sampled"}'] == 1


def exemplars(text: str) -> dict[str, set[str]]:
    """Return the ids of the traces that are named, by family."""
    found: dict[str, set[str]] = {}
    for family in read_openmetrics(text):
        for sample in family.samples:
            if sample.exemplar is not None:
                found.setdefault(family.name, set()).add(sample.exemplar.labels["trace_id"])
                assert sample.exemplar.value <= float(sample.labels["le"])
    return found


def test_the_page_lists_what_is_declared() -> None:
    """The tables of docs/metrics.md are the catalogue, each metric once, in words that are equal."""
    rows = ROW.findall(PAGE.read_text())
    expected = [
        (one.name, one.type, ", ".join(f"`{label}`" for label in one.labels) or "none", one.help) for one in CATALOGUE
    ]
    assert sorted(rows) == sorted(expected)


def test_names_follow_the_rules() -> None:
    """Counters and nothing else end in `_total`, times are seconds, and no name is declared twice."""
    names = [one.name for one in CATALOGUE]
    assert len(set(names)) == len(names)
    for one in CATALOGUE:
        assert one.name.endswith("_total") == (one.type == "counter"), one.name
        assert not re.search("milliseconds|_ms|minutes|kilobytes", one.name)
