"""The configuration of Prometheus: whom it asks for metrics, how often, and by which rules it judges."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from ops.deploy.clock import MINUTE, REAL, Clock
from ops.deploy.queries import API, COLLECT, WORK
from ops.deploy.yaml_text import yaml_text

EVERY = MINUTE / 4
RULES = "rules.yml"
TOKEN_FILE = "/run/secrets/operator_token"  # noqa: S105  a file's name
METRICS_PORT = 9_464
"""Where workers and collectors of the compose file serve /metrics; INSITECHART_METRICS_PORT says it to them.

A worker's jobs are here, and its scorer one port further on (docs/metrics.md).
"""

COMPOSED: Mapping[str, Sequence[str]] = {
    API: ("api:8000",),
    WORK: (f"work:{METRICS_PORT}", f"work:{METRICS_PORT + 1}"),
    COLLECT: (f"collect:{METRICS_PORT}",),
}
"""The processes of the compose file, by job: a worker's scorer and jobs have a port each. Names are asked for again and
again, and all containers behind one are scraped."""

_COMMENT = """\
Written by `python -m ops.deploy write`; do not edit. Jobs are named as rules and dashboard expect them.
The operator's token comes from a file: compose makes it of INSITECHART_OPERATOR_TOKEN in .env."""


def composed_text(clock: Clock = REAL) -> str:
    """Return the configuration for the compose file, where a name's addresses are looked up again and again."""
    jobs = []
    for job, targets in COMPOSED.items():
        looked_up = []
        for target in targets:
            host, _, port = target.partition(":")
            looked_up.append({"names": [host], "type": "A", "port": int(port), "refresh_interval": "15s"})
        jobs.append(_job(job, {"dns_sd_configs": looked_up}, TOKEN_FILE))
    return yaml_text(_configuration(jobs, clock), _COMMENT)


def prometheus_text(targets: Mapping[str, Sequence[str]], clock: Clock, token_file: PurePath | None = None) -> str:
    """Return the configuration for fixed targets by job, each as HOST:PORT."""
    jobs = [
        _job(job, {"static_configs": [{"targets": list(addresses)}]}, str(token_file) if token_file else None)
        for job, addresses in targets.items()
    ]
    return yaml_text(_configuration(jobs, clock), _COMMENT)


def _configuration(jobs: Sequence[Mapping[str, object]], clock: Clock) -> Mapping[str, object]:
    every = clock.text(EVERY)
    return {
        "global": {"scrape_interval": every, "scrape_timeout": every, "evaluation_interval": every},
        "rule_files": [RULES],
        "scrape_configs": list(jobs),
    }


def _job(name: str, found: Mapping[str, object], token_file: str | None) -> Mapping[str, object]:
    token = {"authorization": {"type": "Bearer", "credentials_file": token_file}} if token_file else {}
    return {"job_name": name, **token, **found}
