"""A registered document is ready before its first use, and one that cannot be is told of, not fatal."""

from graphql import OperationDefinitionNode
from structlog.testing import capture_logs

from graph.compiled import Plans
from graph.documents.operation import choose_operation
from graph.documents.preparing import preparing
from graph.documents.registered import registered
from tests.graph.documents.test_library import library

PAGE = "query Page { stocks(first: 1) { nodes { id } } }"


def test_the_first_use_finds_a_plan() -> None:
    """Other documents run on graphql-core the first time; this one does not."""
    shelf = library("automatic", None, ("page", "Page", PAGE))
    plans = Plans(shelf.schema, most=10)
    preparing(shelf, plans)(registered("page", "Page", PAGE))
    document = shelf.check(registered("page", "Page", PAGE))
    operation: OperationDefinitionNode = choose_operation(document, None)
    assert plans.find(document.digest, operation, document.fragments, {}) is not None
    assert plans.fallbacks == {}


def test_preparing_is_no_use() -> None:
    """In trusted mode neither: every start would make all documents look used, and none would ever be pruned."""
    shelf = library("trusted", None, ("page", "Page", PAGE))
    preparing(shelf, Plans(shelf.schema, most=10))(registered("page", "Page", PAGE))
    assert shelf.registered.uses == set()


def test_what_fits_no_more_is_logged() -> None:
    """By its id and with the reason; the next document is prepared all the same."""
    shelf = library("automatic", None, ("old", None, "query Old { gone }"))
    prepare = preparing(shelf, Plans(shelf.schema, most=10))
    with capture_logs() as logs:
        prepare(registered("old", None, "query Old { gone }"))
        prepare(registered("page", None, PAGE))
    (line,) = logs
    assert (line["event"], line["document"]) == ("registered_document_refused", "old")
    assert "gone" in line["reason"]
