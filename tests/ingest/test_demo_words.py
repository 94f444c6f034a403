"""Demo posts: marked as simulated, found and scored as the intake would."""

from datetime import UTC, datetime

from ingest.demo.companies import demo_companies
from ingest.demo.crowd import Crowd
from ingest.demo.market import Market, hour_of
from ingest.demo.phrases import CLAIMS, CLOSERS, HEADLINES, OPENERS, PAIRS
from ingest.demo.words import ID_PREFIX, Writer, id_of
from ingest.sentiment import Scorer
from ingest.tickers import Extractor, Listing
from storage.terms import SentimentLabel, Source

START = hour_of(datetime(2026, 3, 3, 7, tzinfo=UTC))
COMPANIES = demo_companies()
SYMBOLS = [company.symbol for company in COMPANIES]


def test_there_are_500_real_companies_marked_as_simulated() -> None:
    """Names, sectors and exchanges are real where the package is clear about them; the rest is null."""
    by_symbol = {company.symbol: company for company in COMPANIES}
    assert len(by_symbol) == 500
    assert all(company.simulated and company.market_cap is None for company in COMPANIES)
    assert (by_symbol["MMM"].exchange, by_symbol["MMM"].sector) == ("NYSE", "Industrials")
    assert "BRK.B" in by_symbol
    assert {company.exchange for company in COMPANIES} == {"NYSE", "NASDAQ", None}
    assert sum(company.sector is None for company in COMPANIES) < 50


def test_a_post_says_what_the_intake_would_find_in_it() -> None:
    """Mentions, scores and labels are those that ticker search and scorer give to the finished text."""
    writer, scorer, extractor = Writer(Scorer()), Scorer(), Extractor(Listing.of_symbols(SYMBOLS))
    crowd = Crowd(Market(SYMBOLS))
    posts = [writer.post(sketch) for hour in range(START, START + 24) for sketch in crowd.hour(hour)]
    assert {post.source for post in posts} == set(Source)
    assert any(len(post.mentions) > 1 for post in posts)
    for post in posts:
        assert [match.symbol for match in extractor.find(post.text)] == [
            mention.symbol for mention in sorted(post.mentions, key=lambda each: post.text.index(f"${each.symbol}"))
        ]
        score = scorer.score(post.text)
        assert {(mention.score, mention.label) for mention in post.mentions} == {(score.value, score.label)}
        assert post.simulated
        assert "simulated" in (post.author or "")
        assert post.external_id.startswith(id_of(post.posted_at))
        assert "{" not in post.text


def test_ids_ascend_with_time() -> None:
    """The ledger finds the newest post, and the old ones to delete, by the order of ids."""
    writer, crowd = Writer(Scorer()), Crowd(Market(SYMBOLS[:20]))
    posts = [writer.post(sketch) for hour in range(START, START + 30) for sketch in crowd.hour(hour)]
    assert [post.external_id for post in posts] == sorted({post.external_id for post in posts})
    assert all(ID_PREFIX <= post.external_id < ID_PREFIX + "~" for post in posts)


def test_moods_are_heard() -> None:
    """Strongly positive claims score above neutral ones on average, these above strongly negative ones."""
    scorer = Scorer()
    means = [sum(scorer.score(claim).value for claim in group) / len(group) for group in CLAIMS]
    assert means == sorted(means)
    assert {scorer.score(claim).label for group in CLAIMS for claim in group} == set(SentimentLabel)


def test_every_template_names_its_stocks() -> None:
    """Placeholders are where they belong, and nowhere else."""
    for group in (*CLAIMS, *HEADLINES):
        assert all(claim.count("{a}") == 1 and "{b}" not in claim for claim in group)
    assert all(pair.count("{a}") == 1 and pair.count("{b}") == 1 for pair in PAIRS)
    assert not any("{" in text for text in (*OPENERS, *CLOSERS))
