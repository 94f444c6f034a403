"""Finds which listed stocks a text is about, in one pass over its tokens."""

from collections.abc import Sequence
from typing import Final

from ingest.tickers import brackets, phrases
from ingest.tickers.coins import NEVER_STOCKS
from ingest.tickers.judgement import Judgement
from ingest.tickers.listing import Listing
from ingest.tickers.match import Match, Tier
from ingest.tickers.naming import longer_name_at, means_company
from ingest.tickers.relevance import Sighting, weighed
from ingest.tickers.surroundings import Surroundings
from ingest.tickers.tokens import tokens_of
from ingest.tickers.vocabulary import Entry, Spelling, vocabulary_of
from storage.symbols import canonical

_SENTENCE_ENDS: Final = frozenset({".", "!", "?", "\n"})
_FEW_WORDS: Final = 3
_BROKER_REACH: Final = 10
_RATED_WITHIN: Final = 6
_SAID: Final = phrases.BROKERS_SAY | phrases.FORETELL
_SAYS_WITHIN: Final = 4
_SAID_WITHIN: Final = 12
_BROKERED: Final = frozenset({"at", "by", "from", "-", "\u2013", "\u2014"})
_FOREIGN_ENDINGS: Final = frozenset({"TO", "AX", "HK", "PA", "DE", "SW", "NS", "CO", "ST", "OL", "MI", "MC", "KS"})
_CLASS_DIVIDERS: Final = "._/-"

Candidate = tuple[int, str]


class Extractor:
    """Finds the stocks of one listing; build one and keep it, for it tabulates every symbol and name."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._vocabulary = vocabulary_of(listing)
        self._alone = frozenset(token for token, entry in self._vocabulary.items() if entry.symbol or entry.alone)

    def find(self, text: str, given: Sequence[str] = ()) -> tuple[Match, ...]:
        """Each listed stock that the text names, once: best tier first, each tier in the order of the text.

        `given` are symbols that the source itself says the text is about, in any spelling; those not listed, and coins
        and currencies that the text itself names, are passed over. Linear in the length of the text.
        """
        tokens = tokens_of(text)
        known = self._vocabulary
        if "$" in text:
            candidates = [(i, token) for i, token in enumerate(tokens) if token in known or token[0] == "$"]
        else:
            candidates = [(i, token) for i, token in enumerate(tokens) if token in known]
        sightings: dict[str, Sighting] = {}
        for symbol in self._given(given, tokens):
            sightings[symbol] = Sighting(symbol, "given", "named by the source", 0)
        if candidates := self._possible(tokens, candidates):
            self._search(tokens, candidates, sightings)
        if not sightings:
            return ()
        if len(sightings) == 1:
            return weighed(sightings.values(), 0, len(tokens))
        first = next((i for i, token in enumerate(tokens) if token in _SENTENCE_ENDS), len(tokens))
        return weighed(sightings.values(), first, len(tokens))

    def _given(self, given: Sequence[str], tokens: list[str]) -> list[str]:
        symbols = [symbol for text in given if (symbol := canonical(text)) and symbol in self._listing]
        coins = [symbol for symbol in symbols if symbol in NEVER_STOCKS]
        if not coins:
            return symbols
        written = {token.lstrip("$").upper() for token in tokens}
        return [symbol for symbol in symbols if symbol not in NEVER_STOCKS or symbol not in written]

    def _possible(self, tokens: list[str], candidates: list[Candidate]) -> list[Candidate]:
        """Leave out tokens that only begin a longer name, where the next token does not go on with it."""
        alone, known, last = self._alone, self._vocabulary, len(tokens) - 1
        return [
            (i, token)
            for i, token in candidates
            if token in alone or token[0] == "$" or (i < last and tokens[i + 1] in known[token].longer)
        ]

    def _search(self, tokens: list[str], candidates: list[Candidate], sightings: dict[str, Sighting]) -> None:
        around = Surroundings(tokens)
        judgement = Judgement(tokens, around, self._vocabulary, self._listing)
        judgement.shouts = self._shouts(tokens, candidates)
        defined = self._abbreviations(tokens, candidates) if ")" in tokens else frozenset()
        doubtful: list[tuple[int, str]] = []
        until = -1
        for i, token in candidates:
            if i <= until:
                continue
            if token[0] == "$":
                self._see_tag(sightings, token, i)
                continue
            entry = self._vocabulary[token]
            name = longer_name_at(tokens, i, entry)
            if name and means_company(tokens, around, self._vocabulary, i, name):
                until = i + len(name.rest)
                _see(sightings, name.symbol, "alias", f"company name {_written(tokens[i : until + 1])}", i)
                continue
            verdict = judgement.of_symbol(i, entry) if entry.symbol and token not in defined else None
            if entry.symbol and verdict:
                _see(sightings, entry.symbol, *verdict, i)
            elif entry.alone and means_company(tokens, around, self._vocabulary, i, entry.alone):
                _see(sightings, entry.alone.symbol, "alias", f"company name {token}", i)
            elif entry.symbol and token.isupper() and entry.spelling is not Spelling.NEVER:
                doubtful.append((i, entry.symbol))
        _count_doubtful(sightings, doubtful)
        _leave_brokers(sightings, around)

    def _see_tag(self, sightings: dict[str, Sighting], token: str, place: int) -> None:
        if symbol := self._tagged(token):
            _see(sightings, symbol, "cashtag", f"cashtag {token}", place)

    def _tagged(self, token: str) -> str | None:
        tag = token[1:]
        if not tag[:1].isalpha():
            return None
        root = tag
        for divider in _CLASS_DIVIDERS:
            root = root.partition(divider)[0]
        if tag.partition(".")[2] in _FOREIGN_ENDINGS:
            return None
        for written in (tag.replace("_", "."), root):
            symbol = canonical(written)
            if symbol in NEVER_STOCKS:
                return None
            if symbol in self._listing:
                return symbol
        entry = self._vocabulary.get(root.upper())
        return entry.symbol if entry else None

    def _shouts(self, tokens: list[str], candidates: list[Candidate]) -> bool:
        """Whether upper case carries no meaning: more doubtful words stand in it than in small letters."""
        upper = sum(map(str.isupper, tokens))
        if upper <= _FEW_WORDS:
            return False
        known = self._vocabulary
        sure = sum(token[0] == "$" or (token.isupper() and _is_sure(known[token])) for _, token in candidates)
        words = sum(map(str.isalpha, tokens))
        return upper - sure > max(words - upper, _FEW_WORDS)

    def _abbreviations(self, tokens: list[str], candidates: list[Candidate]) -> frozenset[str]:
        """Upper-case words that the text itself spells out before a bracket as something else."""
        defined = set()
        for i, token in candidates:
            if brackets.in_brackets(tokens, i) and token[0] != "$" and brackets.spells_out(tokens, i, token):
                symbol = self._vocabulary[token].symbol
                if symbol and not brackets.follows_name(tokens, i, self._listing.names[symbol]):
                    defined.add(token)
        return frozenset(defined)


def _is_sure(entry: Entry) -> bool:
    return entry.symbol is not None and entry.spelling is Spelling.PLAIN


def _written(tokens: list[str]) -> str:
    return " ".join(tokens).replace(" '", "'").replace(" - ", "-").replace(" . ", ". ")


def _see(sightings: dict[str, Sighting], symbol: str, tier: Tier, reason: str, place: int) -> None:
    seen = sightings.get(symbol)
    if seen is None:
        sightings[symbol] = Sighting(symbol, tier, reason, place)
    else:
        seen.add(tier, reason)


def _count_doubtful(sightings: dict[str, Sighting], doubtful: list[tuple[int, str]]) -> None:
    for place, symbol in doubtful:
        if symbol in sightings:
            sightings[symbol].add_at(place)


def _leave_brokers(sightings: dict[str, Sighting], around: Surroundings) -> None:
    """Drop banks named only as those who judge another stock that the text names."""
    if phrases.BROKERS.isdisjoint(sightings):
        return
    named = [each for each in sightings.values() if each.symbol in phrases.BROKERS]
    brokers = [each for each in named if each.tier in {"alias", "bare"} or _rates(each, around)]
    others = len(brokers) < len(sightings)
    for broker in brokers:
        if _judges_market(broker, around) or (others and _judges_another(broker, around)):
            del sightings[broker.symbol]
            continue
        near = {around.word(i) for i in range(broker.place - _BROKER_REACH, broker.place + _BROKER_REACH)}
        rates = not phrases.BROKERS_SAY.isdisjoint(near)
        asked = around.word(broker.place - 1) in _BROKERED
        if (asked and (rates or others)) or (rates and others and broker.tier in {"alias", "context"}):
            del sightings[broker.symbol]


def _judges_market(broker: Sighting, around: Surroundings) -> bool:
    """Whether a bank is named once, for what it says of markets and not of itself: "GS sees the S&P at 6,000"."""
    if broker.count > 1:
        return False
    start = broker.place + 1
    said = {around.word(i) for i in range(start, start + _SAYS_WITHIN)}
    of = {around.word(i) for i in range(start, start + _SAID_WITHIN)}
    says = not said.isdisjoint(_SAID)
    return says and not of.isdisjoint(phrases.MARKETS) and of.isdisjoint(phrases.OF_THEMSELVES)


def _judges_another(broker: Sighting, around: Surroundings) -> bool:
    """Whether a bank is named for what it says of another company: "Morgan Stanley sees upside in Tesla"."""
    of = {around.word(i) for i in range(broker.place + 1, broker.place + _SAID_WITHIN)}
    says = any(around.word(i) in phrases.JUDGES for i in range(broker.place + 1, broker.place + 3))
    return broker.count == 1 and says and of.isdisjoint(phrases.OF_THEMSELVES)


def _rates(broker: Sighting, around: Surroundings) -> bool:
    """Whether a bank is the one that says what follows it: "MS raised its target"."""
    said = {around.word(i) for i in range(broker.place + 2, broker.place + _RATED_WITHIN)}
    sure = broker.tier in {"cashtag", "given"}
    return not sure and around.word(broker.place + 1) in phrases.BROKERS_SAY and not phrases.RATINGS.isdisjoint(said)
