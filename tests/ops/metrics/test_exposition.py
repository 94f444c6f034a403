"""The exposition is written in pieces that are one whole: each family once, each line as the library writes it."""

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from ops.metrics import Metrics, make_metrics
from ops.metrics.exposition import OPENMETRICS, PIECE, TEXT, pieces
from ops.metrics.families import AT_ONCE
from ops.operation_record import FieldRecord, OperationRecord

OPERATIONS = 5 * AT_ONCE + 3


def busy() -> Metrics:
    """Return metrics with more label sets than are written at once."""
    metrics = make_metrics()
    for number in range(OPERATIONS):
        fields = [FieldRecord(f"field{place}", "Query.field", 1, 0.0, 0.003) for place in range(3)]
        record = OperationRecord("id", "query", f"Operation{number}", 0.0, 0.02, 200, registered=True, fields=fields)
        metrics.observe(record)
    for number in range(PIECE + 7):
        metrics.external_requests.labels(f"api {number}", 'with "quotes"\n').inc()
    return metrics


def read(text: str, form: str) -> list[Metric]:
    """Read a form by the parser that is meant for it."""
    if form == TEXT:
        return list(read_text(text))
    return list(openmetrics.text_string_to_metric_families(text))  # type: ignore[no-untyped-call]  # it has no types


@pytest.mark.parametrize("form", [TEXT, OPENMETRICS])
def test_pieces_are_one_exposition(form: str) -> None:
    """Its strict parser finds each family once, and every sample that the registry has."""
    metrics = busy()
    written = list(pieces(metrics.registry, form))
    told = read(b"".join(written).decode(), form)
    assert len({family.name for family in told}) == len(told)
    samples: dict[tuple[object, ...], float] = {
        (sample.name, *sorted(sample.labels.items())): sample.value for family in told for sample in family.samples
    }
    expected: dict[tuple[object, ...], float] = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if not sample.name.endswith("_created")
    }
    assert of_ours(samples) == of_ours(expected)


def of_ours(samples: dict[tuple[object, ...], float]) -> dict[tuple[object, ...], float]:
    """Leave out what the process itself changes while it is told."""
    return {key: value for key, value in samples.items() if not str(key[0]).startswith("process_")}


@pytest.mark.parametrize("form", [TEXT, OPENMETRICS])
def test_no_piece_holds_others_up_for_long(form: str) -> None:
    """A piece has a bounded number of lines, however many there are in all; only OpenMetrics has an end."""
    written = list(pieces(busy().registry, form))
    assert max(piece.count(b"\n") for piece in written) <= PIECE + 3
    assert b"".join(written).endswith(b"# EOF\n") == (form == OPENMETRICS)
    assert sum(piece.count(b"# EOF") for piece in written) == (form == OPENMETRICS)
