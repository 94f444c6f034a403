"""A refusal: the coded errors that answer a request of which nothing runs."""

from collections.abc import Iterable

from graphql import GraphQLError
from graphql.language import Node, SourceLocation

from ops.errors import ArgumentError, PublicError

MOST_ERRORS = 20
_MOST_CHARACTERS = 500
_MOST_LOCATIONS = 5


class Refusal(Exception):
    """Why an operation may not run: `errors`, each with `extensions.code`, and the HTTP `status` for them."""

    def __init__(self, errors: tuple[GraphQLError, ...], status: int) -> None:
        super().__init__(errors[0].message)
        self.errors = errors
        self.status = status


def refuse(error: PublicError, *nodes: Node) -> Refusal:
    """Refuse for one reason, found at `nodes`."""
    return refuse_all([coded(GraphQLError(error.message, list(nodes)), error)], request_status(type(error)))


def refuse_all(errors: Iterable[GraphQLError], status: int) -> Refusal:
    """Refuse for several reasons, all of them coded; beyond the first 20 they are only counted."""
    every = list(errors)
    shown = every[:MOST_ERRORS]
    if len(every) > len(shown):
        more = GraphQLError(f"and {len(every) - len(shown)} more errors", extensions=shown[-1].extensions)
        shown.append(more)
    return Refusal(tuple(shown), status)


def coded(found: GraphQLError, error: PublicError) -> GraphQLError:
    """Copy `found` with the catalogue's extensions, cut to a bounded size.

    It keeps locations but no syntax nodes, so a remembered refusal does not keep a document's tree alive.
    """
    copy = GraphQLError(_shorten(found.message), extensions=error.extensions)
    if found.locations:
        copy.locations = [SourceLocation(place.line, place.column) for place in found.locations[:_MOST_LOCATIONS]]
    return copy


def request_status(error: type[PublicError]) -> int:
    """Return the HTTP status for an error that refuses the whole request.

    An argument error's own status is 200, for an answer with data beside it; here there is none.
    """
    return 400 if issubclass(error, ArgumentError) else error.status


def _shorten(message: str) -> str:
    return message if len(message) <= _MOST_CHARACTERS else message[: _MOST_CHARACTERS - 1] + "…"
