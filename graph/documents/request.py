"""The bytes of an HTTP body or query string, read into requests as GraphQL over HTTP shapes them.

https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters: `query`, `operationName`, `variables` and
`extensions`; other members are ignored. No operation is named "", so an empty `operationName` counts as none.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from graph.documents.decoding import decode_json, decode_text, kind_of
from ops.errors import BadRequest, BatchTooLarge, PayloadTooLarge
from ops.settings import Limits

_PARAMETERS = ("query", "operationName", "variables", "extensions")
_MOST_PARAMETERS = 64
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """What a client asks for; `query` is None when only an extension could name the document."""

    query: str | None
    operation_name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)


def read_body(raw: bytes, limits: Limits) -> OperationRequest | list[OperationRequest]:
    """Read a JSON body: an object is one operation, an array a batch of 1 to `limits.batch`.

    Raises PayloadTooLarge, BatchTooLarge or BadRequest.
    """
    if len(raw) > limits.body_bytes:
        raise PayloadTooLarge(f"The body has more than {limits.body_bytes:,} bytes", limit=limits.body_bytes)
    body = decode_json(raw, "The body", limits.nesting)
    if isinstance(body, dict):
        return _read_members(body, "")
    if not isinstance(body, list):
        raise BadRequest(
            f"The body must be a JSON object with a 'query' member, or an array of them, not {kind_of(body)}"
        )
    if not body:
        raise BadRequest("The batch is empty; send at least one operation")
    if len(body) > limits.batch:
        raise BatchTooLarge(f"The batch has {len(body):,} operations; at most {limits.batch} may come in one request")
    return [_read_item(item, position) for position, item in enumerate(body, start=1)]


def read_query_string(raw: bytes, limits: Limits) -> OperationRequest:
    """Read the query string of a GET; an empty parameter counts as absent. Raises PayloadTooLarge or BadRequest."""
    if len(raw) > limits.body_bytes:
        raise PayloadTooLarge(f"The query string has more than {limits.body_bytes:,} bytes", limit=limits.body_bytes)
    found = _read_parameters(raw)
    members: dict[str, Any] = {name: found[name] for name in ("query", "operationName") if name in found}
    for name in ("variables", "extensions"):
        if name in found:
            members[name] = decode_json(found[name].encode(), f"The parameter '{name}'", limits.nesting)
    return _read_members(members, "")


def _read_item(item: object, position: int) -> OperationRequest:
    if not isinstance(item, dict):
        raise BadRequest(f"Operation {position} of the batch must be a JSON object, not {kind_of(item)}")
    return _read_members(item, f" of operation {position} of the batch")


def _read_members(members: dict[str, Any], of: str) -> OperationRequest:
    query = members.get("query")
    if query is not None and not isinstance(query, str):
        raise BadRequest(f"'query'{of} must be a string with a GraphQL document, not {kind_of(query)}")
    name = members.get("operationName")
    if name is not None and not isinstance(name, str):
        raise BadRequest(f"'operationName'{of} must be a string or null, not {kind_of(name)}")
    variables = _read_object(members, "variables", of)
    return OperationRequest(query, name or None, variables, _read_object(members, "extensions", of))


def _read_object(members: dict[str, Any], name: str, of: str) -> dict[str, Any]:
    value = members.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadRequest(f"'{name}'{of} must be a JSON object or null, not {kind_of(value)}")
    return value


def _read_parameters(raw: bytes) -> dict[str, str]:
    bad_escape = _BAD_ESCAPE.search(raw)
    if bad_escape:
        raise BadRequest(f"The query string has a '%' without two hexadecimal digits, at byte {bad_escape.start()}")
    try:
        pairs = parse_qsl(
            raw.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS, encoding="latin-1"
        )
    except ValueError as error:
        raise BadRequest(f"The query string has more than {_MOST_PARAMETERS} parameters") from error
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in _PARAMETERS:
            continue
        if name in found:
            raise BadRequest(f"The parameter '{name}' is given more than once")
        found[name] = decode_text(value.encode("latin-1"), f"The parameter '{name}'")
    return {name: value for name, value in found.items() if value}
