"""`insitechart budget` against a real server over real databases: it passes, fails, and says why."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ops.budgets import SHIPPED
from tests.flows.market import fill
from tests.ops.load.market import Slowable, slowable_market
from tests.ops.load.stub import answer, stubbed
from tests.servers import Template, cloned

NAMES = "StockPage,Chart,StockDetails,NodeById"


@pytest.fixture
async def market(plain_template: Template, tmp_path: Path) -> AsyncIterator[Slowable]:
    """The market, open to its operator alone."""
    (tmp_path / "late").mkdir()
    production = {"environment": "production", "seal_key": "of sixteen or more", "operator_token": "let me in"}
    waits = {"acquire": 10}
    async with cloned(plain_template) as url:
        await fill(url)
        async with slowable_market(url, tmp_path / "late", **production, deadlines=waits) as served:
            yield served


@pytest.fixture
def patient(tmp_path: Path) -> Path:
    """Objectives that no machine is too busy to keep."""
    text = SHIPPED.read_text("utf-8")
    for milliseconds in ("100", "200", "300", "500", "800", "1200", "1500"):
        text = text.replace(f"_ms = {milliseconds} }}", "_ms = 60000 }").replace(
            f"_ms = {milliseconds}\n", "_ms = 60000\n"
        )
    path = tmp_path / "patient.toml"
    path.write_text(text)
    return path


async def budget(*words: str, **variables: str) -> tuple[int, str, str]:
    """Run the command as a shell would; return its exit code, output and error output."""
    environment = {**os.environ, "INSITECHART_OPERATOR_TOKEN": "let me in", **variables}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ops.cli", "budget", *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    output, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


@pytest.mark.slow
async def test_a_server_that_keeps_its_objectives_passes(market: Slowable, patient: Path) -> None:
    """All requests are answered, the database's statements are counted, fields are named with their budgets."""
    words = ["--url", market.server.url, "--rate", "50", "--seconds", "5", "--warm-up", "0.5", "--operations", NAMES]
    code, output, errors = await budget("check", *words, "--json", INSITECHART_BUDGETS=str(patient))
    found = json.loads(output)
    assert (code, errors, found["held"], found["failures"]) == (0, "", True, {})
    objectives = {one["objective"]: one for one in found["objectives"]}
    assert objectives["operations"]["samples"] == found["requests"] == 250
    assert objectives["operations"]["held"] is objectives["statements"]["held"] is True
    assert objectives["statements"]["counted"] is False  # the server's buckets are made for other objectives
    assert objectives["external_calls"]["held"] is None  # collectors call other APIs, not this process
    asked = {name for name in objectives if name.startswith("operation:")}
    assert asked == {f"operation:{name}" for name in NAMES.split(",")}
    assert sum(objectives[name]["samples"] for name in asked) == 250
    fields = {(one["operation"], one["path"]): one for one in found["fields"]}
    quote = fields["StockPage", "stock.quote"]
    assert (quote["coordinate"], quote["budget_ms"], quote["budget_of"]) == ("Stock.quote", 50, "field")

    code, output, _ = await budget("report", "--url", market.server.url, "--json", "--top", "1000")
    by_server = {(one["operation"], one["path"]): one for one in json.loads(output)["fields"]}
    for names, one in fields.items():  # the check reads coordinates off documents, the server has them of its plans
        told = by_server[names]
        assert (one["coordinate"], one["budget_ms"]) == (told["coordinate"], told["budget_ms"]), names


@pytest.mark.slow
async def test_a_slow_database_fails_the_check_and_is_seen_to_be_the_reason(market: Slowable) -> None:
    """Each statement takes two fifths of a second: neither statements hold, nor the operation that waits for one."""
    market.relay.delay = 0.4
    words = ["--url", market.server.url, "--rate", "10", "--seconds", "6", "--warm-up", "2"]
    code, output, errors = await budget("check", *words, "--operations", "NodeById")
    assert (code, errors) == (1, "")
    lines = {line.split()[0]: line for line in output.splitlines() if line.strip()}
    for name in ("statements", "operation:NodeById"):
        assert lines[name].rstrip().endswith("NO"), output
    assert "~" not in lines["statements"]
    (node,) = (line for line in output.splitlines() if line.startswith("NodeById node "))
    assert node.rstrip().endswith("Query.node")
    market.relay.delay = 0.0

    code, output, _ = await budget("report", "--url", market.server.url)
    assert code == 0
    (node,) = (line for line in output.splitlines() if line.startswith("NodeById node "))
    assert node.rstrip().endswith("Query.node")
    told = json.loads((await budget("report", "--url", market.server.url, "--json", "--top", "1"))[1])
    assert len(told["fields"]) == 1
    assert told["fields"][0]["p90_ms"] >= 400
    used = json.loads((await budget("report", "--url", market.server.url, "--json", "--by", "used"))[1])["fields"]
    assert [one["used"] for one in used] == sorted((one["used"] for one in used), reverse=True)
    assert (used[0]["coordinate"], used[0]["budget_ms"], used[0]["budget_of"]) == ("Query.node", 50, "field")
    assert used[0]["used"] >= 0.4 / 0.05


async def test_operators_only(market: Slowable) -> None:
    """Without the token, or with another, nothing is told, and the remedy is."""
    for command in (["report"], ["check", "--rate", "10", "--seconds", "1", "--operations", "NodeById"]):
        code, output, errors = await budget(*command, "--url", market.server.url, INSITECHART_OPERATOR_TOKEN="")
        assert (code, output) == (1, "")
        assert "it wants the operator's token in INSITECHART_OPERATOR_TOKEN" in errors
    code, _, errors = await budget("report", "--url", market.server.url, INSITECHART_OPERATOR_TOKEN="let us in")  # noqa: S106
    assert code == 1
    assert "the operator's token is another" in errors


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["check", "--rate", "0"], "--rate"),
        (["check", "--rate", "5000", "--seconds", "3600"], "at most 1,000,000 requests"),
        (["check", "--operations", "StockPag"], "did you mean StockPage"),
        (["check", "--operations", ","], "names are wanted"),
        (["check", "--url", "ftp://host"], "a URL as http://host:port is wanted"),
        (["report", "--url", "http://me:secret@host"], "without a user"),
        (["check", "--seconds", "1m"], "'--seconds': a number from 0.1 to 3600 is expected; '1m' is given"),
        (["report", "--top", "1.5"], "'--top': a whole number from 1 to 1000 is expected; '1.5' is given"),
        (["check", "--load", "README.md"], "README.md: not TOML: Expected '='"),
        (["check", "--load", "none.toml"], "none.toml: cannot be read"),
    ],
)
async def test_wrong_usage(words: list[str], told: str) -> None:
    """Exit code 2, and what would be right."""
    code, output, errors = await budget(*words)
    assert (code, output) == (2, "")
    assert told in errors
    assert "secret" not in errors


@pytest.mark.parametrize("command", ["check", "report"])
async def test_no_server(command: str, unused_tcp_port: int) -> None:
    """Exit code 69, with where nothing answers and what to do."""
    code, output, errors = await budget(command, "--url", f"http://127.0.0.1:{unused_tcp_port}")
    assert (code, output) == (69, "")
    assert f"127.0.0.1:{unused_tcp_port}" in errors
    assert "insitechart serve" in errors


@pytest.mark.parametrize("body", [b"<html>", b"[" * 100_000])
async def test_a_server_of_something_else(body: bytes) -> None:
    """What answers well, and not as ours does, is refused in a line."""
    answers = {"/livez": answer(b""), "/metrics": answer(b""), "/graphql": answer(body)}
    async with stubbed(answers) as stub:
        code, output, errors = await budget("check", "--url", stub.url, "--operations", "NodeById")
    assert (code, output) == (1, "")
    assert errors == f"Error: {stub.url}/graphql answers no JSON of ours: is it InsiteChart?\n"


@pytest.mark.parametrize(("stage", "since"), [("\\u001b[31mga", "2026-11-23T15:00:00Z"), ("ga", "2026-11-23T15:00:00")])
async def test_a_report_of_something_else(stage: str, since: str) -> None:
    """Times without a zone, and text that would steer the terminal, are no report; a line says so."""
    body = f'{{"stage": "{stage}", "since": "{since}", "until": "2026-11-23T16:00:00Z", "fields": []}}'
    async with stubbed({"/budgets": answer(body.encode())}) as stub:
        code, output, errors = await budget("report", "--url", stub.url)
    assert (code, output) == (1, "")
    assert "answers otherwise than this version does" in errors
    assert "\x1b" not in errors


@pytest.mark.slow
async def test_the_load_goes_on_while_a_server_falls_silent(market: Slowable) -> None:
    """What finds no room is not sent, is told of, and is within no objective."""
    market.relay.delay = 1.0
    words = ["--url", market.server.url, "--rate", "30", "--seconds", "2", "--warm-up", "0", "--in-flight", "5"]
    code, output, _ = await budget("check", *words, "--operations", "NodeById", "--json")
    found: dict[str, Any] = json.loads(output)
    assert code == 1
    assert found["requests"] == 60
    assert found["failures"]["NOT_SENT"] > 30
    (whole,) = (one for one in found["objectives"] if one["objective"] == "operations")
    assert (whole["samples"], whole["held"], whole["measured_ms"]) == (60, False, None)
