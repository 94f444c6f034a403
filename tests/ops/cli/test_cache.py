"""`insitechart cache` shows, warms and empties the caches of running processes."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from redis import Redis

from loaders.stock_by_symbol import StockBySymbol
from ops.cli import exits, main
from ops.settings import Settings
from storage.cache.keys import ROW_PREFIX
from storage.cache.opening import report
from storage.cache.reports import tell
from tests.own_valkey import OwnValkey, own_valkey, until
from tests.storage.cache.stack import open_stack


@pytest.fixture
def server() -> Iterator[OwnValkey]:
    """A Valkey that this test alone uses."""
    with own_valkey() as started:
        yield started


@pytest.fixture
def own_settings(plain_database_url: str, server: OwnValkey) -> Settings:
    """Settings that name both servers."""
    return Settings.model_validate({"database_url": plain_database_url, "redis_url": server.url})


def run(settings: Settings, *arguments: str) -> Result:
    """Run the command on these servers."""
    assert settings.database_url is not None
    assert settings.redis_url is not None
    urls = ["--database-url", settings.database_url.get_secret_value()]
    urls += ["--redis-url", settings.redis_url.get_secret_value()]
    return CliRunner().invoke(main, ["cache", *arguments, *urls])


async def test_the_numbers_of_running_processes_are_summed(own_settings: Settings) -> None:
    """A process tells of its look-ups; the listing sums levels and names what Redis holds and did."""
    async with open_stack(own_settings) as stack:
        await stack.worth(1)
        await stack.warm()
        await stack.stock()
        told = report(stack.rows)
        await tell(stack.rows.remote.client, told)
        found = json.loads((await asyncio.to_thread(run, own_settings, "stats", "--json")).stdout)
        shown = (await asyncio.to_thread(run, own_settings, "stats")).stdout
    memory, remote = found["levels"]
    assert (memory["hits"], memory["misses"]) == (told.rows.hits, told.rows.misses)
    assert memory["hit_rate"] == pytest.approx(told.rows.hits / (told.rows.hits + told.rows.misses))
    assert memory["entries"] == 1
    assert 0 < memory["bytes"] <= memory["bound"] == own_settings.cache.row_bytes
    assert remote["hits"] + remote["misses"] > 0
    assert (remote["entries"], remote["bound"]) == (1, None)
    (kept,) = found["rows_in_redis"]["loaders"]
    assert (kept["loader"], kept["entries"], found["rows_in_redis"]["complete"]) == ("StockBySymbol", 1, True)
    assert remote["bytes"] == kept["bytes"] > 0
    assert found["processes"][0]["trusted"] is True
    assert found["redis"]["memory_peak"] >= found["redis"]["memory_used"] > 0
    assert found["redis"]["clients_tracking"] == 1
    assert min(found["redis"][name] for name in ("commands_processed", "connections_received", "clients", "keys")) > 0
    assert "rows, memory" in shown
    assert [line.split()[:2] for line in shown.splitlines() if "BySymbol" in line] == [["StockBySymbol", "1"]]
    assert told.process in shown


async def test_a_process_that_ended_is_not_listed(own_settings: Settings) -> None:
    """Nor is the warming itself, which is a process for a moment; and lines that are read by others are not cut."""
    async with open_stack(own_settings) as stack:
        await stack.worth(1)
        await tell(stack.rows.remote.client, report(stack.rows))
    warmed = await asyncio.to_thread(run, own_settings, "warm")
    assert warmed.exit_code == exits.DONE, warmed.output
    assert json.loads((await asyncio.to_thread(run, own_settings, "stats", "--json")).stdout)["processes"] == []
    shown = (await asyncio.to_thread(run, own_settings, "stats")).stdout
    assert [line for line in shown.splitlines() if line.startswith("redis ") and line.endswith(" evicted")]


def test_without_processes_there_is_nothing_to_sum(own_settings: Settings) -> None:
    """Rates of no look-ups are unknown, not zero."""
    found = json.loads(run(own_settings, "stats", "--json").stdout)
    assert found["processes"] == []
    assert {level["hit_rate"] for level in found["levels"]} == {None}


async def test_warming_fills_redis_with_what_was_asked(own_settings: Settings) -> None:
    """The most asked come first; a process that starts then runs no statement for them."""
    async with open_stack(own_settings) as stack:
        for symbol in ("AAPL", "MSFT", "TSLA"):
            await stack.worth(3, symbol)
        for symbol in ("MSFT", "MSFT", "AAPL"):
            await stack.stock(symbol)
        await stack.rows.asked.tell(stack.rows.remote.client)
    result = await asyncio.to_thread(run, own_settings, "warm", "--symbols", "1")
    assert result.exit_code == exits.DONE, result.output
    assert result.stdout.startswith("1 stocks (most asked)")
    async with open_stack(own_settings) as stack:
        assert (await stack.ask(StockBySymbol, "MSFT")).statements == []
        assert (await stack.ask(StockBySymbol, "TSLA")).statements == ["stocks_by_symbols"]


async def test_where_nothing_was_asked_the_largest_companies_are_read(own_settings: Settings) -> None:
    """A new deployment has to begin somewhere."""
    async with open_stack(own_settings) as stack:
        for number, symbol in enumerate(("AAPL", "MSFT")):
            await stack.worth(number, symbol)
    result = await asyncio.to_thread(run, own_settings, "warm", "--symbols", "1")
    assert result.stdout.startswith("1 stocks (largest companies)"), result.output
    with Redis.from_url(own_settings.redis_url.get_secret_value()) as client:  # type: ignore[union-attr]
        keys = [key.decode() for key in client.scan_iter(match=f"{ROW_PREFIX.replace('{', '?').replace('}', '?')}*")]
    assert [key for key in keys if "StockBySymbol" in key and key.endswith("MSFT")]
    assert not [key for key in keys if key.endswith("AAPL")]


@pytest.mark.parametrize("arguments", [["stock:aapl"], ["stock:**"], ["--all"]], ids=lambda given: given[0])
async def test_what_is_invalidated_is_read_again(own_settings: Settings, arguments: list[str]) -> None:
    """By its tag in any spelling, by its kind, and by name of everything."""
    async with open_stack(own_settings) as stack:
        await stack.worth(3)
        await stack.warm()
        mark = stack.invalidations.mark()
        result = await asyncio.to_thread(run, own_settings, "invalidate", *arguments)
        assert result.exit_code == exits.DONE, result.output
        await until(lambda: stack.invalidations.changed(mark, ["stock:AAPL"]))
        assert (await stack.ask(StockBySymbol, "AAPL")).statements == ["stocks_by_symbols"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "name tags, or give --all"),
        (["--all", "stock:AAPL"], "name tags or give it, not both"),
        (["AAPL"], "begins with one of stock:"),
        (["bond:AAPL"], "begins with one of stock:"),
        (["stock:A PL"], "a symbol as in AAPL or BRK.B"),
        (["price:*"], "a symbol as in AAPL or BRK.B"),
        (["trending:YEAR"], "one of HOUR, DAY, WEEK, MONTH"),
        (["feed:yahoo"], "feeds have feed:* and feed:** only"),
    ],
)
def test_wrong_tags_are_refused_with_what_would_be_right(
    own_settings: Settings, arguments: list[str], told: str
) -> None:
    """Nothing is invalidated then, not even the tags beside that are right."""
    result = run(own_settings, "invalidate", *arguments)
    assert result.exit_code == exits.USAGE
    assert told in " ".join(result.stderr.replace("│", " ").split())


def test_a_redis_that_is_away_is_named(own_settings: Settings, server: OwnValkey) -> None:
    """The exit code is that of a server that is not there."""
    server.kill()
    assert run(own_settings, "stats").exit_code == exits.UNAVAILABLE
    warmed = run(own_settings, "warm")
    assert (warmed.exit_code, "Redis is unreachable" in warmed.stderr) == (exits.UNAVAILABLE, True), warmed.output
    assert run(own_settings, "invalidate", "--all").exit_code == exits.UNAVAILABLE
