"""The error catalogue: every failure a client can meet, drawn as one tree.

Each leaf has a stable `code` (GraphQL's `extensions.code`), the HTTP status used when nothing of the operation ran,
and whether the same request may succeed later. Anything else is masked at the door: logged under an id, counted, and
shown to the client as `INTERNAL` with that id. `docs/errors.md` holds the same table, and a test keeps the two equal.
"""

from typing import ClassVar


class PublicError(Exception):
    """A failure whose message is meant for the client; subclasses fix code, status and retryability."""

    code: ClassVar[str]
    status: ClassVar[int] = 400
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    @property
    def extensions(self) -> dict[str, object]:
        """What the client sees beside the message: the code, `retryable` where true, and the error's own details."""
        return {"code": self.code, **({"retryable": True} if self.retryable else {}), **self.details}


class RequestError(PublicError):
    """The HTTP request itself is wrong; nothing was parsed as GraphQL."""


class BadRequest(RequestError):
    """The body, the query string or one of their members has the wrong form."""

    code = "BAD_REQUEST"


class UnsupportedMediaType(RequestError):
    """A content type, charset or content encoding that the server does not read."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415


class NotAcceptable(RequestError):
    """Accept leaves no media type in which this operation can be answered."""

    code = "NOT_ACCEPTABLE"
    status = 406


class MethodNotAllowed(RequestError):
    """The HTTP method does not fit the resource or the operation, as a mutation sent by GET."""

    code = "METHOD_NOT_ALLOWED"
    status = 405


class NotFound(RequestError):
    """No such path."""

    code = "NOT_FOUND"
    status = 404


class PayloadTooLarge(RequestError):
    """The body exceeds the byte limit."""

    code = "PAYLOAD_TOO_LARGE"
    status = 413


class HeadersTooLarge(RequestError):
    """The request line and headers exceed what the server reads."""

    code = "HEADERS_TOO_LARGE"
    status = 431


class RequestTimeout(RequestError):
    """The client sent its headers or body too slowly."""

    code = "REQUEST_TIMEOUT"
    status = 408
    retryable = True


class CsrfBlocked(RequestError):
    """A request that a foreign page could have sent without a preflight."""

    code = "CSRF_BLOCKED"
    status = 403


class OperatorOnly(RequestError):
    """What only the operator may see or do, and the request has not the operator's token."""

    code = "OPERATOR_ONLY"
    status = 401


class BatchTooLarge(RequestError):
    """An array of operations beyond the cap."""

    code = "BATCH_TOO_LARGE"


class TooManyOperations(RequestError):
    """More operations on one WebSocket, or subscriptions in one process, than the limit; the others go on."""

    code = "TOO_MANY_OPERATIONS"
    status = 429
    retryable = True


class DocumentError(PublicError):
    """The document was read and refused before anything ran."""


class ParseFailed(DocumentError):
    """The document is not GraphQL."""

    code = "PARSE_FAILED"


class ValidationFailed(DocumentError):
    """The document does not fit the schema."""

    code = "VALIDATION_FAILED"


class BadVariables(DocumentError):
    """A variable is missing or has a value of another type."""

    code = "BAD_VARIABLES"


class OperationNotFound(DocumentError):
    """`operationName` is missing where it is needed, or names no operation of the document."""

    code = "OPERATION_NOT_FOUND"


class IntrospectionDisabled(DocumentError):
    """Introspection is off in this environment."""

    code = "INTROSPECTION_DISABLED"


class DocumentTooLarge(DocumentError):
    """The document has too many bytes or tokens."""

    code = "DOCUMENT_TOO_LARGE"


class TooDeep(DocumentError):
    """Selections nest deeper than the limit."""

    code = "TOO_DEEP"


class TooManyFields(DocumentError):
    """More fields than the limit, each fragment counted wherever it is spread."""

    code = "TOO_MANY_FIELDS"


class TooManyAliases(DocumentError):
    """More aliases than the limit."""

    code = "TOO_MANY_ALIASES"


class TooManyRootFields(DocumentError):
    """More root fields than the limit."""

    code = "TOO_MANY_ROOT_FIELDS"


class TooManyDirectives(DocumentError):
    """More directives than the limit."""

    code = "TOO_MANY_DIRECTIVES"


class TooCostly(DocumentError):
    """The static cost exceeds the limit; the message names cost, limit and the worst path."""

    code = "TOO_COSTLY"


class ArgumentError(PublicError):
    """A field refused its arguments; the rest of the answer stands."""

    status = 200


class BadArgument(ArgumentError):
    """An argument out of its bounds, or two that exclude each other."""

    code = "BAD_ARGUMENT"


class BadCursor(ArgumentError):
    """A cursor that this field did not make."""

    code = "BAD_CURSOR"


class BadId(ArgumentError):
    """A global id that this API did not make."""

    code = "BAD_ID"


class UnknownSymbol(ArgumentError):
    """A list of symbols names stocks that do not exist; `symbols` lists them."""

    code = "UNKNOWN_SYMBOL"


class ServerFault(PublicError):
    """Not the client's fault."""

    status = 500


class Unavailable(ServerFault):
    """A store is unreachable, overloaded or restarting."""

    code = "UNAVAILABLE"
    status = 503
    retryable = True


class DeadlineExceeded(ServerFault):
    """The operation, or one of its statements, ran out of time."""

    code = "DEADLINE_EXCEEDED"
    status = 504
    retryable = True


class Internal(ServerFault):
    """An unknown failure, masked; `errorId` finds it in the log."""

    code = "INTERNAL"
