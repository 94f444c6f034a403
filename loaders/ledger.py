"""What the batches of one operation did, for its log line and for tests that pin them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One batch: its loader, distinct keys, segments (statements, unless cached; a large one is cut) and wall time."""

    loader: str
    keys: int
    segments: int
    milliseconds: float
