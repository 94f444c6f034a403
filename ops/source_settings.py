"""Settings of the sources: one group each, and a source whose group lacks something it needs is off.

Addresses can be changed for the sake of a proxy. Credentials travel to them, so they are https, or this very machine.
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_YEAR_SECONDS = 31_536_000
_LONGEST_QUERY = 512  # characters that X's recent search takes


def _private(url: str) -> str:
    """Refuse an address to which a secret would travel in the open; drop the slash at its end."""
    try:
        parts = urlsplit(url)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        whole = bool(parts.hostname) and not parts.query and not parts.fragment and parts.username is None
    except ValueError:
        safe = whole = False
    if not safe or not whole:
        raise ValueError("an address like https://api.example.com is expected; http is for this machine only")
    return url.rstrip("/")


def _feed_addresses(urls: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    """Refuse what is no web address, by its place: the address may hold a key."""
    for place, url in enumerate(urls, start=1):
        try:
            parts = urlsplit(url.get_secret_value())
            known = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            known = False
        if not known:
            raise ValueError(f"feed {place} of the list is no address that begins with https:// or http://")
    return urls


def _header(value: str) -> str:
    """Refuse what a request's header cannot carry; drop the space around it, as files of secrets end in a new line."""
    stripped = value.strip()
    if not (stripped.isascii() and stripped.isprintable()):
        raise ValueError("one line of ASCII characters is expected: it travels in a header")
    return stripped


def _secret_header(value: SecretStr) -> SecretStr:
    return SecretStr(_header(value.get_secret_value()))


Address = Annotated[str, AfterValidator(_private)]
Width = Literal["1m", "1h", "1d"]


class YahooSettings(BaseSettings):
    """Prices. There are no credentials, so it is on when it is told what to follow."""

    model_config = SettingsConfigDict(
        env_prefix="INSITECHART_YAHOO_", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    symbols: tuple[str, ...] = Field((), description="symbols to follow, spelled as Yahoo does (BRK-B)")
    listed: bool = Field(default=False, description="true follows every listed stock that is not simulated, too")
    widths: tuple[Width, ...] = Field(("1h", "1d"), description="widths of the bars to keep: 1m, 1h, 1d")
    backfill_days: int = Field(30, ge=1, le=3_650, description="days of bars to fetch for a symbol that has none")
    quote_seconds: float = Field(60.0, gt=0, le=_YEAR_SECONDS, description="seconds between two rounds of quotes")
    bar_seconds: float = Field(900.0, gt=0, le=_YEAR_SECONDS, description="seconds between two rounds of bars")
    url: Address = Field("https://query1.finance.yahoo.com", description="where chart, quote and search are")
    cookie_url: Address = Field("https://fc.yahoo.com", description="where the cookie that quotes need is given out")


class RedditSettings(BaseSettings):
    """Posts of communities, by an application's own credentials."""

    model_config = SettingsConfigDict(
        env_prefix="INSITECHART_REDDIT_", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    client_id: SecretStr | None = Field(None, description="the id of the application that Reddit registered")
    client_secret: SecretStr | None = Field(None, description="the application's secret")
    user_agent: Annotated[str, AfterValidator(_header)] | None = Field(
        None, description="who is asking, as in linux:myapp:1.0 (by /u/name)"
    )
    communities: tuple[str, ...] = Field((), description="subreddits to follow, without r/")
    poll_seconds: float = Field(60.0, gt=0, le=_YEAR_SECONDS, description="seconds between two readings of a community")
    check_seconds: int = Field(
        3_600, ge=0, le=_YEAR_SECONDS, description="seconds until a post is looked up for deletion; 0 for never"
    )
    url: Address = Field("https://oauth.reddit.com", description="where the API is")
    token_url: Address = Field("https://www.reddit.com", description="where access tokens are given out")


class XSettings(BaseSettings):
    """Posts that a search finds, by a bearer token."""

    model_config = SettingsConfigDict(
        env_prefix="INSITECHART_X_", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    bearer_token: Annotated[SecretStr, AfterValidator(_secret_header)] | None = Field(
        None, description="the application's bearer token"
    )
    query: str | None = Field(None, max_length=_LONGEST_QUERY, description="what to search for, 512 characters at most")
    poll_seconds: float = Field(60.0, gt=0, le=_YEAR_SECONDS, description="seconds between two searches")
    pages: int = Field(10, ge=1, le=100, description="pages of 100 posts that one search may read")
    lookback_hours: int = Field(24, ge=1, le=160, description="hours that the first search reaches back")
    check_seconds: int = Field(
        21_600, ge=0, le=_YEAR_SECONDS, description="seconds until a post is looked up for deletion; 0 for never"
    )
    url: Address = Field("https://api.x.com", description="where the API is")


class NewsSettings(BaseSettings):
    """Articles of RSS and Atom feeds."""

    model_config = SettingsConfigDict(
        env_prefix="INSITECHART_NEWS_", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    feeds: Annotated[tuple[SecretStr, ...], AfterValidator(_feed_addresses)] = Field(
        (), description="addresses of RSS or Atom feeds"
    )
    poll_seconds: float = Field(300.0, gt=0, le=_YEAR_SECONDS, description="seconds between two readings of a feed")
    lookback_days: int = Field(7, ge=1, le=366, description="days that the first reading of a feed reaches back")
