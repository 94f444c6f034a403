"""What finance adds: phrases, emoji, hash tags, amounts, directions; and what survives punctuation."""

import pytest

from ingest.sentiment import Scorer
from storage.terms import SentimentLabel

SCORER = Scorer()


def value(text: str) -> int:
    """Score in units of 10^-4."""
    return SCORER.score(text).value


@pytest.mark.parametrize(
    "text",
    [
        "moon", "moon!!!!", "(moon)", "#moon", "\u201cmoon\u201d", "MOON", "mooooon", "moon.", "*moon*", "moon/lambo",
        "to the moon", "To The Moon!!", "#ToTheMoon", "🚀", "🚀🚀🚀", "$GME🚀", "🌕", "💎🙌", "diamond-hands",
        "buy the dip", "short squeeze", "price target raised", "beats estimates", "better-than-expected", "up 8%",
        "+12%", "(+0.9%", "not going down", "isn\u2019t crashing", "isn't crashing!!!", "never a scam",
        "the stock isn't overvalued",
    ],
)  # fmt: skip
def test_good_words_are_heard(text: str) -> None:
    """However they are written, and also as negated bad ones."""
    assert value(text) > 0


@pytest.mark.parametrize(
    "text",
    [
        "rug pull", "RUGPULL!!!", "#rugpull", "💀", "📉📉", "🐻", "dead cat bounce", "bag holders", "going concern",
        "cuts guidance", "misses", "misses estimates", "-3%", "down 7%", "not going to moon", "isn\u2019t bullish",
        "isn\u2019t, sadly, bullish", "not bullish!!!!", "never bullish 🙄", "no growth, no profits, no hope",
        "lacks momentum", "price target cut", "lowers its guidance", "downgraded to sell", "🤡🤡", "short it",
        "buying puts",
    ],
)  # fmt: skip
def test_bad_words_are_heard(text: str) -> None:
    """However they are written, and also as negated good ones."""
    assert value(text) < 0


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("profit rose", "profit fell"),
        ("the loss narrowed", "the loss widened"),
        ("costs decreased", "costs increased"),
        ("unemployment falls", "unemployment rises"),
        ("higher sales", "lower sales"),
        ("lower costs", "higher costs"),
        ("growth in sales", "decline in sales"),
        ("raises dividend", "cuts dividend"),
        ("sales were EUR 12 mn, compared to EUR 9 mn", "sales were EUR 9 mn, compared to EUR 12 mn"),
        ("net loss was 1.2 mn vs 2.9 mn", "net loss was 2.9 mn vs 1.2 mn"),
        ("EPS $1.10 vs. 94 cents a year ago", "EPS 94 cents vs. $1.10 a year ago"),
        ("profit of EUR 1 mn compared to a loss of EUR 2 mn", "loss of EUR 2 mn compared to a profit of EUR 1 mn"),
        ("operating profit was EUR 7.1 mn (5.2)", "operating profit was EUR 5.2 mn (7.1)"),
        ("profit after taxes increased", "profit after taxes decreased"),
        ("swung to a profit", "swung to a loss"),
        ("upgraded to buy from hold", "downgraded to hold from buy"),
        ("profit was EUR 1.2 bn against EUR 900 mn", "profit was EUR 900 mn against EUR 1.2 bn"),
    ],
)
def test_what_went_up_decides(good: str, bad: str) -> None:
    """A direction times what it speaks of, and numbers set against each other in their units."""
    assert value(good) > 0 > value(bad)


@pytest.mark.parametrize(
    "text",
    [
        "United shares", "Amazon gross interest", "security of supply", "the stake rose to 5 percent",
        "the central bank cut its key rate", "profit in 2009 compared to 2008", "a credit union", "an energy company",
        "earnings call on Tuesday", "short interest data", "Green Bank", "at 9 am", "(%", "sales",
    ],
)  # fmt: skip
def test_words_that_only_sound_like_an_opinion_say_nothing(text: str) -> None:
    """Names and trade words that VADER's list takes for feelings, and changes that are neither good nor bad."""
    assert SCORER.score(text).label is SentimentLabel.NEUTRAL


def test_emphasis_counts() -> None:
    """Marks, capitals among small letters, and degree adverbs make a word heavier; forty rockets weigh as three."""
    assert value("bullish") < value("bullish!") < value("bullish!!!")
    assert value("this is bullish") < value("this is BULLISH")
    assert value("this is bullish") < value("this is extremely bullish")
    assert value("this is slightly bullish") < value("this is bullish")
    assert value("🚀") < value("🚀🚀") < value("🚀🚀🚀") == value("🚀" * 40)


def test_evidence_shows_the_text_as_it_stands() -> None:
    """A phrase is one entry; words keep their case and lose their punctuation."""
    assert [word for word, _ in SCORER.score("(BULLISH), to The Moon!! 🚀").evidence] == [
        "BULLISH",
        "to The Moon",
        "🚀",
    ]
    assert [word for word, _ in SCORER.score("Costs fell sharply.").evidence] == ["fell"]


def test_the_normalised_text_is_what_the_rules_see() -> None:
    """URLs and lone letters are gone, quotes straight, emoji apart, phrases in brackets."""
    text = "\u201cDon\u2019t sell\u201d $GME to the moon!!🚀 https://example.com/a #BuyTheDip"
    assert SCORER.normalised(text) == "[don't sell] $gme [to the moon] 🚀 [buy the dip]"
