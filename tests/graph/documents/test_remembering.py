"""What is remembered: validated once, good and bad apart, bounded by entries and bytes."""

import gc
from collections import OrderedDict
from unittest.mock import patch

import pytest
from graphql import FieldNode, Token
from graphql.language import Location, Node
from hypothesis import given
from hypothesis import strategies as st

from graph.documents import admission
from graph.documents.parsing import parse_document
from graph.documents.refusal import Refusal
from graph.documents.remembered import Remembered
from graph.documents.request import OperationRequest
from tests.graph.documents.market import documents


def test_a_document_is_validated_once() -> None:
    """The second request with the same text, good or bad, is answered from memory."""
    admits = documents()
    with patch.object(admission, "parse_document", wraps=parse_document) as parsing:
        first = admits.admit(OperationRequest("{ __typename }"), allow_mutations=False)
        second = admits.admit(OperationRequest("{ __typename }"), allow_mutations=False)
        assert first.document is second.document
        assert parsing.call_count == 1
        for _ in range(2):
            with pytest.raises(Refusal, match="Cannot query field 'nope'"):
                admits.admit(OperationRequest("{ nope }"), allow_mutations=False)
        assert parsing.call_count == 2


def test_bad_documents_do_not_evict_good_ones() -> None:
    """After a flood of wrong documents the right one is still known."""
    admits = documents()
    admits.admit(OperationRequest("{ __typename }"), allow_mutations=False)
    for number in range(admission._REMEMBERED_REFUSALS + 10):
        with pytest.raises(Refusal):
            admits.admit(OperationRequest("{ nope" + " " * number), allow_mutations=False)
    assert len(admits._bad) <= admission._REMEMBERED_REFUSALS
    with patch.object(admission, "parse_document") as parsing:
        admits.admit(OperationRequest("{ __typename }"), allow_mutations=False)
    assert parsing.call_count == 0


def test_a_remembered_refusal_keeps_no_syntax_tree() -> None:
    """Errors in memory hold locations only; a tree of 100 KB of text would be held a thousand times over."""
    with pytest.raises(Refusal) as caught:
        documents().admit(OperationRequest("{ nope }"), allow_mutations=False)
    [error] = caught.value.errors
    assert (error.nodes, error.source, error.original_error) == (None, None, None)
    assert error.formatted["locations"] == [{"line": 1, "column": 3}]


def test_a_remembered_document_keeps_no_tokens() -> None:
    """They would be half of its objects; every node still knows its place."""
    document = documents().admit(OperationRequest("{ __typename }"), allow_mutations=False).document
    gc.collect()
    held: list[object] = [document]
    for value in held:
        held += [inner for inner in gc.get_referents(value) if isinstance(inner, Node | Location | tuple | Token)]
    assert not [value for value in held if isinstance(value, Token)]
    assert [(node.loc.start, node.loc.end) for node in held if isinstance(node, FieldNode) and node.loc] == [(2, 12)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60)), max_size=60))
def test_both_bounds_hold_whatever_comes(puts: list[tuple[int, int]]) -> None:
    """At each step memory equals a plain model: newest last, oldest dropped while entries or bytes run over."""
    memory: Remembered[int] = Remembered(entries=5, size=100)
    model: OrderedDict[int, int] = OrderedDict()
    for key, size in puts:
        if size % 3 == 0:
            assert (memory.get(bytes([key])) is not None) == (key in model)
            if key in model:
                model.move_to_end(key)
            continue
        memory.put(bytes([key]), key, size)
        model.pop(key, None)
        model[key] = size
        while len(model) > 5 or sum(model.values()) > 100:
            model.popitem(last=False)
        assert len(memory) == len(model)
        assert memory.bytes_used == sum(model.values())


def test_a_value_larger_than_the_memory_is_not_kept() -> None:
    """One giant does not empty the memory."""
    memory: Remembered[str] = Remembered(entries=5, size=100)
    memory.put(b"small", "s", 10)
    memory.put(b"giant", "g", 101)
    assert (memory.get(b"small"), memory.get(b"giant")) == ("s", None)
