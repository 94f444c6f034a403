"""What a newcomer mistypes and a stranger tries: a coded error that says what, where and what would be right."""

import pytest

from tests.flows.conftest import Api


async def test_unknown_symbols_are_null_alone_and_an_error_in_a_list(api: Api) -> None:
    """`stock` of an unknown symbol is null; a list that names one is an error that names it."""
    alone = await api.ask('{ stock(symbol: "NOPE") { name } long: stock(symbol: "%s") { name } }' % ("X" * 300))
    assert alone.data == {"stock": None, "long": None}
    listed = await api.ask('{ sentimentPoints(symbols: ["S001", "NOPE", "$$$"]) { totalCount } }')
    assert (listed.error["code"], listed.error["symbols"]) == ("UNKNOWN_SYMBOL", ["NOPE", "$$$"])
    filtered = await api.ask('{ stocks(filter: {symbols: ["s001", "NOPE"]}) { totalCount } }')
    assert filtered.error["symbols"] == ["NOPE"]


@pytest.mark.parametrize("spelling", ["brk.b", "BRK-B", "BRK/B", " brk.B "])
async def test_share_classes_have_one_symbol(api: Api, spelling: str) -> None:
    """Every spelling of a share class finds the one stock."""
    answer = await api.ask("query ($symbol: String!) { stock(symbol: $symbol) { symbol } }", symbol=spelling)
    assert answer.data["stock"] == {"symbol": "BRK.B"}


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        (
            """{ stock(symbol: "S001") { prices(during: {from: "2026-03-02T00:00:00Z", to: "2026-03-01T00:00:00Z"}) {
                totalCount } } }""",
            "BAD_ARGUMENT",
            "`during.from` must lie before `during.to`",
        ),
        (
            '{ mentions(filter: {during: {from: "0001-01-01T00:00:00Z", to: "2026-03-01T00:00:00Z"}}) { totalCount } }',
            "BAD_ARGUMENT",
            "from 1970 to 2199",
        ),
        ('{ searchStocks(text: "   ") { score } }', "BAD_ARGUMENT", "from 1 to 200 characters"),
        ('{ searchStocks(text: "%s") { score } }' % ("a" * 201), "BAD_ARGUMENT", "it has 201"),
        ('{ searchStocks(text: "a\\u0000b") { score } }', "BAD_ARGUMENT", "NUL"),
        ('{ searchStocks(text: "a", first: 0) { score } }', "BAD_ARGUMENT", "from 1 to 100"),
        ('{ node(id: "junk") { id } }', "BAD_ID", "not a global id of this API"),
        ('{ stock(symbol: "S001") { correlation(days: 5) { volume { best { r } } } } }', "BAD_ARGUMENT", "10 to 365"),
        ('{ stock(symbol: "S001") { correlation(maxLagDays: 11) { volume { best { r } } } } }', "BAD_ARGUMENT", "0 to"),
        ('{ stock(symbol: "S001") { trend(minMentions: 0) { rank } } }', "BAD_ARGUMENT", "minMentions"),
        ("{ trending(first: 101) { computedAt } }", "BAD_ARGUMENT", "from 1 to 100"),
        ('{ mentions(filter: {text: "a\\u0000"}) { totalCount } }', "BAD_ARGUMENT", "NUL"),
    ],
)
async def test_a_field_refuses_its_arguments(api: Api, query: str, code: str, words: str) -> None:
    """The field is null with a coded error at its path; the message says the bounds."""
    answer = await api.ask(query)
    assert answer.error["code"] == code
    assert words in answer.error["message"]
    assert answer.error["path"] is not None


@pytest.mark.parametrize("value", ["2026-03-01", "2026-03-01T00:00:00", "2026-02-30T00:00:00Z", "now", ""])
async def test_instants_need_a_date_a_time_and_an_offset(api: Api, value: str) -> None:
    """A DateTime that leaves anything to guess is refused before anything runs, in literals and variables."""
    query = "query ($at: DateTime!) { mentions(filter: {during: {from: $at, to: $at}}) { totalCount } }"
    assert (await api.refused(query, at=value))["code"] == "BAD_VARIABLES"


async def test_a_cursor_is_no_id(api: Api) -> None:
    """The right seal around the wrong thing is BAD_ID, not somebody else's object."""
    cursor = (await api.ask("{ stocks(first: 1) { pageInfo { endCursor } } }")).data["stocks"]["pageInfo"]["endCursor"]
    answer = await api.ask("query ($id: ID!) { node(id: $id) { id } }", id=cursor)
    assert answer.error["code"] == "BAD_ID"


async def test_an_error_in_one_field_leaves_the_rest(api: Api) -> None:
    """A refused argument costs its own field; its siblings answer."""
    answer = await api.ask('{ stock(symbol: "S001") { name prices(first: 0) { totalCount } quote { price } } }')
    assert isinstance(answer.outcome.data, dict)
    assert answer.outcome.data["stock"] == {
        "name": "Company 001 Incorporated",
        "prices": None,
        "quote": {"price": 102.19},
    }
    assert answer.error["path"] == ["stock", "prices"]


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", '"', "(", "a & | !", ":*", "<->", "🚀", "a' OR 1=1 --"])
async def test_hostile_texts_find_nothing_and_break_nothing(api: Api, text: str) -> None:
    """Wildcards and operators of SQL and of full-text search are plain characters."""
    query = """query ($text: String!) { searchStocks(text: $text) { score }
        stocks(filter: {nameContains: $text}) { totalCount } mentions(filter: {text: $text}) { totalCount } }"""
    answer = await api.ask(query, text=text)
    assert answer.data["stocks"]["totalCount"] == 0
    assert answer.data["mentions"]["totalCount"] == 0
