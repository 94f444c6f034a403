"""The parts of Yahoo's answers that are read. Anything may be absent, and columns hold nulls."""

import msgspec

Numbers = list[float | None]


class Problem(msgspec.Struct, frozen=True):
    """Why there is no result."""

    code: str = ""
    description: str = ""


class Columns(msgspec.Struct, frozen=True):
    """Bars by column; all empty where the window holds no bars."""

    open: Numbers = []
    high: Numbers = []
    low: Numbers = []
    close: Numbers = []
    volume: Numbers = []


class Indicators(msgspec.Struct, frozen=True):
    """`quote` has one member."""

    quote: list[Columns] = []


class ChartMeta(msgspec.Struct, frozen=True):
    """`gmtoffset` is the exchange's offset from UTC in seconds."""

    currency: str | None = None
    gmtoffset: int = 0


class ChartResult(msgspec.Struct, frozen=True):
    """The bars of one symbol; `timestamp` holds their starts in seconds since 1970, absent without bars."""

    meta: ChartMeta = ChartMeta()
    timestamp: list[int] | None = None
    indicators: Indicators = Indicators()


class ChartBody(msgspec.Struct, frozen=True):
    """`chart` of an answer."""

    result: list[ChartResult] | None = None
    error: Problem | None = None


class Chart(msgspec.Struct, frozen=True):
    """GET /v8/finance/chart/{symbol}."""

    chart: ChartBody


class QuoteRow(msgspec.Struct, frozen=True, rename="camel"):
    """A price: in units of `currency`, as of `regular_market_time` in seconds since 1970."""

    symbol: str
    currency: str | None = None
    regular_market_price: float | None = None
    regular_market_time: float | None = None
    regular_market_previous_close: float | None = None
    regular_market_volume: float | None = None
    market_cap: float | None = None


class QuoteResponse(msgspec.Struct, frozen=True):
    """Unknown symbols are left out of `result`; each member is decoded by itself, so one odd one spoils no other."""

    result: list[msgspec.Raw] | None = None
    error: Problem | None = None


class Quotes(msgspec.Struct, frozen=True, rename="camel"):
    """GET /v7/finance/quote."""

    quote_response: QuoteResponse


class Found(msgspec.Struct, frozen=True, rename="lower"):
    """One hit of a search; private companies have no symbol."""

    symbol: str | None = None
    longname: str | None = None
    shortname: str | None = None
    exchdisp: str | None = msgspec.field(default=None, name="exchDisp")
    sector: str | None = None
    industry: str | None = None


class Search(msgspec.Struct, frozen=True):
    """GET /v1/finance/search."""

    quotes: list[Found] = []
