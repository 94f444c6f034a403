"""What is drawn and judged finds its data: on a real Prometheus that scrapes the whole service while it is used."""

import asyncio
import json
import re
from pathlib import Path

import pytest

from ops.deploy.clock import Clock
from ops.deploy.files import FOLDER
from ops.deploy.queries import named
from ops.deploy.recording import ratio
from ops.deploy.rules import rules_text
from ops.deploy.scraping import RULES, prometheus_text
from ops.deploy.tiers import WINDOWS
from ops.metrics import catalogue
from tests.ops.deploy.alert_case import ALERTS, BUDGETS
from tests.ops.deploy.prometheus_process import Prometheus, prometheus_process
from tests.ops.deploy.whole_service import whole_service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CLOCK = Clock(1 / 30)
DATA_ROUNDS = 90
TRACE_ID_DIGITS = 32
_WINDOWS = {"$__rate_interval": "10s", "$__range": "60s"}
_NAMES = re.compile(r"\b(up|objective:[a-z0-9:]+|[a-z]+_[a-z_]+)\b(?=[{\[ )]|$)")


def panel_queries(*, exemplars: bool = False) -> dict[str, str]:
    """Return every panel's queries, by the panel's title and the query's letter, as Grafana would send them.

    With `exemplars` those alone that ask for these as well.
    """
    dashboard = json.loads((FOLDER / "grafana" / "dashboards" / "insitechart.json").read_text())
    found = {}
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            if exemplars and not target.get("exemplar"):
                continue
            promql = target["expr"]
            for variable, window in _WINDOWS.items():
                promql = promql.replace(variable, window)
            found[f"{panel['title']} {target['refId']}"] = promql
    return found


async def without_data(prometheus: Prometheus, queries: dict[str, str]) -> dict[str, str]:
    """Ask until every query has data, or the rounds are over; return those that never had any."""
    missing = dict(queries)
    for _ in range(DATA_ROUNDS):
        missing = {name: query for name, query in missing.items() if not await prometheus.has_data(query)}
        if not missing:
            break
        await asyncio.sleep(1)
    return missing


async def test_every_query_finds_data(
    plain_database_url: str, redis_url: str, prometheus: Path, tmp_path: Path
) -> None:
    """Panels with the traces that they point to, recorded series, and each metric that an alert is about."""
    (tmp_path / "prometheus").mkdir()
    rules = rules_text(BUDGETS, CLOCK)
    async with whole_service(tmp_path, plain_database_url, redis_url) as targets:
        texts = {"prometheus.yml": prometheus_text(targets, CLOCK), RULES: rules}
        async with prometheus_process(prometheus, tmp_path / "prometheus", texts) as server:
            recorded = {name: name for name in re.findall(r"record: (\S+)", rules)}
            known = {metric.name for metric in catalogue.CATALOGUE}
            alerted = {
                f"{alert.name}: {name}": name
                for alert in ALERTS.values()
                for name in _NAMES.findall(alert.condition)
                if name in known or name.startswith(("up", "objective:"))
            }
            judged = {
                objective.name: f"{ratio(WINDOWS[0])}{{{named(objective)}}}" for objective in BUDGETS.objectives[:4]
            }
            queries = panel_queries()
            assert len(queries) > 50
            assert await without_data(server, queries | recorded | judged | alerted) == {}
            assert [rule["lastError"] for rule in await server.rules() if rule["health"] == "err"] == []
            pointed = panel_queries(exemplars=True)
            assert pointed
            for promql in pointed.values():
                labels = [one["labels"] for series in await server.exemplars(promql) for one in series["exemplars"]]
                assert labels
                assert all(len(each["trace_id"]) == TRACE_ID_DIGITS for each in labels)
