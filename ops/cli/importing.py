"""`insitechart import`: stocks, prices and posts from files or standard input."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from ingest.importing.bar_widths import HOW_TO_SAY, parse_width
from ingest.importing.cells import parse_moment, within
from ingest.importing.faults import RowError
from ingest.importing.kinds import Kind
from ingest.importing.post_rows import EARLIEST, Posts
from ingest.importing.price_rows import Prices
from ingest.importing.stock_rows import Stocks
from ops import logs
from ops.cli.import_options import ImportOptions, import_options
from ops.cli.import_run import import_files
from ops.cli.ready_database import ready_database
from storage.terms import Source


@click.group("import")
def importing() -> None:
    """Import stocks, prices or posts from CSV or JSON Lines.

    Files of any size, also compressed with gzip, "-" for standard input. Importing the same file again changes
    nothing. A bad row is reported with its line and passed over. Import stocks before prices and posts.

    \b
    Examples:
      insitechart import stocks listed.csv
      insitechart import prices bars.csv.gz --width 1h
      insitechart import posts tweets.jsonl --source x --rejects rejects.csv
      insitechart import posts odd.csv --map "Tweet Text=text" --source x --posted-at 2022-05-17

    Exit codes: 0 every row is in, 1 some rows were rejected, 2 wrong usage or unusable input, 69 no database.
    """  # noqa: D301 - click reads \b as "keep these lines"


@importing.command("stocks")
@import_options
def stocks(**common: Any) -> None:
    """Import stocks: symbol, name, exchange, sector, industry, market_cap.

    \b
    Examples:
      insitechart import stocks listed.csv
      zcat listed.jsonl.gz | insitechart import stocks - --format jsonl --strict
    """  # noqa: D301 - as above
    _run(Stocks, common)


@importing.command("prices")
@click.option("--width", help="How long each bar is: 1m, 5m, 1h, 1d or 1w.  [default: told by the file]")
@click.option("--create-stocks", is_flag=True, help="List symbols that are not listed yet, by symbol alone.")
@import_options
def prices(width: str | None, *, create_stocks: bool, **common: Any) -> None:
    """Import bars: symbol, time, open, high, low, close, volume, width. A time without an offset is UTC.

    \b
    Examples:
      insitechart import prices bars.csv.gz --width 1h
      insitechart import prices delisted.csv --create-stocks --map "Closing Price=close"
    """  # noqa: D301 - as above
    seconds = parse_width(width) if width is not None else None
    if width is not None and seconds is None:
        raise click.BadParameter(f"'{width}' is not a width of bars: {HOW_TO_SAY}", param_hint="--width")
    _run(lambda: Prices(datetime.now(UTC), seconds, create_stocks), common)


@importing.command("posts")
@click.option("--source", type=click.Choice([each.value for each in Source]), help="The source, for rows without one.")
@click.option("--posted-at", metavar="TIME|COLUMN", help="One time for all rows, or the column that holds it.")
@import_options
def posts(source: str | None, posted_at: str | None, **common: Any) -> None:
    """Import posts: text, posted_at, source, id, symbol, community, author, url, engagement.

    Listed stocks are found in the text by cashtag, symbol or name (docs/tickers.md), and in a column 'symbol' if there
    is one. A post without an id gets one from its source and text.

    \b
    Examples:
      insitechart import posts tweets.jsonl --source x --rejects rejects.csv
      insitechart import posts odd.csv --map "Tweet Text=text" --source x --posted-at 2022-05-17
    """  # noqa: D301 - as above
    fixed = parse_moment(posted_at) if posted_at is not None else None
    if posted_at is not None and fixed is None:
        common["mapping"] = {**common["mapping"], posted_at: "posted_at"}
    try:
        fixed = fixed and within(fixed, "the time", EARLIEST, datetime.now(UTC))
    except RowError as error:
        raise click.BadParameter(f"'{posted_at}': {error}", param_hint="--posted-at") from error
    kind_source = Source(source) if source else None
    _run(lambda: Posts(datetime.now(UTC), kind_source, fixed), common)


def _run(make_kind: Callable[[], Kind[Any]], common: dict[str, Any]) -> None:
    options = ImportOptions(
        files=common["files"],
        mapping=common["mapping"],
        strict=common["strict"],
        rejects=common["rejects"],
        declared=common["format_"],
    )
    with ready_database(writes=True) as settings:
        logs.configure(readable=settings.readable_logs, level=logging.WARNING)
        code = asyncio.run(import_files(settings, make_kind, options))
    raise SystemExit(code)
