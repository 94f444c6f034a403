"""The composed application and the command line together: what an operator registers runs without a restart."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from ops.cli import exits, main
from tests.asgi_exchange import PATIENCE
from tests.graph.test_app import started
from tests.http_client import Client, codes

NAME = "query Name($symbol: String!) { stock(symbol: $symbol) { name } }"


async def documents(url: str, *arguments: str | Path) -> str:
    """Run `insitechart documents` beside the application."""
    asked = ["documents", *map(str, arguments), "--database-url", url]
    result = await asyncio.to_thread(CliRunner().invoke, main, asked)
    assert result.exit_code == exits.DONE, result.output
    return result.stdout


async def until_status(client: Client, path: str, status: int) -> None:
    """Ask until the answer has a status."""
    async with asyncio.timeout(PATIENCE):
        while (await client.send("GET", path)).status_code != status:  # noqa: ASYNC110 - another process's doing
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("mode", ["automatic", "trusted"])
async def test_what_is_registered_runs_in_every_process(
    plain_database_url: str, redis_url: str, tmp_path: Path, mode: str
) -> None:
    """Two processes see it added and pruned; the day of its use is written down when one of them ends."""
    file = tmp_path / "Name.graphql"
    file.write_text(NAME)
    path = "/documents/Name?symbol=AAPL"
    given = {"database_url": plain_database_url, "redis_url": redis_url, "documents": mode}
    async with started(**given) as other:
        async with started(**given) as one:
            for client in (one, other):
                assert codes(await client.send("GET", path)) == ["DOCUMENT_NOT_FOUND"]
            (line,) = (await documents(plain_database_url, "add", file)).splitlines()
            for client in (one, other):
                await until_status(client, path, 200)
                answer = await client.post({"documentId": line.split()[1], "variables": {"symbol": "AAPL"}})
                assert answer.json() == {"data": {"stock": None}}
        assert '"used_on": "2' in await documents(plain_database_url, "list", "--json")
        assert await documents(plain_database_url, "prune", "--unused", "1", "--yes") == ""
        await documents(plain_database_url, "add", tmp_path, "--replace")
        assert (await other.send("GET", path)).status_code == 200
    async with started(**given) as late:
        assert (await late.send("GET", path)).status_code == 200
