"""The command `collect`: what it says, what it refuses before anything starts, and its exit codes."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path

import pytest

from tests.ingest.sources.web import Reply, Web

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60.0
REDDIT = {
    "INSITECHART_REDDIT_CLIENT_ID": "id",
    "INSITECHART_REDDIT_CLIENT_SECRET": "hidden",
    "INSITECHART_REDDIT_USER_AGENT": "tests",
}
FEED = (
    b"<rss version='2.0'><channel><title>Wire</title><item><guid>1</guid><title>One</title></item>"
    b"<item><guid>2</guid><title>Two</title></item></channel></rss>"
)


async def collect(*words: str, **environment: str) -> tuple[int | None, str]:
    """Run the command as a process; return its exit code and all that it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ops.cli", "collect", *words),
        env={"PATH": os.environ["PATH"], "COLUMNS": "200", **environment},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    return process.returncode, said.decode()


@pytest.fixture
def servers(plain_database_url: str, redis_url: str) -> dict[str, str]:
    """Variables that name the test's own servers."""
    return {"INSITECHART_DATABASE_URL": plain_database_url, "INSITECHART_REDIS_URL": redis_url}


@pytest.mark.parametrize(
    ("words", "environment", "told"),
    [
        ((), {}, "every source is off; docs/sources.md says how to switch one on"),
        (("reddit",), REDDIT, "reddit is off: it lacks INSITECHART_REDDIT_COMMUNITIES"),
        (("x",), {"INSITECHART_X_QUERY": " "}, "lacks INSITECHART_X_BEARER_TOKEN and INSITECHART_X_QUERY"),
        (("myspace",), {}, "'myspace' is not one of 'yahoo', 'reddit', 'x', 'news'"),
        (("--speed", "2"), {}, "--speed fits --replay only"),
        (("--replay", "feed.jsonl", "--once"), {}, "name no sources, and leave --once out"),
        ((), {"INSITECHART_X_QUERY": "q" * 513}, "INSITECHART_X_QUERY: a text of at most 512 characters"),
        ((), {"INSITECHART_X_URL": "http://api.x.com"}, "http is for this machine only"),
        ((), {"INSITECHART_X_URL": "https://user:hidden@api.x.com"}, "INSITECHART_X_URL: an address like"),
        ((), {"INSITECHART_YAHOO_SYMBOLS": '["APP LE"]'}, "INSITECHART_YAHOO_SYMBOLS: 'APP LE' is not a symbol"),
        ((), {"INSITECHART_REDDIT_COMMUNITIES": '["a/b"]'}, "'a/b' is not a community's name, as stocks"),
        ((), {"INSITECHART_NEWS_FEEDS": '["ftp://hidden"]'}, "feed 1 of the list is no address"),
        ((), {"INSITECHART_ENVIRONMENT": "production"}, "INSITECHART_INTAKE_AUTHOR_KEY: in production set a secret"),
    ],
)
async def test_what_cannot_work_is_refused_at_once(
    words: tuple[str, ...], environment: dict[str, str], told: str
) -> None:
    """Exit code 2, what is wrong and where, before any server is asked; no secret is repeated."""
    code, said = await collect(*words, **environment)
    assert code == 2
    assert told in " ".join(said.split())
    assert "hidden" not in said


async def test_one_round_says_what_is_on_and_what_came(servers: dict[str, str], web: Web) -> None:
    """The table of sources, a line per poll, the number of items; a second round brings nothing new."""
    web.routes["/feed"] = Reply(200, FEED)
    feeds = {"INSITECHART_NEWS_FEEDS": json.dumps([f"{web.url}/feed?key=hidden"])}
    code, said = await collect("--once", **servers, **feeds)
    assert code == 0
    lines = [line.strip().split(maxsplit=2) for line in said.splitlines()]
    assert any(line[:2] == ["news", "on"] and line[2].startswith("1 feed") for line in lines)
    assert ["yahoo", "off", "lacks INSITECHART_YAHOO_SYMBOLS (or INSITECHART_YAHOO_LISTED=true)"] in lines
    assert "2 items collected" in said
    assert "hidden" not in said
    code, said = await collect("--once", "news", **servers, **feeds)
    assert (code, "0 items collected" in said) == (0, True)


async def test_a_round_that_fails_is_told_and_exits_with_1(servers: dict[str, str], web: Web) -> None:
    """The failed poll is named with its reason; the others have run; no secret stands in the log."""
    web.routes = {"/feed": Reply(200, FEED), "/moved": Reply(301, headers={"location": "https://a.example/?k=hidden"})}
    feeds = json.dumps([f"{web.url}/moved?key=hidden", f"{web.url}/feed"])
    code, said = await collect("--once", "news", INSITECHART_NEWS_FEEDS=feeds, **servers)
    assert code == 1
    assert "Refused: HTTP 301: the feed has moved to a.example; set its new address" in said
    name = re.search(r"(news:\S+): Refused", said)
    assert name
    assert f"2 feeds, in this order: {name[1]}, news:127.0.0.1:" in " ".join(said.split())
    assert "2 items collected" in said
    assert "hidden" not in said


async def test_servers_that_are_away_exit_with_69(plain_database_url: str, web: Web) -> None:
    """A database or a Redis that is not there is told apart from a source that fails."""
    feeds = {"INSITECHART_NEWS_FEEDS": json.dumps([f"{web.url}/feed"])}
    away = {"INSITECHART_DATABASE_URL": "postgresql://127.0.0.1:9/x", "INSITECHART_REDIS_URL": "redis://127.0.0.1:9/0"}
    code, said = await collect("--once", **away, **feeds)
    assert code == 69, said
    code, said = await collect("--once", **{**away, "INSITECHART_DATABASE_URL": plain_database_url}, **feeds)
    assert code == 69, said
    assert web.requests == []
