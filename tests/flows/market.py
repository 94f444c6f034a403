"""A small market with known numbers: 120 stocks, five days of hourly bars, posts at known instants and scores."""

from datetime import UTC, datetime, timedelta

from ops.settings import Settings
from storage.database import open_database
from storage.post_records import MentionRecord, PostRecord
from storage.rows import StockRow
from storage.terms import SentimentLabel, Source
from storage.write_posts import write_posts
from storage.write_prices import PriceRecord, write_prices
from storage.write_stocks import write_stocks

NOW = datetime(2026, 3, 6, 17, 23, 40, tzinfo=UTC)
"""A Friday; neither on the hour nor on the minute, so that every window has raw edges."""

STOCKS = 120
HOURS = 120
SECTORS = ("Energy", "Financials", "Information Technology", None)
SOURCES = tuple(Source)


def symbol(number: int) -> str:
    """Return a symbol: S000 to S119."""
    return f"S{number:03d}"


def stocks() -> list[StockRow]:
    """Return the listed stocks, and one share class."""
    rows = [
        StockRow(
            symbol=symbol(number),
            name=f"Company {number:03d} Incorporated",
            exchange="NYSE" if number % 2 else "NASDAQ",
            sector=SECTORS[number % len(SECTORS)],
            industry=None,
            market_cap=None if number % 5 == 0 else number * 1_000_000_000,
            simulated=False,
        )
        for number in range(STOCKS)
    ]
    return [
        *rows,
        StockRow("BRK.B", "Berkshire Hathaway Inc. Class B", "NYSE", "Financials", None, None, simulated=False),
    ]


def bars() -> list[PriceRecord]:
    """Return hourly bars up to the hour before NOW: the price of stock n in hour h is 100 + n + h / 100."""
    newest = NOW.replace(minute=0, second=0)
    return [
        PriceRecord(
            symbol=symbol(number),
            width=3_600,
            time=newest - timedelta(hours=HOURS - hour),
            open=price - 0.005,
            high=price + 0.5,
            low=price - 0.5,
            close=price,
            volume=1_000 + hour,
        )
        for number in range(STOCKS)
        for hour in range(HOURS)
        for price in [100 + number + hour / 100]
    ]


def posts() -> list[PostRecord]:
    """Return posts of the last ten days: stock n has n of them a day, at odd seconds, scored by a fixed rule."""
    rows = []
    for number in range(0, STOCKS, 3):
        for day in range(10):
            for place in range(number % 12 + 1):
                at = NOW - timedelta(days=day, seconds=7 + place * 1_800 + number * 11)
                score = (number * 3_701 + place * 5_303 + day * 1_709) % 20_001 - 10_000
                rows.append(_post(f"{number}-{day}-{place}", symbol(number), at, score))
    return rows


def label(score: int) -> SentimentLabel:
    """Return the class of a score in units of 10^-4."""
    if score >= 500:
        return SentimentLabel.POSITIVE
    return SentimentLabel.NEGATIVE if score <= -500 else SentimentLabel.NEUTRAL


def _post(external_id: str, about: str, at: datetime, score: int) -> PostRecord:
    return PostRecord(
        source=SOURCES[score % 3],
        external_id=external_id,
        posted_at=at,
        community="stocks",
        author="somebody",
        text=f"{about} earnings look {'great' if score > 0 else 'poor'} in post {external_id}",
        url=None,
        engagement=abs(score) % 100,
        simulated=False,
        model="test-1",
        mentions=(MentionRecord(about, score, label(score), (("great", 3.1),), "cashtag"),),
    )


async def fill(database_url: str) -> None:
    """Write the whole market by the project's own writers."""
    settings = Settings.model_validate({"database_url": database_url})
    async with open_database(settings) as database:
        await write_stocks(database, stocks())
        await write_prices(database, bars())
        await write_posts(database, posts())
