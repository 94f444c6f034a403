"""Operations found by the bytes that asked for them: the same as admission finds, noted as it notes, and bounded."""

import msgspec
import pytest

from graph.documents.admission import Documents
from graph.documents.admitted_before import LONGEST, AdmittedBefore
from graph.documents.operation import AdmittedOperation
from graph.documents.registered import Registered, registered
from graph.documents.request import OperationRequest, read_body
from ops.settings import Limits
from tests.graph.documents.market import documents as market_documents

QUERY = "query Q { __typename }"


class Desk:
    """Admits bodies as the endpoint does, in front of some registered documents."""

    def __init__(self, *, trusted: bool = False, entries: int = 10, size: int = 1_000_000) -> None:
        self.registered = Registered()
        self.registered.replace([registered("one", None, QUERY)])
        schema = market_documents().schema
        self.documents = Documents(
            schema, Limits(), introspection=True, suggestions=True, registered=self.registered, trusted=trusted
        )
        self.before = AdmittedBefore(self.registered, trusted=trusted, entries=entries, size=size)

    def admit(self, raw: bytes) -> AdmittedOperation:
        """Admit a body and keep what it came to."""
        request = read_body(raw, Limits())
        assert isinstance(request, OperationRequest)
        found = self.registered.by_id(request.document_id) if request.document_id else None
        whole = msgspec.structs.replace(request, query=found.text) if found else request
        operation = self.documents.admit(whole, allow_mutations=True)
        self.before.keep("POST", raw, request, operation, self.registered.revision)
        return operation


def body(**members: object) -> bytes:
    """Write a request down."""
    return msgspec.json.encode(members)


def test_the_same_bytes_find_the_same_operation() -> None:
    """By method and body: other variables, another method or one more space ask for something else."""
    desk = Desk()
    asked = "query V($yes: Boolean!) { __typename @include(if: $yes) }"
    raw, other = (body(query=asked, variables={"yes": yes}) for yes in (True, False))
    operation, different = desk.admit(raw), desk.admit(other)
    assert desk.before.find("POST", bytes(raw)) is operation
    assert desk.before.find("POST", other) is different
    assert operation.variables == {"yes": True}
    assert desk.before.find("GET", raw) is None
    assert desk.before.find("POST", raw + b" ") is None


def test_what_has_to_be_looked_at_each_time_is_not_kept() -> None:
    """A hash is kept in Redis by each request that brings it, and a request that is too long costs what it saves."""
    desk = Desk()
    hashed = body(query=QUERY, extensions={"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}})
    desk.admit(hashed)
    desk.admit(body(query=QUERY) + b" " * LONGEST)
    assert len(desk.before) == 0


@pytest.mark.parametrize(("trusted", "members"), [(True, {"query": QUERY}), (False, {"documentId": "one"})])
def test_uses_of_registered_documents_are_noted_each_time(trusted: bool, members: dict[str, str]) -> None:  # noqa: FBT001 - a parameter set
    """By id in every mode, by text where only registered texts run."""
    desk = Desk(trusted=trusted)
    raw = body(**members)
    desk.admit(raw)
    desk.registered.uses.clear()
    assert desk.before.find("POST", raw) is not None
    assert desk.registered.uses == {"one"}


def test_no_use_is_noted_where_texts_are_free() -> None:
    """A text that happens to be registered was not asked for by its id."""
    desk = Desk()
    desk.admit(body(query=QUERY))
    assert desk.before.find("POST", body(query=QUERY)) is not None
    assert desk.registered.uses == set()


def test_new_registered_documents_forget_all() -> None:
    """An id may stand for another text, and a text may not be trusted any more."""
    desk = Desk()
    raw = body(documentId="one")
    operation = desk.admit(raw)
    before = desk.registered.revision
    desk.registered.replace([registered("one", None, "query Other { __typename }")])
    assert desk.before.find("POST", raw) is None
    desk.before.keep("POST", raw, OperationRequest(None, document_id="one"), operation, before)
    assert desk.before.find("POST", raw) is None
    assert desk.admit(raw).name == "Other"


def test_the_longest_unused_leave_first() -> None:
    """Bounded in entries and in bytes; what alone is larger than the bound is not kept."""
    desk = Desk(entries=2)
    first, second, third = (body(query=QUERY, variables={"n": n}) for n in range(3))
    desk.admit(first)
    desk.admit(second)
    assert desk.before.find("POST", first) is not None
    desk.admit(third)
    assert desk.before.find("POST", second) is None
    assert desk.before.find("POST", first) is not None
    small = Desk(size=1_000)
    small.admit(first)
    assert len(small.before) == 0
    some = Desk(size=40_000, entries=1_000)
    for number in range(100):
        some.admit(body(query=QUERY, variables={"n": number}))
    assert 0 < len(some.before) < 20
