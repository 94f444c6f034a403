"""Text to syntax tree, with the bounds that hold while parsing: bytes, tokens, comments, nesting."""

from graphql import DocumentNode, GraphQLSyntaxError, Source, Token
from graphql.language import Location
from graphql.language.parser import Parser, nested_too_deeply_error

from graph.documents.refusal import Refusal, coded, refuse, refuse_all
from ops.errors import DocumentError, DocumentTooLarge, ParseFailed, TooDeep
from ops.settings import Limits

# graphql-core tells its limits apart only by their messages.
_BY_MESSAGE: tuple[tuple[str, type[DocumentError]], ...] = (
    ("Syntax Error: Document contains more than", DocumentTooLarge),
    ("Syntax Error: Document is nested too deeply", TooDeep),
)


def check_size(text: bytes, limits: Limits) -> None:
    """Raise Refusal (DOCUMENT_TOO_LARGE) for a document of too many bytes."""
    if len(text) > limits.document_bytes:
        raise refuse(
            DocumentTooLarge(f"The document has {len(text):,} bytes; at most {limits.document_bytes:,} are allowed")
        )


def parse_document(text: str, limits: Limits) -> DocumentNode:
    """Parse a document. Raises Refusal with PARSE_FAILED, DOCUMENT_TOO_LARGE or TOO_DEEP."""
    try:
        document = _parse(_Parser(text, max_lexical_tokens=limits.tokens, max_comments=limits.tokens))
    except GraphQLSyntaxError as error:
        refusal = _refuse_syntax(error)
    else:
        return _bounded(document, limits)
    raise refusal


def _bounded(document: DocumentNode, limits: Limits) -> DocumentNode:
    """Bound the definitions: some validation rules look at each of them beside every other."""
    number = len(document.definitions)
    if number > limits.definitions:
        raise refuse(
            DocumentTooLarge(
                f"The document has {number:,} operations and fragments; at most {limits.definitions:,} are allowed"
            )
        )
    return document


class _Place(Location):
    """Where a node stands, without the tokens: remembered trees are a third smaller, and quicker to collect around."""

    __slots__ = ()

    def __init__(self, start: int, end: int, source: Source) -> None:
        self.start = start
        self.end = end
        self.source = source


class _Parser(Parser):
    def loc(self, start_token: Token) -> Location:
        return _Place(start_token.start, self._lexer.last_token.end, self._lexer.source)


def _parse(parser: Parser) -> DocumentNode:
    try:
        return parser.parse_document()
    except RecursionError:
        pass
    raise nested_too_deeply_error(parser)


def _refuse_syntax(error: GraphQLSyntaxError) -> Refusal:
    kind = next((kind for start, kind in _BY_MESSAGE if error.message.startswith(start)), ParseFailed)
    return refuse_all([coded(error, kind(error.message))], kind.status)
