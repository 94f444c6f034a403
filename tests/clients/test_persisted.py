"""Real clients send hashes and ids: what goes over the wire is printed, and held to what their protocols say."""

import asyncio
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from graph.drain import Drain
from ops.cli import exits, main
from ops.settings import Settings
from tests.asgi_exchange import with_lifespan
from tests.flows.conftest import plain_market_url
from tests.flows.market import fill
from tests.graph.rest.serving import Served, served
from tests.live_server import live

__all__ = ["plain_market_url"]

ROOT = Path(__file__).resolve().parents[2]
CHECKS = ROOT / "clients" / "checks"
NEEDED = ("@apollo/client", "@apollo/persisted-query-lists", "@urql/exchange-persisted", "relay-compiler")
SECONDS = 60
CARD = '{"stock":{"__typename":"Stock","symbol":"S003","name":"Company 003 Incorporated"}}'


@pytest.fixture
def workshop(tmp_path: Path) -> Path:
    """A folder of the test's own with the clients, the schema and what npm installed."""
    modules = CHECKS / "node_modules"
    if shutil.which("node") is None or not all((modules / name).exists() for name in NEEDED):
        pytest.skip("Node.js or its packages are not there; `make clients-check` installs them")
    folder = tmp_path / "clients"
    shutil.copytree(CHECKS / "persisted", folder)
    shutil.copy(ROOT / "schema.graphql", folder)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(modules)
    return folder


def build(folder: Path, tool: str, *arguments: str) -> None:
    """Run a client's own tool."""
    ran = subprocess.run(
        [f"node_modules/.bin/{tool}", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


async def transcript(api: Served, folder: Path, script: str) -> list[str]:
    """Run a client against a live server; print and return what it says of each exchange."""
    async with live(with_lifespan(api.app), Drain(), Settings()) as server, asyncio.timeout(SECONDS):
        client = await asyncio.create_subprocess_exec(
            *("node", script, f"{server.url}/graphql", "S003"),
            cwd=folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, complained = await client.communicate()
    print(f"--- {script}\n{said.decode()}")  # noqa: T201 - the transcript is what a reader of the run wants
    assert client.returncode == 0, complained.decode()
    return said.decode().splitlines()


async def test_apollo_client(workshop: Path, plain_market_url: str, redis_url: str) -> None:
    """A hash, a miss, the query with its hash, then the hash alone; by GET what is hashed, the query itself by POST."""
    async with served(plain_market_url, redis_url) as api:
        said = await transcript(api, workshop, "apollo.js")
    card, name = said[0].split()[2], said[7].split()[2]
    missed = "200 PERSISTED_QUERY_NOT_FOUND"
    assert [line for line in said if "->" in line] == [
        f"POST hash {card} -> {missed}",
        f"POST hash {card} + query -> 200 data",
        f"POST hash {card} -> 200 data",
        f"GET hash {card} -> 200 data",
        f"GET hash {name} -> {missed}",
        f"POST hash {name} + query -> 200 data",
        f"GET hash {name} -> 200 data",
    ]
    assert said.count(CARD) == 3


async def test_urql(workshop: Path, plain_market_url: str, redis_url: str) -> None:
    """By GET a hash, a miss, the query with its hash, and the hash; a second client finds it by POST at once."""
    async with served(plain_market_url, redis_url) as api:
        said = [line for line in await transcript(api, workshop, "urql.js") if "->" in line]
    card = said[0].split()[2]
    assert said == [
        f"GET hash {card} -> 200 PERSISTED_QUERY_NOT_FOUND",
        f"GET hash {card} + query -> 200 data",
        f"GET hash {card} -> 200 data",
        f"POST hash {card} -> 200 data",
        f"POST hash {card} -> 200 data",
    ]


async def register(url: str, *arguments: str | Path) -> None:
    """Run `insitechart documents add` as an operator would."""
    asked = ["documents", "add", *map(str, arguments), "--database-url", url]
    result = await asyncio.to_thread(CliRunner().invoke, main, asked)
    assert result.exit_code == exits.DONE, result.output


async def test_manifests_in_trusted_mode(workshop: Path, plain_database_url: str) -> None:
    """What the clients' tools wrote is registered as it is, and runs; a query that is in no manifest is refused."""
    build(workshop, "generate-persisted-query-manifest")
    build(workshop, "relay-compiler", "relay.config.json")
    build(workshop, "graphql-codegen", "--config", "codegen.ts")
    await asyncio.to_thread(asyncio.run, fill(plain_database_url))
    codegen = workshop / "codegen" / "persisted-documents.json"
    for app in ("apollo", "relay"):
        await register(plain_database_url, workshop / f"{app}.json", "--app", app)
    await register(plain_database_url, codegen, "--app", "codegen")
    async with served(plain_database_url, documents="trusted") as api:
        apollo = await transcript(api, workshop, "manifest.js")
        relay = await transcript(api, workshop, "relay.js")
        (prefixed,) = json.loads(codegen.read_text())
        assert prefixed.startswith("sha256:")
        bare = prefixed.removeprefix("sha256:")
        for members in (
            {"documentId": prefixed},
            {"documentId": bare},
            {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": bare}}},
        ):
            answer = await api.client.post({**members, "variables": {"symbol": "S003"}})
            assert answer.json()["data"]["stock"]["name"] == "Company 003 Incorporated"
    assert [line.split(" -> ")[1] for line in apollo if "->" in line] == ["200 data", "403 DOCUMENT_NOT_TRUSTED"]
    assert apollo[-1] == "refused"
    (relay_id,) = json.loads((workshop / "relay.json").read_text())
    assert relay[::2] == [f"POST id {relay_id[:15]} -> 200 data"] * 2
