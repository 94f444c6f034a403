"""Decides for one token of a text whether it is a symbol there, by how it is spelled and what surrounds it."""

from collections.abc import Sequence
from typing import Final

from ingest.tickers import brackets, phrases
from ingest.tickers.in_use import BROKERAGES, only_used
from ingest.tickers.listing import Listing
from ingest.tickers.match import Tier
from ingest.tickers.naming import ends_longer_name
from ingest.tickers.surroundings import Surroundings
from ingest.tickers.symbol_lists import company_of
from ingest.tickers.vocabulary import Entry, Spelling, Vocabulary

Verdict = tuple[Tier, str] | None

_READMITTED: Final = frozenset({"NOW", "AI", "ON", "ALL", "BE", "WELL", "RUN", "PLAY", "TD", "SO", "GO", "RH"})
"""Hard words that are companies people write about: at the start of a sentence a move or an event takes them."""
_WORDLIKE: Final = frozenset(
    {"cat", "ups", "snap", "pins", "dis", "hum", "ms", "ba", "meta", "aa", "riot", "abt", "low"}
)
_TOPIC: Final = "AI"
"""A company that is written of far less than the subject of the same name."""
_GREETING: Final = "GM"
"""Good morning, where it opens a post and others are greeted."""
_LEGAL_FORMS: Final = frozenset({"AG", "SE"})
"""Symbols that behind a name are another country's Inc."""
_SHORT: Final = 2
_ARTICLES: Final = frozenset({"a", "an"})
_SLASH: Final = frozenset({"/"})
_VERSUS: Final = frozenset({"vs", "versus"})
_SAID_OF_BOTH: Final = frozenset({"are", "both", "have", "report", "look", "will", "were", ",", "?"})
_PRONOUNS: Final = frozenset({"A", "I"})
_HARD_NOUNS: Final = frozenset({"calls", "puts", "leaps", "earnings", "shares"})
_SINGLE_NOUNS: Final = phrases.OPTION_NOUNS | {"guidance", "revenue", "gang", "eps", "valuation", "bulls", "bagholders"}
_YOU: Final = "U"
_OVER: Final = frozenset({"over"})
_SECURITIES: Final = frozenset({"shares", "calls", "puts", "leaps", "fds"})
_BEFORE_NOUNS: Final = (
    frozenset({"of", "into", "after", "before", "for", "on", "my", "these", "from", "with", "some"}) | phrases.BUYS
)
_STARTS: Final = frozenset({"\n", ".", "!", "?", ";", ":", ",", "(", "-"})


class Judgement:
    """Judges the tokens of one text; `shouts` says that its upper case carries no meaning."""

    def __init__(self, tokens: Sequence[str], around: Surroundings, vocabulary: Vocabulary, listing: Listing) -> None:
        self._tokens = tokens
        self._around = around
        self._vocabulary = vocabulary
        self._listing = listing
        self.shouts = False

    def of_symbol(self, i: int, entry: Entry) -> Verdict:
        """Whether the token is a symbol, with the tier and the reason."""
        around, token = self._around, self._tokens[i]
        if around.foreign(i) or (token in _LEGAL_FORMS and ends_longer_name(self._tokens, i)):
            return None
        if reason := around.exchange(i):
            return "context", f"{token} {reason}"
        if entry.spelling is Spelling.NEVER:
            return None
        if self._may_have_options(i, entry.spelling, token) and (reason := around.option(i)):
            return "context", f"{token}, {reason}"
        if entry.spelling is Spelling.PLAIN:
            return self._plain(i, token)
        named = self._beside_name(i, token, entry)
        reason = named or self._reason(i, token, entry.spelling)
        return ("context", f"{token}, {reason}") if reason else None

    def _may_have_options(self, i: int, spelling: Spelling, token: str) -> bool:
        """Whether a strike behind the token can be its own: in "SPY MAR 450c" and "450 C 3/21" it is not."""
        if spelling is Spelling.HARD:
            return token in _READMITTED
        return spelling is not Spelling.SINGLE or not self._around.word(i - 1).lstrip("$").isdigit()

    def _reason(self, i: int, token: str, spelling: Spelling) -> str | None:
        if spelling is Spelling.SMALL:
            return self._small(i, token)
        if self.shouts:
            return self._around.subject(i) if spelling is Spelling.ORDINARY and self._around.closed(i) else None
        if spelling is Spelling.ORDINARY:
            return self._ordinary(i)
        return self._single(i, token) if spelling is Spelling.SINGLE else self._hard(i, token)

    def _plain(self, i: int, token: str) -> Verdict:
        around = self._around
        after = around.word(i + 1)
        if (after[0] == "-" and after[1:].isdigit()) or after in phrases.NOT_OF_STOCKS:
            return None
        if token.upper() == _GREETING and after in phrases.GREETED:
            return None
        reason = (
            around.subject(i)
            or around.bought(i)
            or around.noun(i)
            or around.move(i)
            or around.price(i)
            or around.verdict(i)
        )
        if reason:
            return "context", f"{token}, {reason}"
        if len(token) <= _SHORT and around.word(i - 1) in _ARTICLES:
            return None
        if token in BROKERAGES and only_used(around, token, i, i, small=False):
            return None
        return "bare", f"listed symbol {token}"

    def _small(self, i: int, token: str) -> str | None:
        around = self._around
        if token in _WORDLIKE:
            return around.noun(i, _HARD_NOUNS - {"shares"})
        if around.closed(i) and (reason := around.subject(i) or around.bought(i)):
            return reason
        return around.noun(i, phrases.OPTION_NOUNS) or around.price(i) or around.move(i)

    def _ordinary(self, i: int) -> str | None:
        around = self._around
        dealt = (around.subject(i) or around.bought(i)) if around.closed(i) else None
        if reason := dealt or around.owned(i) or self._preferred(i):
            return reason
        if reason := self._listed(i, divided=1, spaced=2):
            return reason
        if not around.word(i - 1).isdigit() and (reason := around.noun(i, phrases.OPTION_NOUNS)):
            return reason
        if around.word(i - 1) in phrases.DETERMINERS or around.word(i - 1).isdigit():
            return None
        if ends_longer_name(self._tokens, i):
            return None
        return around.noun(i) or around.move(i) or around.price(i) or around.verdict(i) or self._heads_news(i)

    def _heads_news(self, i: int) -> str | None:
        """COST says; MA vs V; MA and V are."""
        around = self._around
        after = around.word(i + 1)
        entry = self._vocabulary[self._tokens[i]]
        names_other = entry.alone is not None and entry.alone.symbol != entry.symbol
        if after in phrases.HEADLINE_VERBS and around.word(i - 1) in _STARTS and not names_other:
            return f'"{after}"'
        return self._set_against(i)

    def _set_against(self, i: int) -> str | None:
        """Find another short symbol that the token is weighed against, or named with where a sentence begins."""
        around = self._around
        for first, second, other in ((i, i + 2, i + 2), (i - 2, i, i - 2)):
            if not 0 <= first < second < len(self._tokens) or not self._may_be_symbol(other):
                continue
            joint = around.word(first + 1)
            begins = around.word(first - 1) in _STARTS and around.word(second + 1) in _SAID_OF_BOTH
            if joint in _VERSUS or (joint in phrases.PAIRED and begins):
                return f"beside {self._tokens[other]}"
        return None

    def _preferred(self, i: int) -> str | None:
        """COIN over AAPL."""
        pair = self._paired(i, _OVER)
        return f"weighed against {pair}" if pair else None

    def _may_be_symbol(self, place: int) -> bool:
        token = self._tokens[place]
        entry = self._vocabulary.get(token)
        known = entry is not None and entry.symbol is not None and entry.spelling not in {Spelling.HARD, Spelling.NEVER}
        return known and token.isupper() and token not in _PRONOUNS

    def _single(self, i: int, token: str) -> str | None:
        around = self._around
        if token in _PRONOUNS or around.word(i - 1) in phrases.NOT_OF_SYMBOLS:
            return None
        if around.closed(i) and (reason := around.subject(i) or around.bought(i)):
            return reason
        return (
            self._listed(i, divided=1, spaced=2)
            or around.noun(i, _SINGLE_NOUNS)
            or (around.owned(i) if token != _YOU else None)
            or self._preferred(i)
            or around.price(i)
            or around.move(i)
            or around.verdict(i)
            or self._set_against(i)
        )

    def _listed(self, i: int, divided: int, spaced: int) -> str | None:
        """Whether enough sure symbols stand with the token in a list, divided by marks or by spaces only."""
        if pair := self._paired(i, _SLASH):
            return f"in a list with {pair}"
        if not self._around.closed(i) and not self._tokens[i + 1].isupper():
            return None
        sure = company_of(self._tokens, self._vocabulary, i)
        if len(sure) < divided:
            sure = company_of(self._tokens, self._vocabulary, i, divided=False)
            if len(sure) < spaced:
                return None
        return f"in a list with {', '.join(sure[:3])}"

    def _paired(self, i: int, dividers: frozenset[str] = phrases.PAIRED) -> str | None:
        """Find the sure symbol that "and", a slash or the like joins to the token, if any."""
        for divider, other in ((i - 1, i - 2), (i + 1, i + 2)):
            if self._around.word(divider) in dividers and 0 <= other < len(self._tokens):
                token = self._tokens[other]
                entry = self._vocabulary.get(token)
                if token[0] == "$" or (entry and entry.symbol and entry.spelling is Spelling.PLAIN and token.isupper()):
                    return token
        return None

    def _hard(self, i: int, token: str) -> str | None:
        around = self._around
        if around.closed(i, phrases.CLOSING_MARKS) and (reason := self._listed(i, divided=2, spaced=4)):
            return reason
        if token not in _READMITTED:
            return None
        return (self._dealt_in(i, token) if around.closed(i) else None) or self._in_the_news(i)

    def _dealt_in(self, i: int, token: str) -> str | None:
        """Shares of NOW; sold NOW; NOW and CRM."""
        before = self._around.word(i - 1)
        if before in phrases.PAST_DEALS:
            return f'"{before}"'
        if token == _TOPIC:
            return self._around.subject(i) if self._around.word(i - 2) in _SECURITIES else None
        pair = self._paired(i)
        vouched = pair and pair not in BROKERAGES
        return self._around.subject(i) or (f"in a pair with {pair}" if vouched else None)

    def _in_the_news(self, i: int) -> str | None:
        """After NOW earnings; at the start of a sentence: NOW reports tonight, NOW +4%."""
        around = self._around
        starts = around.word(i - 1) in _STARTS
        leads = starts or around.word(i - 1) in _BEFORE_NOUNS
        if leads and around.closed(i + 1) and (reason := around.noun(i, _HARD_NOUNS)):
            return reason
        moved = around.move(i) if starts else None
        return moved if moved and (moved.startswith("moved") or around.closed(i + 1)) else None

    def _beside_name(self, i: int, token: str, entry: Entry) -> str | None:
        if entry.symbol is None:
            return None
        inside = brackets.in_brackets(self._tokens, i)
        if not inside and not brackets.heads_name(self._tokens, i, self._listing.names[entry.symbol]):
            return None
        if not inside:
            return "before the company's name"
        if brackets.follows_name(self._tokens, i, self._listing.names.get(entry.symbol, "")):
            return "in brackets after the company's name"
        if entry.spelling in {Spelling.HARD, Spelling.SMALL} or brackets.spells_out(self._tokens, i, token):
            return None
        return "in brackets after a name" if brackets.follows_capital(self._tokens, i) else None
