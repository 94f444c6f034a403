"""The market, shared with whole-request tests, and a server over a copy of it that tests may register documents in."""

from tests.flows.conftest import plain_market_url, timescale_market_url

__all__ = ["plain_market_url", "timescale_market_url"]
