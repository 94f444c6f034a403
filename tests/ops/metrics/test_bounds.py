"""No flood of names costs more than a fixed number of series, and no total is wrong for it."""

from collections.abc import Iterable

import pytest

from ops.metrics import Metrics, catalogue, make_metrics
from ops.metrics.catalogue import Declared
from ops.metrics.families import MOST, OTHER
from ops.metrics.fields import MOST_FOUND_PATHS, MOST_OF_ONE, MOST_PATHS
from ops.metrics.operations import ANONYMOUS, MOST_FOUND, MOST_REGISTERED
from ops.metrics.requests import METHODS
from ops.operation_record import FieldRecord, OperationRecord

FLOOD = 5_000


def record(
    name: str | None,
    kind: str = "query",
    *,
    registered: bool = False,
    status: int = 200,
    fields: Iterable[FieldRecord] = (),
) -> OperationRecord:
    """Return the record of an operation that took ten milliseconds."""
    return OperationRecord("id", kind, name, 0.0, 0.01, status, registered=registered, fields=tuple(fields))


def field(path: str, coordinate: str = "Query.stocks") -> FieldRecord:
    """Return the record of a field that took two milliseconds."""
    return FieldRecord(path, coordinate, 1, 0.0, 0.002)


def values(metrics: Metrics, declared: Declared, suffix: str = "") -> dict[tuple[str, ...], float]:
    """Return a metric's values by its labels, in the order of its declaration; of a histogram its counts."""
    name = declared.name + suffix
    return {
        tuple(sample.labels[label] for label in declared.labels): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == name
    }


@pytest.mark.parametrize(("registered", "most"), [(True, MOST_REGISTERED), (False, MOST_FOUND)])
def test_names_of_operations_are_bounded(most: int, *, registered: bool) -> None:
    """The first names have series of their own and keep them; all others share one. Nothing is lost."""
    metrics = make_metrics()
    for number in range(FLOOD):
        metrics.observe(record(f"Operation{number}", registered=registered))
    metrics.observe(record("Operation3", registered=registered))
    told = values(metrics, catalogue.OPERATIONS)
    assert len(told) == most + 1
    assert told["query", "Operation3", "200"] == 2
    assert told["query", OTHER, "200"] == FLOOD - most
    assert sum(told.values()) == FLOOD + 1
    assert sum(values(metrics, catalogue.OPERATION_SECONDS, "_count").values()) == FLOOD + 1


def test_strangers_take_no_name_from_registered_documents() -> None:
    """After a flood of unknown names a registered document still gets series of its own, also under such a name."""
    metrics = make_metrics()
    for number in range(FLOOD):
        metrics.observe(record(f"Operation{number}"))
    metrics.observe(record("StockPage", registered=True))
    metrics.observe(record("Operation4000", registered=True))
    told = values(metrics, catalogue.OPERATIONS)
    assert (told["query", "StockPage", "200"], told["query", "Operation4000", "200"]) == (1, 1)


def test_strangers_spoil_no_times_of_registered_documents() -> None:
    """A registered document's series are its own, whoever bore its name before or bears it afterwards."""
    metrics = make_metrics()
    metrics.observe(record("StockPage"))
    metrics.observe(record("StockPage", registered=True))
    for _ in range(3):
        metrics.observe(record("StockPage", status=503, fields=[field("alias", "Query.stocks")]))
    told = values(metrics, catalogue.OPERATIONS)
    assert told == {("query", "StockPage", "200"): 2, ("query", OTHER, "503"): 3}
    assert values(metrics, catalogue.FIELD_SECONDS, "_count") == {(OTHER, "Query.stocks"): 3}


def test_a_name_with_a_budget_is_told_after_any_flood() -> None:
    """Its objective would be blind otherwise, where clients send their documents without registering them."""
    metrics = make_metrics()
    for number in range(FLOOD):
        metrics.observe(record(f"Operation{number}"))
    (budgeted, *_) = metrics.budgets.own_seconds
    metrics.observe(record(budgeted))
    assert values(metrics, catalogue.OPERATIONS)["query", budgeted, "200"] == 1


def test_what_is_refused_takes_no_name() -> None:
    """A name that only ever stood in refused requests is nobody's: any text may stand there."""
    metrics = make_metrics()
    metrics.observe(record("x' OR 1=1", "refused", status=400))
    metrics.observe(record("Known"))
    metrics.observe(record("Known", "refused", status=400))
    assert values(metrics, catalogue.OPERATIONS) == {
        ("refused", OTHER, "400"): 1,
        ("query", "Known", "200"): 1,
        ("refused", "Known", "400"): 1,
    }


def test_an_operation_without_a_name_is_told_as_such() -> None:
    """All of them share one name."""
    metrics = make_metrics()
    metrics.observe(record(None))
    assert values(metrics, catalogue.OPERATIONS) == {("query", ANONYMOUS, "200"): 1}


def test_paths_of_fields_are_bounded_for_one_and_for_all() -> None:
    """One operation takes so many paths, all of them together so many; the rest of each is counted as one."""
    metrics = make_metrics()
    for number in range(MOST_PATHS):
        fields = [field(f"stocks.alias{place}") for place in range(2 * MOST_OF_ONE)]
        metrics.observe(record(f"Operation{number % 40}", registered=True, fields=fields))
    told = values(metrics, catalogue.FIELD_SECONDS, "_count")
    assert len([path for operation, path in told if operation == "Operation0"]) == MOST_OF_ONE + 1
    assert len(told) <= MOST_PATHS + 40
    assert sum(told.values()) == MOST_PATHS * 2 * MOST_OF_ONE


def test_strangers_take_no_paths_from_registered_documents() -> None:
    """A flood of aliases leaves room for the paths of documents that come later."""
    metrics = make_metrics()
    for number in range(MOST_FOUND):
        fields = [field(f"stocks.alias{place}") for place in range(MOST_OF_ONE)]
        metrics.observe(record(f"Operation{number}", fields=fields))
    metrics.observe(record("StockPage", registered=True, fields=[field("stocks")]))
    told = values(metrics, catalogue.FIELD_SECONDS, "_count")
    assert told["StockPage", "stocks"] == 1
    assert len(told) <= MOST_FOUND_PATHS + MOST_FOUND + 1


def test_paths_of_operations_without_a_name_of_their_own_are_coordinates() -> None:
    """Aliases are a client's words: what is counted under "other" is told by the schema's."""
    metrics = make_metrics()
    for number in range(MOST_FOUND):
        metrics.observe(record(f"Operation{number}"))
    metrics.observe(record("Stranger", fields=[field("whatTheyCallIt.price", "Stock.latestPrice")]))
    assert values(metrics, catalogue.FIELD_SECONDS, "_count") == {(OTHER, "Stock.latestPrice"): 1}


def test_codes_and_statements_are_bounded() -> None:
    """They are words of ours, and bounded all the same."""
    metrics = make_metrics()
    for number in range(FLOOD):
        metrics.errors.add(f"CODE_{number}", "graph")
        metrics.note_statement(f"statement {number}", 0.001, False)  # noqa: FBT003 - as Database.observe is called
    errors = values(metrics, catalogue.ERRORS)
    statements = values(metrics, catalogue.STATEMENT_SECONDS, "_count")
    assert len(errors) == len(statements) == MOST + 1
    assert errors[OTHER, "graph"] == statements[(OTHER,)] == FLOOD - MOST


def test_methods_are_bounded() -> None:
    """A method that HTTP does not know is no label."""
    metrics = make_metrics()
    for number in range(FLOOD):
        metrics.requests.of(f"METHOD{number}", "/graphql").note(405, 0.001)
    assert values(metrics, catalogue.REQUESTS) == {(OTHER, "/graphql", "405"): FLOOD}
    assert OTHER not in METHODS
