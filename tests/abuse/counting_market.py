"""A market in which everything counts up, so that each answer says how old it is: prices, worths, posts, snapshots."""

import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from storage import trending
from storage.database import Database
from storage.deadline import Deadline
from storage.post_records import MentionRecord, PostRecord
from storage.rows import StockRow
from storage.session import Session
from storage.terms import SentimentLabel, Source, Timeframe
from storage.write_posts import write_posts
from storage.write_quotes import QuoteRecord, write_quotes
from storage.write_stocks import write_stocks

SYMBOLS = ("AAPL", "MSFT", "NVDA")
Place = tuple[str, str]
"""A kind, and the stock it is of; snapshots are of none."""

PLACES: tuple[Place, ...] = (
    *((kind, symbol) for kind in ("price", "worth", "post") for symbol in SYMBOLS),
    ("snapshot", ""),
)
STOCK = "symbol marketCap quote { price } mentions(first: 1) { nodes { engagement } }"
TRENDING = "trending(timeframe: WEEK, first: 1) { window { to } }"


@dataclass
class Market:
    """`told` remembers, by place, which number every process could know since when."""

    database: Database
    told: dict[Place, deque[tuple[float, int]]] = field(
        default_factory=lambda: {place: deque([(0.0, 0)]) for place in PLACES}
    )
    begun: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(seconds=300))
    number: int = 0

    def __post_init__(self) -> None:
        """Have its writers fail where they cannot tell: a number counts as told when they return."""
        self.database.telling.insists = True

    async def write(self, place: Place) -> None:
        """Write the next number, and note when that was told."""
        kind, symbol = place
        self.number += 1
        writers: dict[str, Callable[[str, int], Awaitable[object]]] = {
            "price": self._price, "worth": self._worth, "post": self._post, "snapshot": self._snapshot
        }  # fmt: skip
        await writers[kind](symbol, self.number)
        self.told[place].append((time.monotonic(), self.number))

    def least(self, place: Place, since: float) -> int:
        """Return the newest number of a place that had been told by an instant."""
        return max(number for at, number in self.told[place] if at <= since)

    def numbers(self, data: dict[str, Any]) -> dict[Place, int]:
        """Read the numbers off an answer to `STOCK` under any names, and `TRENDING` under its own."""
        found: dict[Place, int] = {}
        snapshot = data.pop("trending", None)
        if snapshot is not None:
            ends = datetime.fromisoformat(snapshot["window"]["to"])
            found["snapshot", ""] = round((ends - self.begun).total_seconds())
        for stock in data.values():
            symbol = stock["symbol"]
            found["price", symbol] = int(stock["quote"]["price"])
            found["worth", symbol] = stock["marketCap"]
            found["post", symbol] = stock["mentions"]["nodes"][0]["engagement"]
        return found

    async def _price(self, symbol: str, number: int) -> None:
        at = self.begun + timedelta(seconds=number)
        await write_quotes(self.database, [QuoteRecord(symbol, float(number), at, 1.0, 1, None, simulated=True)])

    async def _worth(self, symbol: str, number: int) -> None:
        await write_stocks(self.database, [StockRow(symbol, symbol, "NASDAQ", None, None, number, simulated=True)])

    async def _post(self, symbol: str, number: int) -> None:
        at = self.begun + timedelta(seconds=number)
        mention = MentionRecord(symbol, 1, SentimentLabel.NEUTRAL, (), "bare")
        post = PostRecord(
            Source.X, str(number), at, None, "somebody", "a text", None, number, simulated=True, model="reference",
            mentions=(mention,),
        )  # fmt: skip
        await write_posts(self.database, [post])

    async def _snapshot(self, _symbol: str, number: int) -> None:
        session = Session(self.database, Deadline.after(20))
        await trending.store(session, Timeframe.WEEK, self.begun + timedelta(seconds=number))
