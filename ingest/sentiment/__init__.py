"""Sentiment of a text about stocks: a score, its class, and the words that made it."""

from ingest.sentiment.scorer import EVIDENCE_WORDS, Score, Scorer, label_of

__all__ = ["EVIDENCE_WORDS", "Score", "Scorer", "label_of"]
