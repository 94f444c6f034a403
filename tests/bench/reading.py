"""What reading costs: `python -m tests.bench.reading [CHARACTERS]`, texts of TFNS and Surge of that length, each once.

Tokens are kept between texts, as a worker keeps them; every round begins with a scorer that has kept none, so all costs
of new tokens are in. Prints processor time of one core for scoring alone, for extraction alone, and for both one after
the other, as the fastest of several rounds: a busy machine only ever makes it slower. Needs the trial data.
"""

import csv
import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time

from ingest.sentiment import Scorer
from ingest.tickers import Extractor, Listing
from storage.symbols import canonical

DATA = Path(__file__).parents[3] / "shared" / "data"
SETS = (("tfns_train_mit.csv", "text"), ("surge_stock_sentiment_mit.csv", "Tweet Text"))
LISTING = "stocks_seed_pddl.csv"
LENGTH = 120
ROUNDS = 5


def rows(name: str) -> Iterator[dict[str, str]]:
    """Rows of a file of the trial data; SystemExit where it is not there."""
    path = DATA / name
    if not path.is_file():
        raise SystemExit(f"{name} is not in {DATA.parent.name}/{DATA.name} beside this clone: nothing to measure")
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def texts(length: int) -> list[str]:
    """All texts, one behind the other, cut into pieces of exactly `length` characters."""
    whole = " ".join(row[column].strip() for name, column in SETS for row in rows(name))
    return [whole[start : start + length] for start in range(0, len(whole) - length + 1, length)]


def listing() -> Listing:
    """The symbols and names of the trial data."""
    named = ((canonical(row["symbol"].replace("$", ".P")), row["name"]) for row in rows(LISTING))
    return Listing({symbol: name for symbol, name in named if symbol and name})


def fastest(pieces: list[str], reader: Callable[[], Callable[[str], object]]) -> float:
    """Seconds of processor time a text, of the fastest round; `reader` makes a new one for each."""
    best = float("inf")
    for _ in range(ROUNDS):
        read = reader()
        gc.collect()
        begun = process_time()
        for text in pieces:
            read(text)
        best = min(best, process_time() - begun)
    return best / len(pieces)


def scoring_and(extractor: Extractor) -> Callable[[str], object]:
    """Score with a scorer that has kept nothing yet, and extract."""
    score, find = Scorer().score, extractor.find
    return lambda text: (score(text), find(text))


def main(length: int) -> None:
    """Measure, and print."""
    pieces, listed = texts(length), listing()
    extractor = Extractor(listed)
    print(f"{len(pieces):,} texts of {length} characters, {len(listed.names):,} symbols, {ROUNDS} rounds")  # noqa: T201 - a bench prints
    measures: tuple[tuple[str, Callable[[], Callable[[str], object]]], ...] = (
        ("scoring", lambda: Scorer().score),
        ("extraction", lambda: extractor.find),
        ("both", lambda: scoring_and(extractor)),
    )
    for what, reader in measures:
        cost = fastest(pieces, reader)
        print(f"{what:12} {cost * 1e6:6.1f} microseconds a text, {1 / cost:8,.0f} texts a second")  # noqa: T201 - a bench prints


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LENGTH)
