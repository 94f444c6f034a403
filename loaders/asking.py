"""Who asks loaders, and what they knew already: told by field path, for the operation's ledger."""

from contextvars import ContextVar

import msgspec

ASKING: ContextVar[tuple[str, ...]] = ContextVar("ASKING", default=())
"""The field paths for which something runs; empty where nobody times fields. A resolver has one, a batch may have many.

It is a context variable because a resolver may ask after it awaited something, with others at work meanwhile.
"""


class Remembered(msgspec.Struct, frozen=True, gc=False):
    """Keys that a loader answered at once: no batch was made for them.

    `memory_hits` of them were in this process' memory; the operation knew the others from its own batches.
    """

    loader: str
    keys: int
    memory_hits: int
    fields: tuple[str, ...]
