"""The lines of a recorded feed: what is written is read again, and what is wrong is named."""

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.importing.faults import RowError
from ingest.replay.line_format import decode, encode
from ingest.replay.redating import Redating
from storage.intake_items import CollectedBar, CollectedPost, CollectedQuote, CollectedStock, Item, RemovedPost
from storage.terms import BucketSize, Source
from tests.ingest.replays import BEGIN

moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  given below
symbols = st.from_regex(r"[A-Z]{1,5}(\.[AB])?", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60).filter(
    str.strip
)
prices = st.floats(0.01, 1e6)
posts = st.builds(
    CollectedPost,
    source=st.sampled_from(Source),
    external_id=texts,
    posted_at=moments,
    observed_at=moments,
    text=texts,
    community=st.none() | texts,
    engagement=st.none() | st.integers(0, 10_000),
    symbols=st.lists(symbols, max_size=3).map(tuple),
    simulated=st.booleans(),
)
bars = st.builds(
    lambda symbol, width, time, low, spread, volume: CollectedBar(
        symbol, width, time, low, low + spread, low, low + spread, volume
    ),
    symbols,
    st.sampled_from([size.value for size in BucketSize if size.value < 86_400]),
    moments,
    prices,
    prices,
    st.integers(0, 2**53 - 1),
)
items = st.one_of(
    posts,
    bars,
    st.builds(RemovedPost, st.sampled_from(Source), texts, moments),
    st.builds(CollectedQuote, symbols, prices, moments, st.none() | prices, st.integers(0, 2**53 - 1)),
    st.builds(CollectedStock, symbols, texts, st.none() | texts),
)


@given(moments, items)
def test_a_line_is_read_as_it_was_written(at: datetime, item: Item) -> None:
    """Of every kind, with every field, the line gives back its time and item."""
    line = encode(at, item)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line.decode()) == (at, item)


@given(st.text() | st.binary().map(lambda data: data.decode(errors="replace")))
def test_any_text_is_an_item_or_has_a_reason(text: str) -> None:
    """Nothing that stands on a line is worse than a reason."""
    assert outcome(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(items, st.data())
def test_any_value_in_any_field_is_an_item_or_has_a_reason(item: Item, data: st.DataObject) -> None:
    """One foreign value in an otherwise good line is taken only where the tables would take it."""
    line = json.loads(encode(BEGIN, item))
    line[data.draw(st.sampled_from(sorted(line)))] = data.draw(json_values)
    assert outcome(json.dumps(line))


def outcome(text: str) -> Item | str:
    """The item, or the reason why there is none."""
    try:
        return decode(text)[1]
    except RowError as error:
        return error.reason


POST: dict[str, Any] = {
    "kind": "post", "at": "2026-03-02T14:30:00Z", "source": "x", "external_id": "1", "posted_at": 1772461800,
    "text": "$AAPL up",
}  # fmt: skip
BAR: dict[str, Any] = {
    "kind": "bar", "at": "2026-03-02T15:00:00Z", "symbol": "brk-b", "width": 3600, "time": "2026-03-02T14:00:00Z",
    "open": 2, "high": 3, "low": 1, "close": 2, "volume": 7,
}  # fmt: skip
QUOTE: dict[str, Any] = {"kind": "quote", "at": "2026-03-02T15:00:00", "symbol": "AAPL", "price": 2.5}


def test_the_least_that_a_line_needs() -> None:
    """What is left out has the obvious value: observed and priced when it came in, times in UTC, canonical symbols."""
    assert decode(json.dumps(POST)) == (BEGIN, CollectedPost(Source.X, "1", BEGIN, BEGIN, "$AAPL up"))
    at, bar = decode(json.dumps(BAR))
    assert isinstance(bar, CollectedBar)
    assert bar.symbol == "BRK.B"
    assert decode(json.dumps(QUOTE)) == (at, CollectedQuote("AAPL", 2.5, at))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "malformed JSON"),
        ("[" * 100_000, "malformed JSON"),
        ("[]", "not a JSON object"),
        ({}, "kind is none of post, removed, bar, quote, stock"),
        ({"kind": ["post"]}, "kind is none of"),
        (POST | {"at": None}, "at is empty"),
        (POST | {"at": "yesterday"}, "at is not a time"),
        (POST | {"at": "1066-10-14"}, "at lies before 1970 or after 2200"),
        (POST | {"txt": "a"}, "unknown field of a post"),
        (POST | {"text": " "}, "text is empty"),
        (POST | {"text": "a\0b"}, "NUL byte"),
        (POST | {"text": "a" * 40_001}, "text is longer than 40,000 characters"),
        (POST | {"external_id": "a" * 201}, "external_id is longer than 200 characters"),
        (POST | {"source": "usenet"}, "a field of the post is missing or has the wrong form"),
        (POST | {"engagement": -1}, "engagement is not in"),
        (POST | {"symbols": ["A B"]}, "not a stock symbol"),
        ({k: v for k, v in POST.items() if k != "text"}, "a field of the post is missing"),
        (BAR | {"width": 60.5}, "a field of the bar is missing or has the wrong form"),
        (BAR | {"width": 61}, "width is none of 60, 300, 3600, 86400, 604800 seconds"),
        (BAR | {"width": 86_400}, "starts at 00:00 UTC"),
        (BAR | {"high": 1.5}, "high and low do not enclose"),
        (BAR | {"low": 0}, "low is not above zero"),
        (BAR | {"volume": 2**53}, "volume is above"),
        (QUOTE | {"price": "2.5"}, "a field of the quote is missing or has the wrong form"),
        (QUOTE | {"previous_close": 0}, "previous_close is not above zero"),
        ({"kind": "stock", "at": 1772461800, "symbol": "AAPL", "name": ""}, "name is empty"),
    ],
)
def test_what_is_wrong_is_named(line: object, reason: str) -> None:
    """Each reason says which field, and what would be right."""
    with pytest.raises(RowError) as caught:
        decode(line if isinstance(line, str) else json.dumps(line))
    assert reason in caught.value.reason


def test_a_price_that_json_cannot_say_is_refused() -> None:
    """Not a number is not a price."""
    with pytest.raises(RowError, match="malformed JSON"):
        decode(json.dumps(QUOTE | {"price": math.nan}))


@given(items, st.timedeltas(timedelta(days=-2_000), timedelta(days=2_000)))
def test_a_moved_item_is_the_same_at_another_time(item: Item, by: timedelta) -> None:
    """Everything moves alike; bars stay on their grid and never get ahead; posts and removals get the same new ids."""
    moved = Redating(BEGIN, BEGIN + by).item(item)
    match item, moved:
        case CollectedPost(), CollectedPost():
            assert moved.posted_at - item.posted_at == moved.observed_at - item.observed_at == by
            assert moved.external_id.startswith(f"{item.external_id}~")
            removed = Redating(BEGIN, BEGIN + by).item(RemovedPost(item.source, item.external_id, BEGIN))
            assert isinstance(removed, RemovedPost)
            assert removed.external_id == moved.external_id
        case CollectedBar(), CollectedBar():
            assert timedelta() <= by - (moved.time - item.time) < timedelta(seconds=item.width)
            assert (moved.time - item.time).total_seconds() % item.width == 0
        case CollectedQuote(), CollectedQuote():
            assert moved.at - item.at == by
        case _:
            assert type(moved) is type(item)
