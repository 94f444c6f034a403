"""What the batches of one operation did, for its log line and for tests that pin them."""

import msgspec


class BatchRecord(msgspec.Struct, frozen=True, gc=False):
    """One batch: its loader, distinct keys, segments (statements, unless cached; a large one is cut) and wall time."""

    loader: str
    keys: int
    segments: int
    milliseconds: float
