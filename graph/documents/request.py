"""The bytes of an HTTP body or query string, read into requests as GraphQL over HTTP shapes them.

https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters: `query`, `operationName`, `variables` and
`extensions`; `documentId` of its appendix on persisted documents, which Relay's clients call `doc_id`; and Apollo's
`extensions.persistedQuery`. Other members are ignored. No operation is named "", so an empty `operationName` counts as
none.
"""

from typing import Any

from msgspec import Struct

from graph.documents.decoding import decode_json, decode_text, kind_of
from graph.documents.query_string import parameters
from ops.errors import BadRequest, BatchTooLarge, PayloadTooLarge
from ops.settings import Limits

_STRINGS = ("query", "operationName", "documentId", "doc_id")
_OBJECTS = ("variables", "extensions")
_LONGEST_ID = 256
_MOST_PARAMETERS = 64


class OperationRequest(Struct, frozen=True):
    """What a client asks for; `query` is None when only an id or an extension could name the document.

    `document_id` is the id of a registered document, as it was sent; `persisted_hash` the one of Apollo's extension.
    """

    query: str | None
    operation_name: str | None = None
    variables: dict[str, Any] = {}
    extensions: dict[str, Any] = {}
    document_id: str | None = None
    persisted_hash: str | None = None

    @property
    def named(self) -> bool:
        """Whether it names a document that was sent before, or asks to keep the one that it brings."""
        return self.document_id is not None or self.persisted_hash is not None


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
    members: dict[str, Any] = {name: found[name] for name in _STRINGS if name in found}
    for name in _OBJECTS:
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
    extensions = _read_object(members, "extensions", of)
    hashed = _read_hash(extensions, of) if "persistedQuery" in extensions else None
    return OperationRequest(query, name or None, variables, extensions, _read_id(members, of), hashed)


def _read_id(members: dict[str, Any], of: str) -> str | None:
    """Return `documentId`, or Relay's name for it. An empty one counts as none, as an empty parameter does."""
    found = None
    for name in ("documentId", "doc_id"):
        value = members.get(name)
        if value is not None and not isinstance(value, str):
            raise BadRequest(f"'{name}'{of} must be a string with the id of a document, not {kind_of(value)}")
        if value and found and value != found:
            raise BadRequest(f"'documentId' and 'doc_id'{of} name two documents; send one of them")
        found = found or value or None
    if found and len(found) > _LONGEST_ID:
        raise BadRequest(f"The id of a document{of} has at most {_LONGEST_ID} characters, not {len(found):,}")
    return found


def _read_hash(extensions: dict[str, Any], of: str) -> str | None:
    """Return the hash of Apollo's protocol; https://www.apollographql.com/docs/apollo-server/performance/apq."""
    value = extensions["persistedQuery"]
    if value is None:
        return None
    if not isinstance(value, dict):
        raise BadRequest(f"'extensions.persistedQuery'{of} must be a JSON object, not {kind_of(value)}")
    if (version := value.get("version", 1)) != 1:
        raise BadRequest(f"'extensions.persistedQuery.version'{of} must be 1, not {str(version)[:20]}")
    found = value.get("sha256Hash")
    if not isinstance(found, str) or not 0 < len(found) <= _LONGEST_ID:
        raise BadRequest(
            f"'extensions.persistedQuery.sha256Hash'{of} must be the SHA-256 of the query, as 64 hexadecimal digits"
        )
    return found


def _read_object(members: dict[str, Any], name: str, of: str) -> dict[str, Any]:
    value = members.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadRequest(f"'{name}'{of} must be a JSON object or null, not {kind_of(value)}")
    return value


def _read_parameters(raw: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in parameters(raw, _MOST_PARAMETERS):
        if name not in _STRINGS and name not in _OBJECTS:
            continue
        if name in found:
            raise BadRequest(f"The parameter '{name}' is given more than once")
        found[name] = decode_text(value, f"The parameter '{name}'")
    return {name: value for name, value in found.items() if value}
