"""What the event loop hands to the thread that makes spans."""

import msgspec

from ops.operation_record import OperationRecord, TraceContext
from ops.tracing.keeping import Reason


class ExternalCall(msgspec.Struct, frozen=True, gc=False):
    """A call of an external API: one try of it.

    `begun` is of the performance counter, `seconds` a length. `status` is the HTTP status, None where no answer came;
    `failure` a word for why not, or for why the answer was of no use. The address itself may hold secrets, and is
    not told.
    """

    api: str
    method: str
    host: str
    port: int | None
    begun: float
    seconds: float
    status: int | None
    failure: str | None
    trace: TraceContext | None


class Kept(msgspec.Struct, frozen=True):
    """A record whose spans are to be made; `epoch` is the wall clock's time at which the performance counter was 0."""

    record: OperationRecord | ExternalCall
    reason: Reason
    epoch: float
