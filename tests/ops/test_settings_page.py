"""docs/settings.md says what ops/settings.py does."""

import json
import re
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from ops.cache_settings import CacheSettings
from ops.cli.endpoints import variables
from ops.intake_settings import IntakeSettings
from ops.settings import Deadlines, Limits, Settings
from ops.source_settings import NewsSettings, RedditSettings, XSettings, YahooSettings
from ops.tracing_settings import TracingSettings

SOURCES = (YahooSettings, RedditSettings, XSettings, NewsSettings)
PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
ROW = re.compile(r"^\| `(INSITECHART_[A-Z_]+)` \|(?: `(.+?)`)? \| (.+?) \|$", re.MULTILINE)


def test_the_tables_are_the_settings() -> None:
    """Names, defaults and descriptions are those of the settings, in their order; none is left out."""
    rows = ROW.findall(PAGE)
    expected = [
        (f"{model.model_config['env_prefix']}{name.upper()}", _default(field), field.description)
        for model in (Settings, Deadlines, CacheSettings, IntakeSettings, TracingSettings, *SOURCES)
        for name, field in model.model_fields.items()
        if not _is_group(field)
    ]
    assert rows == expected


def test_every_variable_stands_on_a_page() -> None:
    """What the command line accepts is on this page or, as a limit, on its own."""
    here = {name for name, *_ in ROW.findall(PAGE)}
    groups = {"INSITECHART_LIMITS", "INSITECHART_DEADLINES", "INSITECHART_CACHE", "INSITECHART_INTAKE"}
    groups.add("INSITECHART_TRACING")
    groups |= {model.model_config["env_prefix"].rstrip("_") for model in SOURCES}
    limits = {f"INSITECHART_LIMIT_{name.upper()}" for name in Limits.model_fields}
    assert set(variables()) == here | groups | limits


def _is_group(field: FieldInfo) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseSettings)


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    match value:
        case None:
            return ""
        case tuple():
            return json.dumps(value)
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
    return str(value)
