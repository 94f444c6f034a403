"""A server slowed on purpose is told of: the fast tier fires while its database answers late, and recovers."""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from ops.budgets import load_budgets
from ops.deploy.clock import Clock
from ops.deploy.queries import API
from ops.deploy.rules import rules_text
from ops.deploy.scraping import RULES, prometheus_text
from ops.deploy.tiers import TIERS
from tests.flows.market import fill
from tests.ops.deploy.clients import asked
from tests.ops.deploy.prometheus_process import Prometheus, prometheus_process
from tests.ops.load.market import slowable_market

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CLOCK = Clock(1 / 60)
"""Half an hour passes in thirty seconds."""
DELAY = 0.6
"""Seconds by which the database's answers are late: too late for a statement, and for a page that waits for two."""
_FAST = TIERS[0]
_PATIENCE = 120.0
_ENOUGH = 30  # evaluations in the long window, which has room for sixty
_log = logging.getLogger(__name__)


async def burning(prometheus: Prometheus) -> Mapping[str, str]:
    """Return which objectives' budgets burn fast now, and what is told of them."""
    return {
        alert["labels"]["objective"]: alert["annotations"]["summary"]
        for alert in await prometheus.firing()
        if alert["labels"]["alertname"] == _FAST.alert
    }


async def told(prometheus: Prometheus, since: float, *objectives: str) -> None:
    """Wait until the fast tier fires for these objectives at least, or for none of all where none is named."""
    found = await burning(prometheus)
    async with asyncio.timeout(_PATIENCE):
        while not set(objectives) <= found.keys() or (found and not objectives):
            await asyncio.sleep(0.25)
            found = await burning(prometheus)
    rates = await prometheus.query(
        '{__name__=~"objective:burn:rate(5m|30m)", objective=~"statements|operation:StockPage"}'
    )
    _log.info("after %.1f s: %s", monotonic() - since, dict(found) or "quiet")
    for series in rates:
        _log.info("  %s %s", _named(series), series["value"][1])


async def test_a_slow_database_is_told_of(plain_database_url: str, prometheus: Path, tmp_path: Path) -> None:
    """Quiet while all is well, firing for statements and a page while answers are late, quiet again after."""
    await fill(plain_database_url)
    (tmp_path / "prometheus").mkdir()
    async with slowable_market(plain_database_url, tmp_path) as market, asked(market.server.url, clients=8):
        targets = {API: [market.server.url.removeprefix("http://")]}
        texts = {"prometheus.yml": prometheus_text(targets, CLOCK), RULES: rules_text(load_budgets(), CLOCK)}
        async with prometheus_process(prometheus, tmp_path / "prometheus", texts) as server:
            await _observed(server)
            assert await burning(server) == {}
            market.relay.delay = DELAY
            await told(server, monotonic(), "statements", "operation:StockPage")
            market.relay.delay = 0.0
            await told(server, monotonic())


async def _observed(prometheus: Prometheus) -> None:
    """Wait until good times have been seen for as long as the long window is."""
    seen = f'count_over_time(objective:burn:rate30m{{objective="operations"}}[{CLOCK.text(_FAST.long)}])'
    async with asyncio.timeout(_PATIENCE):
        while not any(  # noqa: ASYNC110 - it is another process that knows
            float(series["value"][1]) > _ENOUGH for series in await prometheus.query(seen)
        ):
            await asyncio.sleep(0.5)


def _named(series: Mapping[str, Any]) -> str:
    return f"{series['metric']['__name__']}{{objective={series['metric']['objective']}}}"
