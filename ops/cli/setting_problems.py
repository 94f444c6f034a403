"""Settings that do not fit, in an operator's words: the variable, what would be right, and what was given."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from ops.cli.printable import printable

_LONGEST = 60  # characters of what was given
_OWN_WORDS = frozenset({"value_error"})
_LIST = """JSON is expected; a list is written as '["first", "second"]'"""


def problems(error: ValidationError, model: type[BaseSettings], flags: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each setting of a model that does not fit, named as it was given: by flag or variable."""
    for each in error.errors():
        if not each["loc"]:  # it concerns several, and names them itself
            yield _own(each["msg"])
            continue
        name, *rest = map(str, each["loc"])
        field = model.model_fields[name]
        if each["type"] == "extra_forbidden":
            yield f"{variable(model, name)}: {_no_member(field, rest[0])}"
            continue
        shown = f"--{name.replace('_', '-')}" if name in flags else variable(model, name)
        for part in rest:
            shown += f", item {int(part) + 1}" if part.isdecimal() else f", its '{part}'"
            field = _inner(field, part)
        right = _own(each["msg"]) if each["type"] in _OWN_WORDS else f"{_right(field) or each['msg']} is expected"
        yield f"{shown}: {right}{_given(field, each['input'])}"


def no_json(model: type[BaseSettings], name: str, given: str | None) -> str:
    """Return the line for a variable that should hold JSON; `given` is None where nobody knows."""
    field = model.model_fields[name]
    right = _LIST if _group(field) is None else f"{_right(field)} is expected"
    return f"{variable(model, name)}: {right}{'' if given is None else _given(field, given)}"


def variable(model: type[BaseSettings], name: str) -> str:
    """Return the environment variable of a field."""
    prefix: str = model.model_config["env_prefix"]
    return f"{prefix}{name.upper()}"


def _own(message: str) -> str:
    return message.removeprefix("Value error, ")


def _given(field: FieldInfo, value: object) -> str:
    """Say what was given, unless it may be a secret or hold one, as URLs do before an @."""
    text = printable(value if isinstance(value, str) else repr(value)).plain
    if _is_secret(field.annotation) or "@" in text:
        return ""
    return f"; '{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}' is given"


def _right(field: FieldInfo) -> str | None:
    """Return what a field takes, from its type and bounds."""
    kind, group = _kind(field.annotation), _group(field)
    right = None
    if group is not None:
        right = f"a JSON object, or one variable for each of it, as {variable(group, next(iter(group.model_fields)))},"
    elif get_origin(kind) is Literal:
        right = f"one of {', '.join(map(str, get_args(kind)))}"
    elif kind is bool:
        right = "true or false"
    elif kind in (int, float):
        right = f"{'a whole number' if kind is int else 'a number'}{_bounds(field)}"
    elif get_origin(kind) is tuple:
        right = "a JSON list"
    elif kind in (str, Path, SecretStr):
        right = f"a text{_lengths(field)}"
    return right


def _bounds(field: FieldInfo) -> str:
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    found = [
        f"{word} {getattr(one, name):.15g}"
        for name, word in words.items()
        for one in field.metadata
        if getattr(one, name, None) is not None
    ]
    return f", {' and '.join(found)}," if found else ""


def _lengths(field: FieldInfo) -> str:
    least = next((one.min_length for one in field.metadata if hasattr(one, "min_length")), 0)
    most = next((one.max_length for one in field.metadata if hasattr(one, "max_length")), None)
    if most is None:
        return f" of at least {least} character{'' if least == 1 else 's'}" if least else ""
    return f" of {least} to {most:,} characters" if least else f" of at most {most:,} characters"


def _kind(annotation: Any) -> Any:
    """Return the type without None beside it."""
    if get_origin(annotation) in (Union, UnionType):
        return next(_kind(one) for one in get_args(annotation) if one is not type(None))
    return annotation


def _inner(field: FieldInfo, part: str) -> FieldInfo:
    """Return what an item of a list, or a member of a group, takes."""
    group = _group(field)
    if group is not None:
        return group.model_fields[part]
    items = [one for one in get_args(_kind(field.annotation)) if one is not Ellipsis]
    return FieldInfo.from_annotation(items[0]) if items else field


def _group(field: FieldInfo) -> type[BaseSettings] | None:
    kind = _kind(field.annotation)
    return kind if isinstance(kind, type) and issubclass(kind, BaseSettings) else None


def _no_member(field: FieldInfo, part: str) -> str:
    known = list(group.model_fields) if (group := _group(field)) else []
    meant = difflib.get_close_matches(part, known, n=1)
    return (
        f"it has no {printable(repr(part)).plain}; {f'did you mean {meant[0]!r}?' if meant else 'see docs/settings.md'}"
    )


def _is_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(_is_secret(one) for one in get_args(annotation))
