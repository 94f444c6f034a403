"""Where the static files lie, and what the GraphiQL build, if there is one, calls its entry files."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import structlog

STATIC = Path(__file__).resolve().parent.parent / "static"
GRAPHIQL = STATIC / "graphiql"
PLAIN = STATIC / "plain"

MISSING = (
    "GraphiQL has not been built on this machine: it needs Node.js 20 or newer with npm. "
    "Install them, run <code>make graphiql</code> and reload this page."
)

FILE_NAME = re.compile(r"(?=.{1,100}$)[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)+", re.DOTALL)

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Build:
    """Names of the script and the style sheet that the page loads first."""

    script: str
    style: str


def built(folder: Path = GRAPHIQL) -> Build | None:
    """Return the build that clients/graphiql left in `folder`; None where there is none, or none fit for use."""
    try:
        names = json.loads((folder / "manifest.json").read_bytes())
        build = Build(script=str(names["script"]), style=str(names["style"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        _log.warning("graphiql_build_unreadable", folder=str(folder), error=str(error))
        return None
    if not all(FILE_NAME.fullmatch(name) and (folder / name).is_file() for name in (build.script, build.style)):
        _log.warning("graphiql_build_incomplete", folder=str(folder), script=build.script, style=build.style)
        return None
    return build
