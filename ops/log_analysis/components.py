"""The component that a line of the log speaks of, by the module that wrote it."""

from typing import Final

ERROR_LEVELS: Final = ("warning", "error", "critical")

_BY_LOGGER: Final = (
    ("storage.cache", "cache"),
    ("storage.redis", "cache"),
    ("storage.dead_letters", "intake"),
    ("storage.intake", "intake"),
    ("storage", "database"),
    ("ingest.sources", "external"),
    ("ingest", "intake"),
    ("graph", "graph"),
    ("resolvers", "graph"),
    ("loaders", "graph"),
    ("ops", "graph"),
)
"""Beginnings of loggers' names, the first that fits holds; the components are those of `ops.components`."""

OTHER: Final = "library"
"""Where the line is one of a library's."""


def component_case(column: str) -> str:
    """Return the SQL expression that is the component of a logger's name."""
    cases = " ".join(
        f"WHEN starts_with({column}, '{beginning}') THEN '{component}'" for beginning, component in _BY_LOGGER
    )
    return f"CASE {cases} ELSE '{OTHER}' END"
