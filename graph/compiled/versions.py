"""The versions whose inside this package leans on; another one is refused, not guessed at."""

from importlib.metadata import version

from graphql import version_info

_GRAPHQL_CORE = (3, 3)
_STRAWBERRY = "0.341."


def check_versions() -> None:
    """Raise ImportError where graphql-core or Strawberry is of a line that was not looked into."""
    strawberry = version("strawberry-graphql")
    if version_info[:2] != _GRAPHQL_CORE or not strawberry.startswith(_STRAWBERRY):
        core = ".".join(map(str, version_info[:3]))
        raise ImportError(
            f"graph.compiled knows the inside of graphql-core 3.3 and strawberry-graphql 0.341, not {core} and "
            f"{strawberry}: run its differential tests on the new ones, then name them in graph/compiled/versions.py"
        )
