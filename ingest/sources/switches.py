"""Which sources are on, and why: a source is on when its settings name what it needs, and nothing else turns it on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ingest.sources.news.feed_poll import name_of
from ingest.sources.yahoo.followed import named_symbols
from ops.settings import Settings
from storage.terms import Feed

_COMMUNITY: Final = re.compile(r"[A-Za-z0-9_]{2,21}")


@dataclass(frozen=True, slots=True)
class Switch:
    """One source: what it reads, in words, and the variables that it lacks; without lacks it is on."""

    feed: Feed
    reads: str
    lacks: tuple[str, ...]

    @property
    def on(self) -> bool:
        """Whether the source has what it needs."""
        return not self.lacks

    @property
    def why(self) -> str:
        """Say why it is on or off."""
        return self.reads if self.on else f"lacks {' and '.join(self.lacks)}"


def switches(settings: Settings) -> dict[Feed, Switch]:
    """Return every source. Raise ValueError, naming the variable, for a value that the source could not read."""
    found = (_yahoo(settings), _reddit(settings), _x(settings), _news(settings))
    return {switch.feed: switch for switch in found}


def communities(settings: Settings) -> tuple[str, ...]:
    """Return the communities without "r/", each once. Raise ValueError for a name that cannot be one."""
    named: dict[str, str] = {}
    for given in settings.reddit.communities:
        name = given.strip().removeprefix("/").removeprefix("r/").rstrip("/")
        if not _COMMUNITY.fullmatch(name):
            raise ValueError(f"INSITECHART_REDDIT_COMMUNITIES: {given!r} is not a community's name, as stocks")
        named.setdefault(name.lower(), name)
    return tuple(named.values())


def _yahoo(settings: Settings) -> Switch:
    yahoo, named = settings.yahoo, named_symbols(settings.yahoo)
    parts = [_counted(len(named), "symbol")] if named else []
    parts += ["every listed stock"] if yahoo.listed else []
    lacks = () if parts else ("INSITECHART_YAHOO_SYMBOLS (or INSITECHART_YAHOO_LISTED=true)",)
    return Switch(
        Feed.YAHOO, f"{' and '.join(parts)}: quotes, and bars of {', '.join(yahoo.widths) or 'no width'}", lacks
    )


def _reddit(settings: Settings) -> Switch:
    reddit = settings.reddit
    needs = {
        "INSITECHART_REDDIT_CLIENT_ID": reddit.client_id and reddit.client_id.get_secret_value(),
        "INSITECHART_REDDIT_CLIENT_SECRET": reddit.client_secret and reddit.client_secret.get_secret_value(),
        "INSITECHART_REDDIT_USER_AGENT": reddit.user_agent and reddit.user_agent.strip(),
        "INSITECHART_REDDIT_COMMUNITIES": reddit.communities,
    }
    return Switch(Feed.REDDIT, f"r/{', r/'.join(communities(settings))}", _lacking(needs))


def _x(settings: Settings) -> Switch:
    x = settings.x
    needs = {
        "INSITECHART_X_BEARER_TOKEN": x.bearer_token and x.bearer_token.get_secret_value(),
        "INSITECHART_X_QUERY": x.query and x.query.strip(),
    }
    return Switch(Feed.X, f"recent posts for a query of {_counted(len(x.query or ''), 'character')}", _lacking(needs))


def _news(settings: Settings) -> Switch:
    feeds = settings.news.feeds
    names = ", ".join(dict.fromkeys(name_of(feed.get_secret_value()) for feed in feeds))
    reads = f"{_counted(len(feeds), 'feed')}, in this order: {names}"
    return Switch(Feed.NEWS, reads, _lacking({"INSITECHART_NEWS_FEEDS": feeds}))


def _lacking(needs: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(name for name, value in needs.items() if not value)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
