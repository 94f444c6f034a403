"""Text to syntax tree, with the bounds that hold while parsing: bytes, tokens, comments, nesting."""

from graphql import DocumentNode, GraphQLSyntaxError, parse

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
        return parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.tokens)
    except GraphQLSyntaxError as error:
        refusal = _refuse_syntax(error)
    raise refusal


def _refuse_syntax(error: GraphQLSyntaxError) -> Refusal:
    kind = next((kind for start, kind in _BY_MESSAGE if error.message.startswith(start)), ParseFailed)
    return refuse_all([coded(error, kind(error.message))], kind.status)
