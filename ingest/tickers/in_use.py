"""Tells names of services, shops and brokerages that somebody only uses from those of companies that a text is about.

"Saw it on Facebook", "my Uber driver", "a Zoom call", "just google it" and "moved from Robinhood" name nobody's stock.
"""

from typing import Final

from ingest.tickers import phrases
from ingest.tickers.surroundings import Surroundings


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BROKERAGES: Final = frozenset({"BULL", "COIN", "ETOR", "HOOD", "IBKR", "SCHW"})
_SERVICES: Final = BROKERAGES | frozenset(
    """
    ABNB AMZN BKNG CART DASH DIS EBAY ETSY EXPE GOOGL LYFT META MTCH NFLX PINS PYPL RDDT ROKU SNAP SOFI SPOT UBER YELP
    Z ZM
    """.split()  # noqa: SIM905  # a table of words is easier to read and to extend
)
_SHOPS: Final = frozenset({"BBY", "CMG", "COST", "CVS", "DG", "HD", "KR", "LOW", "MCD", "SBUX", "TGT", "WEN", "WMT"})
USED: Final = _SERVICES | _SHOPS
"""Symbols of companies whose names are in everybody's mouth as a place or a tool."""

_MEETINGS: Final = "ZM"
_BY_MEANS_OF: Final = _words(
    "via using use used uses through thru my your his her our an a download downloaded open opened browse browsing"
    " watch watched watching delete deleted"
)
_STANDS_ON: Final = (
    phrases.SUBJECTS
    | phrases.BUYS
    | _words(
        "ban based bid blame bomb case cautious constructive crackdown depend depends down eye eyes fine fines"
        " focus lawsuit lot negative neutral news optimistic positive pressure probe pt pts relies rely report"
        " ruling spend spends take takes target targets tax up upbeat view views war"
    )
) - {"sold", "sell", "selling", "bought", "buy", "buying", "watching", "sells"}
"""Behind these, "on" speaks of the company: bullish on Netflix, a ruling on Google. A couch is sold on Facebook."""
_VISITED: Final = _words("at to went visit visited")
_THINGS: Final = _words(
    "account app call card channel comment comments customer doc docs documentary driver gift group invite kids link"
    " maps marathon meeting meetings package packages page parcel password playlist post posts profile receipt ride"
    " seller series sheet sheets show support thread translate user video videos wishlist"
)
_SERVED: Final = _words("delivery customer tech")
_STAFF: Final = _words("guy guys driver man dude person service support rep")
_BROKERS: Final = _words("broker brokers brokerage brokerages fidelity vanguard webull etrade tastytrade")
_SOUGHT: Final = _words("it him her them how what")
_VERB_BEFORE: Final = _words("just to you i we can please could should gotta lemme they")
_MOVED: Final = _words("at from like leave leaving left off to with")
_CUSTOMERS: Final = _words(
    "i me my we you your anyone u im went go going trip run drove switched switch moved transferred"
)
_TO_ME: Final = _words("me my our")
_OWNED: Final = phrases.HELD | phrases.SHARE_NOUNS
_STATES: Final = _words("is was are 's in of remains still with for on by")
_OUTAGE: Final = _words("is was 's went goes keeps")
_CUSTOMER_WITHIN: Final = 12


def is_meeting(around: Surroundings, symbol: str, last: int) -> bool:
    """Whether a "call" behind the name is one by video, and no option."""
    return symbol == _MEETINGS and around.word(last + 1) == "call"


def only_used(around: Surroundings, symbol: str, i: int, last: int, *, small: bool) -> bool:
    """Whether the name from `i` to `last` is a place or tool of the writer; `small`: it is in small letters.

    The caller has seen no word of the market right beside it.
    """
    before, after = around.word(i - 1), around.word(last + 1)
    if symbol not in USED or after in phrases.HELD:
        return False
    on = i - 3 if before == "and" else i - 1
    if before in _BY_MEANS_OF or (around.word(on) == "on" and around.word(on - 1) not in _STANDS_ON):
        return True
    if _sought_or_served(around, i, last, small=small) or _done_to_me(around, last):
        return True
    if symbol in _SHOPS:
        return before in _VISITED and _by_customer(around, i)
    return symbol in BROKERAGES and _as_brokerage(around, i, last)


def _sought_or_served(around: Surroundings, i: int, last: int, *, small: bool) -> bool:
    """Google it; my Netflix account; an Amazon delivery guy; Netflix and chill."""
    before, after, later = around.word(i - 1), around.word(last + 1), around.word(last + 2)
    sought = after in _SOUGHT and before not in phrases.JOINTS
    served = after in _THINGS or (after in _SERVED and later in _STAFF) or (after, later) == ("and", "chill")
    return sought or served or (small and before in _VERB_BEFORE)


def _done_to_me(around: Surroundings, last: int) -> bool:
    """Amazon lost my package; Robinhood won't let me."""
    return any(
        around.word(place) in _TO_ME and around.word(place - 1) not in _STATES and around.word(place + 1) not in _OWNED
        for place in range(last + 2, last + 6)
    )


def _as_brokerage(around: Surroundings, i: int, last: int) -> bool:
    """Robinhood is down; I moved from Robinhood; which broker do you use, Robinhood?"""
    after = around.word(last + 1)
    if after == "down" or (after in _OUTAGE and around.word(last + 2) == "down"):
        return True
    compared = any(around.word(k) in _BROKERS for k in range(max(i - _CUSTOMER_WITHIN, 0), i + _CUSTOMER_WITHIN))
    return (compared or around.word(i - 1) in _MOVED) and _by_customer(around, i)


def _by_customer(around: Surroundings, i: int) -> bool:
    return any(around.word(place) in _CUSTOMERS for place in range(max(i - _CUSTOMER_WITHIN, 0), i + _CUSTOMER_WITHIN))
