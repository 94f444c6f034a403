"""The fields of the log lines that others read: one list for the writers, the analysis, the index and the docs.

A field that a line lacks has the value that its description names, or none. Names with a dot are members of an
object; those of `slow` stand in a list of objects.
"""

from typing import Literal

import msgspec

FieldType = Literal["time", "word", "words", "text", "flag", "integer", "number"]
"""`word` is a string to be compared whole and `text` one to be searched; `number` has a fraction, `integer` fits in
64 bits; `words` are a list."""


class LogField(msgspec.Struct, frozen=True, gc=False):
    """A field of a line: what it is called, what stands in it, and an example as JSON."""

    name: str
    type: FieldType
    description: str
    example: str


OPERATION = "operation"
EXTERNAL_CALL = "external_call"
INTERNAL_ERROR = "internal_error"
SLOW = "slow"
"""The list of objects in the line of an operation."""

EVERY_LINE = (
    LogField("timestamp", "time", "when the line was written, in UTC", '"2026-11-23T14:10:00.123456Z"'),
    LogField("level", "word", "`info`, `warning`, `error` or `critical`", '"info"'),
    LogField("logger", "word", "the module that wrote it", '"ops.operation_line"'),
    LogField("event", "word", "what happened; each kind of line has a name of its own", '"operation"'),
)

FIELDS = {
    OPERATION: (
        LogField("id", "word", "the request's id, as in the header `x-request-id`", '"6f1c0b0e9a6c4d0f"'),
        LogField("name", "word", "the operation's name, cut after 100 characters", '"StockPage"'),
        LogField("kind", "word", "`query`, `mutation`, `subscription`, `event` (one of its) or `refused`", '"query"'),
        LogField("document", "word", "SHA-256 of the document, in hex", '"9f86d081884c7d65…"'),
        LogField("registered", "flag", "whether that document is registered; absent: false", "true"),
        LogField("client", "word", "what the client calls itself, cut after 100 characters", '"web 1.4"'),
        LogField("milliseconds", "number", "from the operation's admission to its end", "12.345"),
        LogField("status", "integer", "the HTTP status, 499 where the client left", "200"),
        LogField("codes", "words", "codes of its errors, each once; absent: none", '["UNAVAILABLE"]'),
        LogField("kept", "flag", "whether the answer was ready, so that nothing ran; absent: false", "true"),
        LogField("cost", "integer", "the operation's static cost; absent: 0", "112"),
        LogField("trace_id", "word", "the trace's id in 32 hex digits, where tracing is on", '"4bf92f3577b34da6…"'),
        LogField("phases.parse", "number", "milliseconds of reading the document; absent: it was remembered", "0.412"),
        LogField("phases.validate", "number", "milliseconds of checking it; absent: as above", "1.207"),
        LogField("phases.plan", "number", "milliseconds of compiling it; absent: as above", "3.91"),
        LogField("phases.execute", "number", "milliseconds of running it", "9.8"),
        LogField("batches", "integer", "batches of loaders; absent: 0", "4"),
        LogField("statements", "integer", "SQL statements; absent: 0", "4"),
        LogField("sql_milliseconds", "number", "sum of their times, each with its wait for a connection", "8.4"),
        LogField("slow.name", "word", "the statement's name", '"quotes_by_symbol"'),
        LogField("slow.milliseconds", "number", "its time, beyond the objective of statements", "412.7"),
        LogField("slow_statements", "integer", "how many were slow; `slow` has the ten slowest; absent: 0", "1"),
        LogField("memory_hits", "integer", "keys that the process' memory answered; absent: 0", "20"),
        LogField("redis_hits", "integer", "keys that Redis answered; absent: 0", "17"),
        LogField("misses", "integer", "keys that no cache answered, of loaders without one too; absent: 0", "3"),
        LogField("cache_calls", "integer", "calls of Redis; absent: 0", "4"),
        LogField("cache_milliseconds", "number", "sum of their times", "1.9"),
        LogField("events", "integer", "events that a subscription delivered", "61"),
    ),
    EXTERNAL_CALL: (
        LogField("api", "word", "the API that was called", '"reddit"'),
        LogField("status", "integer", "its HTTP status; absent: no answer came", "200"),
        LogField("failure", "word", "why no answer came", '"timeout"'),
        LogField("milliseconds", "number", "from the request to the answer's end", "212.5"),
    ),
    INTERNAL_ERROR: (
        LogField("error_id", "word", "the id that the client was shown as `errorId`", '"0e7c0a6d5f2b4c1e"'),
        LogField("request_id", "word", "the `id` of the operation's line", '"6f1c0b0e9a6c4d0f"'),
        LogField("path", "words", "the place in the answer, list indices included", '["stock", "quote"]'),
        LogField("exception", "text", "the traceback, without values of variables", '"Traceback (most…"'),
    ),
}
"""Fields by event, beside those of every line. Other events have fields of their own, which nothing reads by name."""
