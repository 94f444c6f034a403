"""Rules that a second reader's sentences asked for: what is compared, what is raised, and whose trouble it is."""

import pytest

from ingest.sentiment import Scorer

SCORER = Scorer()


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Quarterly loss wider than estimates", -1),
        ("Sales higher than estimates", 1),
        ("Costs were lower than expected", 1),
        ("Net sales were lower than expected", -1),
        ("The airline cuts its capacity growth forecast", -1),
        ("Raises growth forecast", 1),
        ("Net profit of EUR 10 mn, compared with a loss of EUR 3 mn", 1),
        ("Net loss of EUR 3 mn, compared with a profit of EUR 10 mn", -1),
        ("Operating profit was EUR 7.1 mn (EUR 5.2 mn)", 1),
        ("Operating profit was EUR 5.2 mn (EUR 7.1 mn)", -1),
        ("Operating profit was EUR 5.2 mn (USD 7.1 mn)", 0),
        ("The start-up raises $100M from investors", 0),
        ("Raises dividend by 5%", 1),
        ("The chairman took up his post and set up an office", 0),
    ],
)
def test_a_direction_is_read_with_what_it_is_set_against(text: str, sign: int) -> None:
    """What stands behind "than" is a measure only, a conversion compares nothing, and money raised is no gain."""
    value = SCORER.score(text).value
    assert (value > 0) - (value < 0) == sign, SCORER.score(text)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("bears rekt again", 1),
        ("good luck bears", 1),
        ("shorts are gonna get burned", 1),
        ("bulls rekt again", -1),
        ("good luck bulls", -1),
        ("bulls about to get wrecked", -1),
        ("bulls are not crying", 1),
        ("sold puts at 40", 1),
        ("bought puts at 40", -1),
    ],
)
def test_trouble_of_one_side_is_good_for_the_other(text: str, sign: int) -> None:
    """Retail messages mock the other side: the harsh words are theirs, and the price goes the other way."""
    value = SCORER.score(f"$XYZ {text}").value
    assert (value > 0) - (value < 0) == sign, SCORER.score(text)


@pytest.mark.parametrize("text", ["company", "Company,", "(Company)", "company.", "COMPANY!", "\u201ccompany\u201d"])
def test_a_word_is_the_same_however_it_is_wrapped(text: str) -> None:
    """The short way for plain words and the long way for all others read the same word."""
    assert SCORER.normalised(text) == "company"
    assert SCORER.score(f"{text} great news").evidence == SCORER.score("the great news").evidence
