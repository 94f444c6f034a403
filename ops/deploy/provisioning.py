"""What Grafana reads when it starts: the data source, and the folder of the dashboard."""

from collections.abc import Mapping

from ops.deploy.clock import MINUTE
from ops.deploy.scraping import EVERY
from ops.deploy.yaml_text import yaml_text

_COMMENT = "Written by `python -m ops.deploy write`; do not edit."
_DASHBOARDS = "/var/lib/grafana/dashboards"


def provisioned() -> Mapping[str, str]:
    """Return the texts by their paths; the data source is told the scrape interval, so that rates have samples."""
    sources = {
        "apiVersion": 1,
        "datasources": [
            {
                "name": "Prometheus",
                "uid": "prometheus",
                "type": "prometheus",
                "access": "proxy",
                "url": "http://prometheus:9090",
                "isDefault": True,
                "editable": False,
                "jsonData": {"timeInterval": f"{EVERY:g}s", "httpMethod": "POST"},
            }
        ],
    }
    providers = {
        "apiVersion": 1,
        "providers": [
            {
                "name": "insitechart",
                "type": "file",
                "updateIntervalSeconds": MINUTE,
                "options": {"path": _DASHBOARDS},
            }
        ],
    }
    return {
        "grafana/provisioning/datasources/prometheus.yml": yaml_text(sources, _COMMENT),
        "grafana/provisioning/dashboards/insitechart.yml": yaml_text(providers, _COMMENT),
    }
