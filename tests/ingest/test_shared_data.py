"""The five public data sets of the trial import whole; skipped where the folder with them is absent."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.importing.columns import Columns
from ingest.importing.kinds import Kind
from ingest.importing.pipeline import run_import
from ingest.importing.post_rows import Posts
from ingest.importing.price_rows import Prices
from ingest.importing.sources import open_source
from ingest.importing.stock_rows import Stocks
from ingest.importing.tally import Tally
from storage.database import Database
from storage.terms import Source

DATA = Path(__file__).parents[3] / "shared" / "data"
NOW = datetime.now(UTC)

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason="the trial data sets are not beside this clone (../shared/data)"),
    pytest.mark.slow,
]


async def imported(database: Database, kind: Kind[Any], name: str, **mapping: str) -> Tally:
    """Import one data set."""
    tally = Tally()
    with open_source(str(DATA / name)) as source:
        await run_import(database, source, kind, Columns(kind.fields, mapping, kind.given), tally)
    assert tally.read == tally.accounted
    return tally


async def test_all_five_sets_import_and_again_change_nothing(plain_database: Database) -> None:
    """Counts are those of the sets: every row that is left out has a reason that can be seen in the set."""
    for first in (True, False):
        stocks = await imported(plain_database, Stocks(), "stocks_seed_pddl.csv")
        assert (stocks.read, stocks.rejected) == (13_107, Counter({"name is empty": 1, "not a stock symbol": 1}))

        hours = await imported(plain_database, Prices(NOW), "lean_hourly_2019_2021.csv")
        assert (hours.read, hours.rejected) == (19_735, Counter())

        days = await imported(plain_database, Prices(NOW, create_stocks=True), "stocknet_daily_2012_2017.csv")
        assert (days.read, days.rejected) == (108_592, Counter({"open is not a number": 3}))

        when = datetime(2022, 5, 17, tzinfo=UTC)
        columns = {"Tweet Text": "text", "Stock Ticker": "symbol", "Tweet URL": "url"}
        surge = await imported(plain_database, Posts(NOW, Source.X, when), "surge_stock_sentiment_mit.csv", **columns)
        assert surge.read == 500
        assert set(surge.rejected) == {"symbol is not listed"}

        news = await imported(plain_database, Posts(NOW, Source.NEWS, when), "tfns_train_mit.csv")
        assert (news.read, news.rejected) == (9_543, Counter())
        assert set(news.skipped) == {"names no listed stock"}

        tallies = (stocks, hours, days, surge, news)
        assert all(bool(tally.inserted) is first for tally in tallies)
        assert not any(tally.updated for tally in tallies)
