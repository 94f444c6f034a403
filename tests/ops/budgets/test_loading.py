"""The file of the objectives: what it says is what holds, and what it must not say is refused by name."""

import re
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse

from graph.rest.builtin import builtin_documents
from ops.budgets import SHIPPED, BudgetsError, Stage, load_budgets

ROOT = Path(__file__).parents[3]
TEXT = SHIPPED.read_text("utf-8")


def changed(folder: Path, old: str, new: str) -> Path:
    """Write the shipped file with one change."""
    assert TEXT.count(old) == 1, old
    path = folder / "budgets.toml"
    path.write_text(TEXT.replace(old, new), "utf-8")
    return path


@pytest.mark.parametrize(("stage", "seconds"), [("mvp", 1.5), ("beta", 1.2), ("ga", 0.8)])
def test_the_shipped_objectives_are_the_promised_ones(stage: Stage, seconds: float) -> None:
    """Operations by stage, statements, cache calls and external calls, in this order and with these shares."""
    budgets = load_budgets(stage=stage)
    promised = [(one.name, one.seconds, one.share) for one in budgets.objectives[:4]]
    assert promised == [
        ("operations", seconds, 0.9),
        ("statements", 0.3, 0.9),
        ("cache_calls", 0.1, 0.9),
        ("external_calls", 0.5, 0.85),
    ]
    assert budgets.stage == stage
    assert budgets.operation_seconds("NobodyHasThis") == budgets.operation_seconds(None) == seconds


def test_the_stage_is_the_file_s_unless_another_is_named(tmp_path: Path) -> None:
    """A file says its stage, and a deployment may say another."""
    path = changed(tmp_path, 'stage = "mvp"', 'stage = "ga"')
    assert load_budgets(path).operation_seconds(None) == 0.8
    assert load_budgets(path, "beta").operation_seconds(None) == 1.2


def test_operations_with_budgets_of_their_own_are_documents() -> None:
    """A name that no document has would never be measured; every shipped document has a budget."""
    texts = [file.read_text("utf-8") for file in (ROOT / "clients" / "operations").glob("*.graphql")]
    texts += [document.text for document in builtin_documents()]
    nodes = [node for text in texts for node in parse(text).definitions if isinstance(node, OperationDefinitionNode)]
    assert {node.name.value for node in nodes if node.name} == set(load_budgets().own_seconds)


def test_budgets_of_single_operations_are_stricter_than_any_stage() -> None:
    """One that is as wide as the stage's says nothing."""
    assert max(load_budgets().own_seconds.values()) < load_budgets(stage="ga").default_seconds


def test_every_objective_of_every_stage_is_an_edge() -> None:
    """What is within an objective is counted, whatever the stage is."""
    edges = load_budgets().edges
    for stage in ("mvp", "beta", "ga"):
        for one in load_budgets(stage=stage).objectives:
            assert one.seconds in edges[one.name if one.name in edges else "operations"], one


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('stage = "mvp"', 'stage = "gaa"', "stage: one of mvp, beta, ga, not 'gaa'"),
        ('stage = "mvp"', "", "stage: missing"),
        ("mvp = { p90_ms = 1500 }", "", "stages.mvp: missing"),
        ("mvp = { p90_ms = 1500 }", "mvp = 1500", "stages.mvp: a table is wanted, as in stages.mvp = { p90_ms = 300 }"),
        ("mvp = { p90_ms = 1500 }", "mvp = { p90 = 1500 }", "stages.mvp.p90: not a percentile in milliseconds"),
        ("mvp = { p90_ms = 1500 }", "mvp = { p100_ms = 1500 }", "stages.mvp.p100_ms: not a percentile"),
        ("mvp = { p90_ms = 1500 }", "mvp = { p90_ms = true }", "stages.mvp.p90_ms: a number of milliseconds is wanted"),
        ("mvp = { p90_ms = 1500 }", "mvp = { p90_ms = nan }", "stages.mvp.p90_ms: above 0 and at most 86400000"),
        ("mvp = { p90_ms = 1500 }", "mvp = { p90_ms = 0 }", "stages.mvp.p90_ms: above 0"),
        ("mvp = { p90_ms = 1500 }", "mvp = { p90_ms = 1, p50_ms = 1 }", "stages.mvp: one percentile is wanted"),
        ("mvp = { p90_ms = 1500 }", "mvp = { p90_ms = 1 }\nrc = {}", "stages.rc: not a key"),
        ("[cache_calls]", "[cache_call]", "cache_call: not a key; did you mean cache_calls?"),
        ("Chart = {", '"2 charts" = {', "operations.'2 charts': not the name of a GraphQL operation"),
        ("[statements]", "[statements", "not TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    """The message has the file, the key, and what would be right."""
    path = changed(tmp_path, old, new)
    with pytest.raises(BudgetsError, match=re.escape(told)) as raised:
        load_budgets(path)
    assert str(raised.value).startswith(f"{path}: ")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Absent, a folder, or not UTF-8."""
    (tmp_path / "latin").write_bytes(b"# \xe9")
    for name, told in (("none.toml", "No such file"), (".", "directory"), ("latin", "not UTF-8: byte 2")):
        with pytest.raises(BudgetsError, match=told):
            load_budgets(tmp_path / name)


@pytest.mark.parametrize("written", ['"p99.5_ms" = 500', "p99.5_ms = 500"])
def test_a_percentile_may_have_a_fraction(written: str, tmp_path: Path) -> None:
    """Percentiles go as far as 99.99, in quotes or without, where TOML reads the dot as one between keys."""
    path = changed(tmp_path, "p85_ms = 500", written)
    objective = load_budgets(path).objective("external_calls")
    assert (objective.share, objective.percentile) == (0.995, "p99.5")
    with pytest.raises(KeyError):
        load_budgets(path).objective("external_call")
