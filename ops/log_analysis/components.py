"""The component that a line of the log speaks of, by the module that wrote it, and its event where one has several."""

from typing import Final

ERROR_LEVELS: Final = ("warning", "error", "critical")

_BEGINNINGS: Final = (
    ("storage.breaker:cache_", "cache"),
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
"""Beginnings of LOGGER:EVENT, the first that fits holds; the components are those of `ops.components`."""

OTHER: Final = "library"
"""Where the line is one of a library's."""


def component_case(logger: str, event: str) -> str:
    """Return the SQL expression that is the component of two columns, a logger's name and an event."""
    told = f"concat({logger}, ':', {event})"
    cases = " ".join(
        f"WHEN starts_with({told}, '{beginning}') THEN '{component}'" for beginning, component in _BEGINNINGS
    )
    return f"CASE {cases} ELSE '{OTHER}' END"
