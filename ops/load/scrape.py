"""What a server's histograms gained between two looks at its metrics."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from msgspec import Struct
from prometheus_client.parser import text_string_to_metric_families

from ops.budgets.edges import quantile, within

ACCEPT = "text/plain; version=0.0.4"
_BEGUN = "process_start_time_seconds"
_BUCKET = "_bucket"

Labels = frozenset[tuple[str, str]]


class Times(Struct, frozen=True):
    """Observations by bucket: `counts` of each bucket alone, and one more for those beyond the last of `edges`."""

    edges: tuple[float, ...]
    counts: tuple[float, ...]

    @property
    def samples(self) -> int:
        """How many observations there are."""
        return round(sum(self.counts))

    def quantile(self, share: float) -> float | None:
        """Return the seconds within which that share lies, interpolated in its bucket; None without observations."""
        return quantile(self.edges, self.counts, share)

    def within(self, seconds: float) -> tuple[float, bool]:
        """Return how many took at most so long, and whether that is counted; between two edges it is interpolated."""
        if within(self.edges, seconds):
            seen = (count for edge, count in zip(self.edges, self.counts, strict=False) if edge <= seconds * (1 + 1e-9))
            return sum(seen), True
        found = 0.0
        for (lower, upper), count in zip(pairwise((0.0, *self.edges)), self.counts, strict=False):
            found += count * min(1.0, max(0.0, (seconds - lower) / (upper - lower)))
        return found, False


class Scrape(Struct, frozen=True):
    """One look: when the process began, where it tells, and cumulative buckets by metric, labels and upper bound."""

    begun: float | None
    buckets: Mapping[str, Mapping[Labels, Mapping[float, float]]]


class ScrapeError(Exception):
    """Two looks do not belong together, or one is no exposition of metrics; the message says which."""


def read_scrape(text: str) -> Scrape:
    """Read an exposition in Prometheus' text format. Raises ScrapeError."""
    begun: float | None = None
    buckets: dict[str, dict[Labels, dict[float, float]]] = {}
    try:
        for family in text_string_to_metric_families(text):
            for name, labels, value, *_ in family.samples:
                if name == _BEGUN:
                    begun = value
                elif family.type == "histogram" and name.endswith(_BUCKET):
                    others = frozenset(one for one in labels.items() if one[0] != "le")
                    buckets.setdefault(family.name, {}).setdefault(others, {})[float(labels["le"])] = value
    except (ValueError, KeyError) as error:
        raise ScrapeError(f"what was answered are no metrics: {error}") from error
    return Scrape(begun, buckets)


def gained(before: Scrape, after: Scrape, metric: str) -> Iterator[tuple[dict[str, str], Times]]:
    """Yield the labels and the new observations of each of a histogram's series that has any.

    Raises ScrapeError where the two looks met different processes, or one that began anew.
    """
    if before.begun != after.begun:
        raise ScrapeError(
            "the metrics before and after are of different processes: name the address of one, which stays"
        )
    earlier = before.buckets.get(metric, {})
    for labels, bounds in after.buckets.get(metric, {}).items():
        known = earlier.get(labels, {})
        cumulative = [bounds[bound] - known.get(bound, 0.0) for bound in sorted(bounds)]
        counts = tuple(upper - lower for lower, upper in pairwise((0.0, *cumulative)))
        if any(count < 0 for count in counts):
            raise ScrapeError(f"{metric} counts backwards: the process began anew in between")
        if any(counts):
            yield dict(labels), Times(tuple(sorted(bounds))[:-1], counts)


def together(times: Iterable[Times]) -> Times | None:
    """Return all observations as one; None where there are none. Raises ScrapeError for unlike buckets."""
    found = list(times)
    if not found:
        return None
    if len({one.edges for one in found}) > 1:
        raise ScrapeError("processes have different buckets: their objectives are not the same")
    return Times(found[0].edges, tuple(map(sum, zip(*(one.counts for one in found), strict=True))))
