"""Errors as clients may see them: public ones with their code, every other one as INTERNAL with an id for the log."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import structlog
from graphql import GraphQLError

from ops.errors import BadArgument, Internal, PublicError, ValidationFailed
from ops.metrics import Metrics

log = structlog.get_logger()


class Masking:
    """The errors of one operation. The same exception at many paths is logged and counted once, under one id."""

    __slots__ = ("_ids", "_metrics", "_request_id")

    def __init__(self, metrics: Metrics, request_id: str) -> None:
        self._metrics = metrics
        self._request_id = request_id
        self._ids: dict[int, tuple[str, BaseException]] = {}

    def present(self, errors: Sequence[GraphQLError]) -> tuple[dict[str, Any], ...]:
        """Return the `errors` entry of a response: message, locations, path, extensions with a code."""
        return tuple(self._present(error) for error in errors)

    def unexpected(self, error: BaseException) -> dict[str, Any]:
        """Return the entry for a failure outside every field."""
        return self.present([GraphQLError(str(error), original_error=_as_exception(error))])[0]

    def _present(self, error: GraphQLError) -> dict[str, Any]:
        public = self._public(error)
        entry: dict[str, Any] = {"message": public.message}
        if error.locations:
            entry["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
        if error.path is not None:
            entry["path"] = error.path
        entry["extensions"] = public.extensions
        return entry

    def _public(self, error: GraphQLError) -> PublicError:
        cause = _root_cause(error)
        if isinstance(cause, PublicError):
            return cause
        if isinstance(cause, GraphQLError):
            if error.path is None:
                return ValidationFailed(cause.message)
            if cause.nodes and cause is not error:  # argument coercion names its node; a failed output has none
                return BadArgument(cause.message)
        return self._mask(cause, error)

    def _mask(self, cause: BaseException, error: GraphQLError) -> Internal:
        known = self._ids.get(id(cause))
        if known is None:
            error_id = uuid4().hex
            self._ids[id(cause)] = (error_id, cause)  # held, so that its id() is not used again
            self._metrics.masked_errors.inc()
            log.error("internal_error", error_id=error_id, request_id=self._request_id, path=error.path, exc_info=cause)
        else:
            error_id = known[0]
        return Internal("Internal error", errorId=error_id)


def _root_cause(error: GraphQLError) -> BaseException:
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _as_exception(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else RuntimeError(repr(error))
