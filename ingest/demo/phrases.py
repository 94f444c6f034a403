"""What the demo's crowd says. `{a}` is the stock the post is about, `{b}` another one in the posts that name two.

Claims are grouped by how they sound, from strongly negative to strongly positive; the scorer alone decides on the
score, so a group is only a tendency.
"""

from typing import Final

OPENERS: Final = (
    "",
    "",
    "Quick take:",
    "Morning thoughts on the tape.",
    "Been watching this for weeks.",
    "Unpopular opinion:",
    "Not advice, just my view.",
    "Checking in after lunch.",
    "Reading the filing again.",
    "Second time I post this:",
    "From my notes:",
    "Weekend homework:",
)

CLAIMS: Final[tuple[tuple[str, ...], ...]] = (
    (
        "{a} is a disaster and the guidance was terrible",
        "awful quarter for {a}, margins collapsed and management is in denial",
        "{a} looks like a fraud to me, I lost faith completely",
        "the crash in {a} is not over, this is pure panic",
        "{a} is going bankrupt at this rate, horrible numbers",
        "worst earnings call I have heard, {a} failed on every line",
        "I hate what {a} has become, angry shareholders everywhere",
        "{a} destroyed my account, devastating gap down",
    ),
    (
        "{a} missed revenue and the outlook is weak",
        "worried about {a}, demand is slowing",
        "sold {a} today, the risk is too high here",
        "{a} keeps losing share to competitors",
        "short {a} until the debt problem is solved",
        "{a} downgraded again, analysts are doubtful",
        "the chart of {a} broke support and sellers are in control",
        "{a} has a warning in the filing about lawsuits",
        "no confidence in {a} while costs rise",
        "{a} disappointed me this quarter",
    ),
    (
        "{a} reports on Thursday after the close",
        "anyone following {a} into the print?",
        "{a} trades near its average of fifty days",
        "what is the implied move for {a} this week?",
        "{a} filed its quarterly report this morning",
        "volume in {a} is about what it was yesterday",
        "the board of {a} meets next week",
        "{a} moved its conference to the autumn",
        "looking for a level to enter {a}",
        "{a} will join the panel on supply chains",
        "options flow in {a} is mixed",
    ),
    (
        "{a} beat estimates and raised guidance",
        "bought more {a}, the valuation looks fair and growth is solid",
        "I like the new product line of {a}",
        "{a} is holding support, buyers are confident",
        "nice breakout in {a} on strong volume",
        "{a} upgraded today with a better outlook",
        "good cash flow at {a}, the dividend is safe",
        "{a} is winning customers, margins improve",
        "calls on {a} are paying well",
        "happy with {a}, profit is up again",
    ),
    (
        "{a} crushed it, best quarter ever and an amazing outlook",
        "incredible strength in {a}, this is a huge win",
        "I love {a}, brilliant execution and great leadership",
        "{a} to the moon, fantastic numbers!!",
        "{a} is the strongest company I own, superb results",
        "what a beautiful breakout, {a} makes my portfolio happy!",
        "{a} delivered excellent growth and a perfect margin",
        "massive success for {a}, bulls are thrilled",
    ),
)

PAIRS: Final = (
    "{a} or {b} for the next year?",
    "rotating from {b} into {a}, better growth for the price",
    "{a} looks strong while {b} is losing momentum",
    "{a} and {b} both fell after weak retail data",
    "pair trade: long {a}, short {b}",
    "{a} is the winner here, {b} disappoints",
    "great numbers from {a} should help {b} as well",
    "comparing margins of {a} and {b} tonight",
)

CLOSERS: Final = (
    "",
    "",
    "",
    "Let's see.",
    "What do you think?",
    "Position: small.",
    "I may be wrong.",
    "Holding into next week.",
    "Patience.",
    "Time will tell!",
    "End of note.",
    "More after the close.",
)

HEADLINES: Final[tuple[tuple[str, ...], ...]] = (
    ("{a} plunges after disastrous results", "Fraud probe at {a} alarms investors"),
    ("{a} slips on weak demand", "Analysts cut {a} on slowing growth, cite risk", "{a} warns of lower profit"),
    ("{a} to present at industry conference", "{a} names new head of operations", "{a} sets date for annual meeting"),
    ("{a} gains on solid orders", "{a} raises dividend on strong cash flow", "{a} wins supply contract"),
    ("{a} soars on best quarter in its history", "Record profit at {a} delights investors"),
)

COMMUNITIES: Final = ("demo_stocks", "demo_investing", "demo_options", "demo_dividends", "demo_daytrading")
NEWSROOMS: Final = ("Demo Newswire", "Simulated Markets Daily")
