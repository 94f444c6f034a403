"""The sums over mentions that every sentiment statement makes: of roll-ups, of raw rows, and of both together."""

import asyncpg

from storage.rows import SentimentTotals

NAMES = ("mention_count", "score_sum", "score_squares", "positive", "neutral", "negative")
LIST = ", ".join(NAMES)

OF_ROLLUPS = ", ".join(f"sum({name})::bigint AS {name}" for name in NAMES)
"""Sums over rows that have the columns of sentiment_data."""

ONE_MENTION = """
1 AS mention_count, score AS score_sum, score::bigint * score AS score_squares,
(label = 'positive')::integer AS positive, (label = 'neutral')::integer AS neutral,
(label = 'negative')::integer AS negative
"""
"""A mention as a roll-up of itself alone."""


def totals(row: asyncpg.Record) -> SentimentTotals:
    """Read the sums off a record that ends with `NAMES`; where it has nulls there was nothing to add up."""
    return SentimentTotals(*(number or 0 for number in row[-len(NAMES) :]))
