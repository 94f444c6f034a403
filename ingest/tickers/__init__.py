"""Finds the listed stocks that a text names; the tiers and their measured precision stand in docs/tickers.md."""

from ingest.tickers.extractor import Extractor
from ingest.tickers.listing import Listing
from ingest.tickers.match import Match, Tier

__all__ = ["Extractor", "Listing", "Match", "Tier"]
