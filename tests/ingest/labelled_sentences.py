"""Sentences of our own, each with the symbols that a reader finds in it, and how well an extractor finds the same.

A line is "SYMBOL SYMBOL | text", with "-" for none. `development` was written before the rules, `development_second`
while they were made; the `held_out` sets were labelled before they were run, and their first results stand in
docs/tickers.md.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ingest.tickers import Extractor

SETS = ("development", "development_second", "held_out", "held_out_second", "held_out_third")
SECOND_READER = ("second_reader", "second_reader_second", "second_reader_third")
"""Labelled by another than the author of the rules, who named companies freely: they need the names of all stocks."""
THIRD_READER = ("third_reader", "third_reader_second", "third_reader_third")
"""Labelled by a third: two in three stocks are tagged, and other words in capitals are as many as bare symbols."""
_FOLDER = Path(__file__).parent / "ticker_sentences"


@dataclass
class Measure:
    """Right, wrong and missed symbols; the first two by tier. `faults` says where."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of what was found that is right."""
        return self.right.total() / (self.right.total() + self.wrong.total())

    @property
    def recall(self) -> float:
        """Share of what is there that was found."""
        return self.right.total() / (self.right.total() + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def sentences(name: str) -> list[tuple[frozenset[str], str]]:
    """Read a set: the symbols that are in each text, and the text."""
    lines = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    divided = [line.split(" | ", 1) for line in lines if line]
    return [(frozenset(symbols.split()) - {"-"}, text) for symbols, text in divided]


def measure(extractor: Extractor, labelled: list[tuple[frozenset[str], str]]) -> Measure:
    """Run an extractor over labelled sentences and count."""
    result = Measure()
    for wanted, text in labelled:
        matches = extractor.find(text)
        found = {match.symbol for match in matches}
        for match in matches:
            (result.right if match.symbol in wanted else result.wrong)[match.tier] += 1
        result.missed += len(wanted - found)
        if wanted != found:
            result.faults.append(f"missed {sorted(wanted - found)}, wrong {sorted(found - wanted)}: {text}")
    return result
