"""The shadow compares, counts and logs, and never stands in a client's way."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, cast

import msgspec
import pytest
import strawberry
from graphql import GraphQLError, GraphQLSchema
from structlog.testing import capture_logs

from graph.compiled import Plans, Result
from graph.documents.admission import Documents
from graph.documents.operation import AdmittedOperation
from graph.documents.request import OperationRequest
from graph.execution import OperationContext
from graph.outcome import Outcome
from graph.shadow import AT_ONCE, Shadow
from graph.shadow_comparison import differing_places
from ops.errors import Unavailable
from ops.metrics import Metrics, make_metrics
from ops.operation_record import FieldRecord
from ops.settings import Limits

PRIVATE = "sesame"


@strawberry.type
class Query:
    """Two fields; the first is what its context says."""

    @strawberry.field
    def word(self, info: strawberry.Info, of: str = "") -> str | None:
        """Answer from the context."""
        return cast("str | None", info.context.word)

    @strawberry.field
    def other(self) -> int:
        """Answer a constant."""
        return 7


SCHEMA: GraphQLSchema = strawberry.Schema(query=Query)._schema


class Context:
    """A context whose rows may change from one opening to the next."""

    opened = 0
    closed = 0
    words: tuple[str, ...] = ("same",)
    timed = False

    def __init__(self) -> None:
        self.fields: Sequence[FieldRecord] = ()
        self.word = self.words[min(Context.opened, len(self.words) - 1)]
        Context.opened += 1

    def read_afresh(self) -> None:
        """Nothing is remembered here."""

    async def aclose(self) -> None:
        """Count."""
        Context.closed += 1


class Planned:
    """Stands for plans: answers as told, so that wrong answers can be had."""

    calm = False
    compiled = 0

    def __init__(self, answer: Result | Exception | None, gate: asyncio.Event | None = None) -> None:
        self.answer = answer
        self.gate = gate

    def find(self, *_: Any) -> Any:
        """Give itself as the plan, unless there is none."""
        return self if self.answer is not None else None

    compile_now = find

    def run(self, *_: Any) -> Result | Awaitable[Result]:
        """Answer, once the gate is open."""
        if self.gate is not None:
            return self._later(self.gate)
        if isinstance(self.answer, Exception):
            raise self.answer
        assert self.answer is not None
        return self.answer

    async def _later(self, gate: asyncio.Event) -> Result:
        await gate.wait()
        assert isinstance(self.answer, Result)
        return self.answer


class Word(msgspec.Struct):
    """The data of `{ word }`."""

    word: str | None


@pytest.fixture(autouse=True)
def _fresh_contexts() -> None:
    Context.opened = Context.closed = 0
    Context.words = ("same",)


def admitted(query: str = "query Asked($of: String!) { word(of: $of) }", **variables: Any) -> AdmittedOperation:
    """Admit a query."""
    documents = Documents(SCHEMA, Limits(), introspection=True, suggestions=False)
    request = OperationRequest(query, None, variables or {"of": PRIVATE}, {})
    return documents.admit(request, allow_mutations=True)


def shadow(plans: Planned, metrics: Metrics, share: float = 1.0) -> Shadow:
    """Make a shadow over those plans."""

    def reopen(like: OperationContext) -> OperationContext:
        return Context()

    return Shadow(SCHEMA, cast("Plans", plans), reopen, metrics, seconds=5, share=share)


async def finished(one: Shadow) -> None:
    """Wait until no comparison runs."""
    if one._tasks:
        await asyncio.wait(one._tasks, timeout=30)
    await asyncio.sleep(0)  # in which the tasks that ended are taken off the list
    assert one._tasks == set()


def verdicts(metrics: Metrics) -> Mapping[str, float]:
    """Return the counts by verdict."""
    found = metrics.shadow_operations.collect()
    return {
        sample.labels["verdict"]: sample.value
        for family in found
        for sample in family.samples
        if sample.name.endswith("_total")
    }


ANSWER = Outcome({"word": "same"})
WRONG = Result(Word("wrong " + PRIVATE), [])


@pytest.mark.parametrize(
    ("plans", "words", "verdict"),
    [
        (Planned(Result(Word("same"), [])), ("same",), "same"),
        (Planned(WRONG), ("same",), "different"),
        (Planned(WRONG), ("wrong by now",), "unsettled"),
        (Planned(Result(Word(None), [GraphQLError("", original_error=Unavailable("away"))])), ("same",), "unsettled"),
        (Planned(None), ("same",), "fallback"),
    ],
)
async def test_a_verdict_is_counted(plans: Planned, words: tuple[str, ...], verdict: str) -> None:
    """Answers that agree, that differ, that differ because rows moved or a store was away; and what did not compile."""
    Context.words = (words[0], *words)
    metrics = make_metrics()
    one = shadow(plans, metrics)
    with capture_logs() as logged:
        one.consider(admitted(), Context(), ANSWER)
        await finished(one)
    assert verdicts(metrics) == {verdict: 1}
    assert Context.opened == Context.closed + 1, "each context that the shadow opened is closed"
    assert [line["event"] for line in logged] == (["shadow_difference"] if verdict == "different" else [])


async def test_a_difference_is_logged_by_place_without_values() -> None:
    """The digest, the operation's name and the places are logged; neither what stands there nor a variable."""
    asked = admitted()
    one = shadow(Planned(WRONG), make_metrics())
    with capture_logs() as logged:
        one.consider(asked, Context(), ANSWER)
        await finished(one)
    assert logged == [
        {
            "event": "shadow_difference",
            "log_level": "error",
            "digest": asked.digest,
            "operation": "Asked",
            "places": ["word"],
        }
    ]


async def test_what_fails_in_the_shadow_is_an_answer_that_differs() -> None:
    """A plan that raises is compared as the failure that a client would have seen, and does not raise here."""
    metrics = make_metrics()
    one = shadow(Planned(RuntimeError(PRIVATE)), metrics)
    with capture_logs() as logged:
        one.consider(admitted(), Context(), ANSWER)
        await finished(one)
    assert verdicts(metrics) == {"different": 1}
    assert PRIVATE not in str(logged)


async def test_more_than_a_few_at_once_are_skipped_and_closing_ends_them() -> None:
    """The bound holds while comparisons hang; closing cancels them and closes their contexts."""
    metrics = make_metrics()
    one = shadow(Planned(WRONG, asyncio.Event()), metrics)
    for _ in range(AT_ONCE + 3):
        one.consider(admitted(), Context(), ANSWER)
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(one._tasks) == AT_ONCE
    assert verdicts(metrics) == {"skipped": 3}
    await one.aclose()
    assert one._tasks == set()
    assert Context.closed == AT_ONCE


async def test_only_queries_of_the_share_are_compared() -> None:
    """A share of nothing compares nothing."""
    metrics = make_metrics()
    one = shadow(Planned(WRONG), metrics, share=0.0)
    for _ in range(50):
        one.consider(admitted(), Context(), ANSWER)
    assert one._tasks == set()
    assert verdicts(metrics) == {}


def _error(path: list[str | int], message: str = "m", code: str = "INTERNAL") -> dict[str, Any]:
    return {"path": path, "message": message, "extensions": {"code": code}}


@pytest.mark.parametrize(
    ("first", "second", "places"),
    [
        (Outcome({"a": [{"b": 1}]}), Outcome({"a": [{"b": 1}]}), []),
        (Outcome({"a": [{"b": 1}]}), Outcome({"a": [{"b": True}]}), ["a.0.b"]),
        (Outcome({"a": [{"b": 1}]}), Outcome({"a": [{"b": 1.0}]}), ["a.0.b"]),
        (Outcome({"a": [1]}), Outcome({"a": [1, 2]}), ["a"]),
        (Outcome({"a": 1, "b": 2}), Outcome({"b": 2, "a": 1}), ["the root"]),
        (Outcome(None), Outcome({}), ["the root"]),
        (Outcome({"a": None}, (_error(["a"]),)), Outcome({"a": None}), ["errors at a"]),
        (Outcome({"a": None}, (_error(["a"]),)), Outcome({"a": None}, (_error(["a"], "n"),)), ["errors at a"]),
        (Outcome({"a": None}, (_error(["a", 0, "x"]),)), Outcome({"a": None}, (_error(["a", 1, "y"], "n"),)), []),
        (Outcome({"a": None}, (_error(["a", 0, "x"]),)), Outcome({"a": None}), ["errors at a"]),
    ],
)
def test_places_that_differ(first: Outcome, second: Outcome, places: list[str]) -> None:
    """1, 1.0 and true differ, the order of members counts; below a nulled position any error stands for all."""
    assert differing_places(first, second) == places
