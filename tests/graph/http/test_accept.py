"""What a client can read, decided by the order and the q-values of its Accept header."""

import pytest
from starlette.datastructures import Headers

from graph.http.accept import JSON, RESPONSE_JSON, Accept, accept_of

URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, RESPONSE_JSON),
        ("", RESPONSE_JSON),
        ("*/*", RESPONSE_JSON),
        ("application/*", RESPONSE_JSON),
        ("application/json", JSON),
        ("application/json, application/graphql-response+json", JSON),
        ("application/graphql-response+json, application/json", RESPONSE_JSON),
        ("application/graphql-response+json;q=0.5, application/json;q=0.9", JSON),
        ("application/graphql-response+json;q=0, */*", JSON),
        ("application/json;q=0, application/*;q=0.1", RESPONSE_JSON),
        ("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", RESPONSE_JSON),
        ("application/json; charset=utf-16", None),
        ("APPLICATION/JSON", JSON),
        ("text/event-stream, application/json", JSON),
        (URQL, RESPONSE_JSON),
        (BROWSER, RESPONSE_JSON),
        ("text/html", None),
        ("application/jsonx", None),
        ("application/json;q=nonsense", None),
        ("application/json;q=2", None),
        ("nonsense", None),
        ("application/json;q=0", None),
    ],
)
def test_json_type_follows_quality_then_order(header: str | None, expected: str | None) -> None:
    """The higher q wins, then the earlier mention; a wildcard gets the newer type; nothing acceptable is None."""
    assert Accept(header).json() == expected


@pytest.mark.parametrize(
    ("header", "preferred"),
    [
        ("text/event-stream", True),
        ("text/event-stream, application/json;q=0.9", True),
        ("text/event-stream, application/json", False),
        ("application/json, text/event-stream", False),
        ("text/event-stream, */*", False),
        ("text/event-stream;q=0.5, application/json;q=0.4", True),
        ("text/*", False),
        ("*/*", False),
        (URQL, False),
        (None, False),
    ],
)
def test_a_stream_needs_to_be_wanted_more_than_json(header: str | None, preferred: bool) -> None:  # noqa: FBT001 - a row
    """An urql client names streams with every query and reads JSON: an equal wish is no preference."""
    assert Accept(header).prefers_stream() is preferred


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        (None, True),
        ("*/*", True),
        ("text/*", True),
        (URQL, True),
        ("application/json", False),
        ("text/event-stream;q=0, */*", False),
    ],
)
def test_a_subscription_asks_only_whether_streams_are_taken(header: str | None, taken: bool) -> None:  # noqa: FBT001
    """A wildcard covers streams; an explicit q=0 excludes them."""
    assert Accept(header).takes_stream() is taken


@pytest.mark.parametrize(
    ("header", "page"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("*/*", False),
        ("text/*", False),
        ("application/json, text/html", False),
        ("text/html;q=0.5, application/json", False),
        (None, False),
    ],
)
def test_a_page_is_for_those_who_name_html_first(header: str | None, page: bool) -> None:  # noqa: FBT001
    """`*/*` never means a page: command-line clients send it."""
    assert Accept(header).prefers_html() is page


def test_lines_of_one_name_are_one_list() -> None:
    """Proxies and clients may send Accept more than once; none at all is as before."""
    lines = [(b"accept", b"text/html"), (b"accept", b"application/json")]
    assert accept_of(Headers(raw=lines)).json() == JSON
    assert accept_of(Headers(raw=lines[:1])).json() is None
    assert accept_of(Headers(raw=[])).json() == RESPONSE_JSON
