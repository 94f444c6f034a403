"""The four shapes of requests, each as a GraphQL operation and as the hand-written endpoint's path."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WATCHLIST = """
query Watchlist($symbols: [String!]!, $first: Int!) {
  stocks(filter: { symbols: $symbols }, first: $first) {
    nodes {
      symbol
      name
      exchange
      sector
      quote { price change changePercent volume }
      sentiment(timeframe: DAY) { mentionCount averageScore standardError positive neutral negative }
      mentions(first: 5) {
        nodes { source community author text score label postedAt engagement }
      }
    }
  }
}
"""
STOCK_PAGE = """
query StockPage($symbol: String!) {
  stock(symbol: $symbol) {
    symbol
    name
    prices(bucket: HOUR, last: 100) {
      nodes { time open high low close volume }
    }
    sentiment(timeframe: DAY) { mentionCount averageScore standardError positive neutral negative }
    mentions(first: 20) {
      nodes { source community author text score label postedAt engagement }
    }
  }
}
"""
TRENDING = """
query Trending {
  trending(timeframe: DAY, first: 20) {
    window { from to }
    computedAt
    entries {
      rank
      previousRank
      mentionCount
      previousMentionCount
      growth
      zScore
      averageScore
      sentimentRank
      stock { symbol name }
    }
  }
}
"""
SINGLE_STOCK = """
query SingleStock($symbol: String!) {
  stock(symbol: $symbol) { symbol name exchange sector industry marketCap }
}
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape with the variables that requests take in turn, and the path that answers the same without GraphQL."""

    name: str
    document: str
    variables: Sequence[dict[str, Any]]
    path: str

    def asked_of_us(self) -> list[str]:
        """Return whole HTTP requests for the API."""
        return [_post("/graphql", {"query": self.document, "variables": each}) for each in self.variables]

    def asked_of_limit(self) -> list[str]:
        """Return whole HTTP requests for the hand-written endpoint."""
        return [
            _post(self.path, each) if "symbols" in each else _get(self.path.format_map(each)) for each in self.variables
        ]


def shapes(symbols: Sequence[str]) -> list[Shape]:
    """Return the four shapes over at least 200 symbols, the most mentioned first."""
    lists = [{"symbols": sorted(symbols[start:200:4]), "first": 50} for start in range(4)]
    return [
        Shape("watchlist", WATCHLIST, lists, "/watchlist"),
        Shape("stock page", STOCK_PAGE, [{"symbol": symbol} for symbol in symbols[:20]], "/pages/{symbol}"),
        Shape("trending 20", TRENDING, [{}], "/trending"),
        Shape("single stock", SINGLE_STOCK, [{"symbol": symbol} for symbol in symbols[:100]], "/stocks/{symbol}"),
    ]


def watchlist_of(symbols: Sequence[str], size: int) -> Shape:
    """Return a watchlist of another size, for what each stock adds."""
    chosen = {"symbols": sorted(symbols[:size]), "first": size}
    return Shape(f"watchlist of {size}", WATCHLIST, [chosen], "/watchlist")


def _post(path: str, body: dict[str, Any]) -> str:
    payload = json.dumps(body)
    return (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\ncontent-type: application/json\r\n"
        f"content-length: {len(payload)}\r\n\r\n{payload}"
    )


def _get(path: str) -> str:
    return f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n\r\n"
