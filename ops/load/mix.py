"""The file that says what a load asks for: read, checked against its documents, and refused where it is not plain."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from graphql import GraphQLSyntaxError, OperationDefinitionNode, OperationType, parse
from msgspec import Meta, Struct

from ops.load.blanks import BlankError, Blanks, check_blanks

SHIPPED = Path(__file__).with_name("load.toml")
"""The load that is meant where no other is named."""

GRAPHQL_PATH = "/graphql"
_Part = TypeVar("_Part")
_RestPath = Annotated[str, Meta(pattern="^/[!-~]*$")]


class LoadError(ValueError):
    """A load cannot be understood; the message names the file, the key, and what would be right."""


class Request(Struct, frozen=True):
    """One kind of request: a document with its text, or a REST path that runs one, for which `text` is None.

    `content` is filled in for each request: variables, or the body of a REST path, which None has not.
    """

    operation: str
    weight: int
    path: str
    content: Mapping[str, Any] | None
    text: str | None

    def filled(self, blanks: Blanks) -> tuple[str, dict[str, Any] | None]:
        """Return the path and the body in JSON of one request; one without a body is a GET."""
        content = None if self.content is None else blanks.filled(self.content)
        if self.text is None:
            return blanks.filled_path(self.path), content
        return self.path, {"query": self.text, "operationName": self.operation, "variables": content}


class Mix(Struct, frozen=True):
    """All kinds of requests by name, and the one that finds the stocks that the others are about."""

    requests: Mapping[str, Request]
    stocks: Request
    texts: Mapping[str, str]
    """The documents by the names of their operations."""

    def only(self, names: Iterable[str]) -> "Mix":
        """Return the mix of these operations alone. Raises LoadError for a name that is not in the load."""
        return Mix({name: self.requests[_known(name, self.requests)] for name in names}, self.stocks, self.texts)


def read_mix(path: Path | None = None) -> Mix:
    """Read a load file, the shipped one for None, and the documents that it names. Raises LoadError."""
    file = path or SHIPPED
    try:
        table = _convert(tomllib.loads(_read(file)), _File, "the file")
        texts = _documents(file.parent / table.documents)
        asked = {name: _convert(entry, _Entry, f"requests.{name}") for name, entry in table.requests.items()}
        stocks = _Entry(variables=table.stocks.variables)
        return Mix(
            {name: _request(f"requests.{name}", name, entry, texts) for name, entry in asked.items()},
            _request("stocks.operation", table.stocks.operation, stocks, texts),
            texts,
        )
    except tomllib.TOMLDecodeError as error:
        raise LoadError(f"{file}: not TOML: {error}") from error
    except LoadError as error:
        raise LoadError(f"{file}: {error}") from error


class _Stocks(Struct, forbid_unknown_fields=True):
    operation: str
    variables: dict[str, Any] = {}


class _File(Struct, forbid_unknown_fields=True):
    documents: str
    stocks: _Stocks
    requests: Annotated[dict[str, Any], Meta(min_length=1, max_length=500)]


class _Entry(Struct, forbid_unknown_fields=True):
    weight: Annotated[int, Meta(ge=1, le=1_000)] = 1
    variables: dict[str, Any] | None = None
    get: _RestPath | None = None
    post: _RestPath | None = None
    body: dict[str, Any] | None = None


def _request(key: str, name: str, entry: _Entry, texts: Mapping[str, str]) -> Request:
    path = GRAPHQL_PATH
    content: dict[str, Any] | None = entry.variables or {}
    others: tuple[object, ...] = (entry.get, entry.post, entry.body)
    if entry.get is not None:
        path, content, others = entry.get, None, (entry.post, entry.variables, entry.body)
    elif entry.post is not None:
        path, content, others = entry.post, entry.body, (entry.get, entry.variables, None)
    if any(other is not None for other in others) or (entry.post is not None and content is None):
        raise LoadError(f"{key}: variables are wanted, or get with a path, or post with a path and a body")
    try:
        check_blanks(path if content is None else (path, content))
    except BlankError as error:
        raise LoadError(f"{key}: {error}") from None
    text = texts[_known(name, texts, key)] if path == GRAPHQL_PATH else None
    return Request(name, entry.weight, path, content, text)


def _documents(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.graphql")):
        try:
            text = _read(file)
        except LoadError as error:
            raise LoadError(f"documents: {file}: {error}") from error
        try:
            definitions = parse(text).definitions
        except GraphQLSyntaxError as error:
            raise LoadError(f"documents: {file}: {error.message}") from error
        operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
        if len(operations) == 1 and operations[0].name and operations[0].operation == OperationType.QUERY:
            found[operations[0].name.value] = text
    if not found:
        raise LoadError(f"documents: {folder} holds no *.graphql file with a query that has a name")
    return found


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise LoadError(f"cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise LoadError(f"not UTF-8: byte {error.start} does not fit") from error


def _convert(value: Any, kind: type[_Part], key: str) -> _Part:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise LoadError(f"{key}: {str(error).replace('`$.', '`')}") from error


def _known(name: str, names: Iterable[str], key: str = "") -> str:
    known = sorted(names)
    if name in known:
        return name
    meant = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {meant[0]}?" if meant else f"there are {', '.join(known)}"
    raise LoadError(f"{key}{': ' if key else ''}no query is named {name!r}; {hint}")
