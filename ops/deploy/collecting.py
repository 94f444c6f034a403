"""The configuration of the OpenTelemetry collector: takes traces from the processes, and hands them on."""

from ops.deploy.yaml_text import yaml_text

OTLP_PORT = 4_318
_COMMENT = """\
Written by `python -m ops.deploy write`; do not edit. An example, which tells of traces in the collector's own log.
To keep them, name your store under otlphttp, and that exporter in the pipeline. Which traces are kept was decided by
the servers, when each operation had ended: nothing is sampled here."""


def collector_text() -> str:
    """Return the configuration: traces over HTTP in, bounded in memory, in batches out."""
    pipeline = {"receivers": ["otlp"], "processors": ["memory_limiter", "batch"], "exporters": ["debug"]}
    return yaml_text(
        {
            "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"0.0.0.0:{OTLP_PORT}"}}}},
            "processors": {
                "memory_limiter": {"check_interval": "1s", "limit_mib": 200, "spike_limit_mib": 50},
                "batch": {"timeout": "2s", "send_batch_size": 512, "send_batch_max_size": 1024},
            },
            "exporters": {
                "otlphttp": {
                    "endpoint": f"http://tempo:{OTLP_PORT}",
                    "sending_queue": {"queue_size": 1000},
                    "retry_on_failure": {"max_elapsed_time": "60s"},
                },
                "debug": {"verbosity": "basic"},
            },
            "service": {"pipelines": {"traces": pipeline}},
        },
        _COMMENT,
    )
