"""Documents made to cost time: each is refused with a code; nothing recurses, doubles or grows without bound."""

import pytest

from tests.graph.documents.market import admit, refused

FORK = "".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(20))
PAIRS = "".join(f"fragment F{i} on Query {{ node(id: 1) {{ id }} }}" for i in range(99))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("{" * 5_000, "PARSE_FAILED", id="braces"),
        pytest.param("{stocks" * 900, "TOO_DEEP", id="nested fields"),
        pytest.param("{" + "...{" * 900, "TOO_DEEP", id="nested inline fragments"),
        pytest.param("{nodes(ids:" + "[" * 1_900, "TOO_DEEP", id="nested lists"),
        pytest.param("{stocks(filter:" + "{anyOf:" * 600, "TOO_DEEP", id="nested objects"),
        pytest.param("query($a:" + "[" * 1_900, "TOO_DEEP", id="nested types"),
        pytest.param("{" + "...{" * 190 + "__typename" + "}" * 191, None, id="190 inline fragments"),
        pytest.param("{" + "__typename " * 2_000 + "}", "DOCUMENT_TOO_LARGE", id="tokens"),
        pytest.param("#\n" * 2_001 + "{__typename}", "DOCUMENT_TOO_LARGE", id="comments"),
        pytest.param("{" + "," * 99_990 + "__typename}", "DOCUMENT_TOO_LARGE", id="100,001 bytes"),
        pytest.param("{" + "," * 99_980 + "__typename}", None, id="commas"),
        pytest.param("{...F0}" + FORK + "fragment F20 on Query {__typename}", "TOO_MANY_FIELDS", id="753 bytes"),
        pytest.param("{stocks{" + "nodes{id}" * 480 + "}}", "VALIDATION_FAILED", id="one field 480 times"),
        pytest.param("{" + "".join(f"...F{i}" for i in range(99)) + "}" + PAIRS, "TOO_MANY_ROOT_FIELDS", id="pairs"),
        pytest.param("fragment A on Query {...A}" * 99 + "{...A}", "VALIDATION_FAILED", id="cycles"),
        pytest.param("fragment A on Query {...A}" * 100 + "{...A}", "DOCUMENT_TOO_LARGE", id="101 definitions"),
        pytest.param("query(" + "$a:Int " * 480 + "){__typename}", "VALIDATION_FAILED", id="variables"),
    ],
)
def test_hostile_documents_end_in_a_code(text: str, code: str | None) -> None:
    """Each ends under its code; what is merely odd passes."""
    if code is None:
        assert admit(text).cost == 0
    else:
        assert code in {found for found, _ in refused(text)}


def test_an_aborted_merge_check_says_what_to_do() -> None:
    """The pairwise rule stops within its budget, and the client learns why."""
    [(_, message)] = refused("{stocks{" + "nodes{id}" * 480 + "}}")
    assert message.startswith("Fields of one name repeat too often")


def test_a_large_honest_document_is_admitted() -> None:
    """Thirty fragments that ask for the same nested fields, as component trees send them, stay within every bound."""
    fragments = "".join(
        f"fragment Part{i} on Stock {{ id symbol mentions(first: 2) {{ nodes {{ id }} }} }}" for i in range(30)
    )
    spreads = " ".join(f"...Part{i}" for i in range(30))
    assert admit(f"{{ stocks(first: 100) {{ nodes {{ {spreads} }} }} }} {fragments}").cost == 1 + 100 * (1 + 1 + 2)
