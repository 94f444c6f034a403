"""Variables in a query string: all of them as JSON in `variables`, or each as a parameter of its own name.

A parameter's text is read by the type that the document declares for the variable: `first=20` is a number for an Int
and a text for a String. A list takes its parameter once per item; an input object is JSON.
"""

from typing import Any

from graphql import (
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    get_nullable_type,
    is_input_object_type,
    is_list_type,
)
from graphql.utilities import type_from_ast

from graph.documents.decoding import decode_json, decode_text, kind_of
from graph.documents.query_string import parameters
from ops.errors import BadRequest, BadVariables, PayloadTooLarge
from ops.settings import Limits

_VARIABLES = "variables"
_NUMBERS = ("Int", "Float")
_WORDS = {"true": True, "false": False}
_MORE = 64
"""Parameters beside the items of one list of the longest length."""


def read_variables(
    raw: bytes, schema: GraphQLSchema, operation: OperationDefinitionNode, limits: Limits
) -> dict[str, Any]:
    """Return the variables of an operation. Raises PayloadTooLarge, BadRequest or BadVariables.

    Values have the JSON types that the variables want; whether they fit is for admission to say.
    """
    if len(raw) > limits.body_bytes:
        raise PayloadTooLarge(f"The query string has more than {limits.body_bytes:,} bytes", limit=limits.body_bytes)
    given = parameters(raw, limits.list_items + _MORE)
    if any(name == _VARIABLES for name, _ in given):
        return _as_json(given, limits)
    texts: dict[str, list[str]] = {}
    for name, value in given:
        texts.setdefault(name, []).append(decode_text(value, f"The parameter '{_shown(name)}'"))
    declared = {one.variable.name.value: one.type for one in operation.variable_definitions or ()}
    variables: dict[str, Any] = {}
    for name, values in texts.items():
        if name not in declared:
            has = ", ".join(f"'{known}'" for known in declared) or "none"
            raise BadVariables(f"The document has no variable '{_shown(name)}'; it has {has}")
        variables[name] = _read(name, values, type_from_ast(schema, declared[name]), limits)
    return variables


def _as_json(given: list[tuple[str, bytes]], limits: Limits) -> dict[str, Any]:
    if len(given) > 1:
        raise BadRequest("Send either 'variables' as JSON, or each variable as a parameter of its own name")
    (_, value) = given[0]
    if not value:
        return {}
    variables = decode_json(value, f"The parameter '{_VARIABLES}'", limits.nesting)
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest(f"The parameter '{_VARIABLES}' must be a JSON object, not {kind_of(variables)}")
    return variables or {}


def _read(name: str, texts: list[str], declared: Any, limits: Limits) -> Any:
    wanted = get_nullable_type(declared)
    if is_list_type(wanted):
        return [_read(name, [text], wanted.of_type, limits) for text in texts]
    if len(texts) > 1:
        raise BadVariables(f"The parameter '{name}' is given {len(texts)} times, and its variable is no list")
    (text,) = texts
    if is_input_object_type(wanted):
        return decode_json(
            text.encode(), f"The parameter '{name}', an input object of type '{wanted}',", limits.nesting
        )
    type_name = get_named_type(wanted).name
    if type_name == "Boolean":
        if text not in _WORDS:
            raise BadVariables(f"The parameter '{name}' must be true or false, not '{_shown(text)}'")
        return _WORDS[text]
    if type_name in _NUMBERS or (isinstance(wanted, GraphQLScalarType) and not _takes(wanted, text)):
        return _number(name, text, type_name, limits)
    return text


def _takes(scalar: GraphQLScalarType, text: str) -> bool:
    """Whether a scalar reads the text as a string; one that does not may want a number."""
    try:
        scalar.parse_value(text)
    except (GraphQLError, TypeError, ValueError):
        return False
    return True


def _number(name: str, text: str, type_name: str, limits: Limits) -> Any:
    wrong = BadVariables(f"The parameter '{name}' must be of type {type_name}, which '{_shown(text)}' is not")
    try:
        value = decode_json(text.encode(), f"The parameter '{name}'", limits.nesting)
    except BadRequest as error:
        raise wrong from error
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong
    return value


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"  # noqa: PLR2004 - a name's length, as in messages elsewhere
