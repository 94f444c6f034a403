"""No text of a client reaches generated source, the names of Struct fields, or anything else that Python compiles."""

import asyncio
import sys
from collections import Counter
from string import Template
from typing import Any

import pytest

from graph.compiled import Plans
from tests.graph.compiled.oracle.both import Prepared
from tests.graph.compiled.oracle.operations import HOSTILE
from tests.graph.compiled.oracle.things import build_schema, root
from tests.graph.compiled.oracle.world import World

SHAPE = Template("""query $operation($$$variable: Boolean!, $$$other: Filter) {
  $one: aStringSure $two: sIntMaybe
  $three: echoS(texts: ["$text"], filter: {text: "$text"}, ids: [["$text"]])
  $four: bPersonSureList { $one: aStringMaybe $two: echoB(filter: $$$other) ...$fragment @include(if: $$$variable) }
  $five: cAnythingMaybe { $one: __typename ... on Note @skip(if: $$$variable) { $two: aJsonSure } }
}
fragment $fragment on Person { $three: aIntSure $five: dBeingList { $four: key $one: aStringSure } }""")
NAMES = ("operation", "variable", "other", "one", "two", "three", "four", "five", "fragment")
NEUTRAL = {name: f"neutral{place}" for place, name in enumerate(NAMES)}
TEXTS = (
    "'; raise SystemExit #",
    '\\"\\"\\"\\n\\\\',
    "\\u2028\\u0000\\ud83d\\ude00",
    "{x.__class__.__mro__}",
    "%s %(name)s $x ${x}",
    "marker_in_a_text",
)
COMPILED: list[tuple[str, str]] = []
_listening = False


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _listening and event in {"compile", "exec"}:
        told = arguments[0]
        COMPILED.append((event, told if isinstance(told, str) else _described(told)))


def _described(told: Any) -> str:
    """Return what a code object holds of names and constants."""
    if told is None or isinstance(told, bytes):
        return repr(told)
    return repr((told.co_name, told.co_names, told.co_varnames, [one for one in told.co_consts if type(one) is str]))


sys.addaudithook(_hear)  # hears every compilation, from C too; it cannot be taken off, so it listens only when asked


def heard(text: str, variables: dict[str, Any]) -> Counter[tuple[str, str]]:
    """Return what Python compiled or executed while a document was compiled and run, and its Structs' members."""
    global _listening  # noqa: PLW0603 - the hook is of the process
    schema = build_schema()._schema
    plans = Plans(schema, most=10)
    prepared = Prepared.of(schema, text, variables)
    COMPILED.clear()
    _listening = True
    try:
        plan = prepared.plan(plans, text)
        assert plan is not None, plans.fallbacks
        world = World(3, 0)
        answer = asyncio.run(prepared.compiled(plan, root(world), world))
    finally:
        _listening = False
    assert answer.data is not None
    members = [("members", repr((type(one).__name__, one.__struct_fields__))) for one in _structs(answer.data)]
    return Counter([*COMPILED, *members])


def test_the_hook_hears() -> None:
    """The proof's own proof: a name that is compiled is heard."""
    global _listening  # noqa: PLW0603 - as above
    COMPILED.clear()
    _listening = True
    try:
        exec("loud_name = 1", {})  # noqa: S102 - that it is heard is the point
    finally:
        _listening = False
    assert "loud_name" in repr(COMPILED)


def _structs(data: Any) -> list[Any]:
    if isinstance(data, list):
        return [found for item in data for found in _structs(item)]
    if hasattr(data, "__struct_fields__"):
        return [data, *(found for name in data.__struct_fields__ for found in _structs(getattr(data, name)))]
    return []


def sending(names: dict[str, str]) -> dict[str, Any]:
    """Return the variables of SHAPE under those names."""
    return {names["variable"]: True, names["other"]: {"text": "marker_in_a_variable"}}


@pytest.fixture(scope="module")
def neutral() -> Counter[tuple[str, str]]:
    """What is compiled for harmless names."""
    heard(SHAPE.substitute(NEUTRAL, text="neutral"), sending(NEUTRAL))  # imports and caches of a first run
    return heard(SHAPE.substitute(NEUTRAL, text="neutral"), sending(NEUTRAL))


@pytest.mark.parametrize("turn", range(0, len(HOSTILE), 3))
def test_hostile_names_change_nothing_that_is_compiled(turn: int, neutral: Counter[tuple[str, str]]) -> None:
    """Keywords, dunder names, attributes of Structs and of generated code, as aliases and every other kind of name."""
    turned = (*HOSTILE[turn:], *HOSTILE[:turn])
    names = dict(zip(NAMES, turned, strict=False))
    assert heard(SHAPE.substitute(names, text="neutral"), sending(names)) == neutral


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_texts_change_nothing_that_is_compiled(text: str, neutral: Counter[tuple[str, str]]) -> None:
    """Quotes, line ends, escapes and format marks in literals."""
    assert heard(SHAPE.substitute(NEUTRAL, text=text), sending(NEUTRAL)) == neutral
    assert "marker_in" not in repr(COMPILED)


@pytest.mark.parametrize("turn", range(0, len(HOSTILE), 3))
def test_hostile_names_are_answered_as_graphql_core_answers(turn: int) -> None:
    """Whatever an alias is called, it stands in the response."""
    names = dict(zip(NAMES, (*HOSTILE[turn:], *HOSTILE[:turn]), strict=False))
    schema = build_schema()._schema
    prepared = Prepared.of(schema, SHAPE.substitute(names, text=TEXTS[turn % len(TEXTS)]), sending(names))
    plan = prepared.plan(Plans(schema, most=10), "digest")
    assert plan is not None
    world = World(3, 0)
    found, reference = asyncio.run(prepared.differs(plan, lambda: (root(world), world)))
    assert found is None
    assert set(reference.data) == {names[name] for name in ("one", "two", "three", "four", "five")}
