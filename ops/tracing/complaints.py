"""What the exporter's library says of failures: taken out of the log, where it would be a line for each try.

One line of ours tells when the collector goes, with the reason, and one when it is back.
"""

import logging
from types import TracebackType
from typing import Final, Self

_LIBRARY: Final = logging.getLogger("opentelemetry.exporter.otlp.proto.http.trace_exporter")
_LONGEST: Final = 300


class Complaints(logging.Filter):
    """Holds the library's lines back for the length of a block; `first` is the first of them, which has the cause."""

    def __init__(self) -> None:
        super().__init__()
        self.first = ""

    def __enter__(self) -> Self:
        self.first = ""
        _LIBRARY.addFilter(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _LIBRARY.removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep a line to ourselves."""
        self.first = self.first or record.getMessage()[:_LONGEST]
        return False
