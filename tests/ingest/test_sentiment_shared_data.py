"""Floors on the public sets' held-out part, which was never looked at while the lists were written."""

from hashlib import blake2b
from pathlib import Path

import pytest

from ingest.importing.sources import open_source
from ingest.sentiment import Scorer
from ingest.sentiment.evaluation import Evaluation, evaluate
from ingest.sentiment.labelled import read_labelled
from ingest.sentiment.labels import NEGATIVE, NEUTRAL, POSITIVE, Meaning
from ingest.sentiment.plain import plain_scorer

DATA = Path(__file__).parents[3] / "shared" / "data"
CODES: dict[str, Meaning] = {"0": NEGATIVE, "1": POSITIVE, "2": NEUTRAL}

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason="the trial data sets are not beside this clone (../shared/data)"),
    pytest.mark.slow,
]


def held_out(text: str) -> bool:
    """Three in ten texts, by a hash, so that everybody leaves out the same ones."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return int.from_bytes(blake2b(unified.encode(), digest_size=8).digest(), "big") % 10 < 3


def evaluated(name: str, codes: dict[str, Meaning], scorer: Scorer) -> Evaluation:
    """The held-out rows of a set, scored."""
    with open_source(str(DATA / name), "csv") as source:
        rows = read_labelled(source, given=codes).rows
    return evaluate([row for row in rows if held_out(row.text)], scorer)


def test_news_tweets() -> None:
    """TFNS: three classes, two thirds neutral."""
    ours = evaluated("tfns_train_mit.csv", CODES, Scorer())
    assert ours.confusion.total == 2_785
    assert ours.confusion.accuracy > 0.67
    assert ours.confusion.macro_f1 > 0.63
    assert (ours.auc or 0) > 0.89


def test_retail_tweets() -> None:
    """Surge: positive and negative; a neutral score is a miss."""
    ours = evaluated("surge_stock_sentiment_mit.csv", {}, Scorer())
    assert ours.confusion.total == 138
    assert ours.confusion.accuracy > 0.70
    assert (ours.auc or 0) > 0.82


def test_plain_vader_stands_where_it_was_measured() -> None:
    """The baseline that the documentation compares with."""
    plain = evaluated("tfns_train_mit.csv", CODES, plain_scorer())
    assert plain.confusion.accuracy == pytest.approx(0.48, abs=0.01)
