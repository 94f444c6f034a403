"""Every metric that a process of this project tells, declared once: docs/metrics.md lists what stands here.

Names follow https://prometheus.io/docs/practices/naming: base units, counters end in `_total`, nothing else does.
"""

from typing import Final, Literal, NamedTuple

MetricType = Literal["counter", "gauge", "histogram"]
_UNITS: Final = ("seconds", "percent", "bytes")


class Declared(NamedTuple):
    """A metric: its name as text shows it, its type, its labels in order, and what it tells."""

    name: str
    type: MetricType
    labels: tuple[str, ...]
    help: str

    @property
    def family(self) -> str:
        """The name of its family in OpenMetrics, where the suffix of counters is no part of it."""
        return self.name.removesuffix("_total") if self.type == "counter" else self.name

    @property
    def unit(self) -> str:
        """The unit that its name ends in, empty where it counts things."""
        return next((unit for unit in _UNITS if self.family.endswith(f"_{unit}")), "")


def _counter(name: str, told: str, *labels: str) -> Declared:
    return Declared(name, "counter", labels, told)


def _gauge(name: str, told: str, *labels: str) -> Declared:
    return Declared(name, "gauge", labels, told)


def _histogram(name: str, told: str, *labels: str) -> Declared:
    return Declared(name, "histogram", labels, told)


REQUESTS: Final = _counter(
    "api_requests_total", "HTTP answers by status, 499 where the client left before", "method", "endpoint", "status"
)
REQUEST_SECONDS: Final = _histogram(
    "api_request_duration_seconds", "Seconds from a request's arrival to the head of its answer", "method", "endpoint"
)
OPERATIONS: Final = _counter(
    "graphql_operations_total",
    "Operations that ended, by kind and HTTP status; each event of a subscription is one",
    "kind",
    "operation",
    "status",
)
OPERATION_SECONDS: Final = _histogram(
    "graphql_operation_duration_seconds", "Seconds from an operation's admission to its end", "kind", "operation"
)
PHASE_SECONDS: Final = _histogram(
    "graphql_phase_duration_seconds",
    "Seconds of parsing, validating, planning and executing, where these happened",
    "phase",
)
FIELD_SECONDS: Final = _histogram(
    "graphql_field_duration_seconds",
    "Seconds from the call of a field's resolver to the last value that it waited for",
    "operation",
    "path",
)
BATCH_SECONDS: Final = _histogram("loader_batch_duration_seconds", "Seconds of a loader's batches", "loader")
BATCH_KEYS: Final = _histogram("loader_batch_keys", "Distinct keys of a loader's batches", "loader")
KEYS_ASKED: Final = _counter("loader_keys_asked_total", "Keys of batches, as often as fields asked for them", "loader")
KEYS_LOADED: Final = _counter("loader_keys_loaded_total", "Keys that batches had to look up, each once", "loader")
STATEMENT_SECONDS: Final = _histogram(
    "database_statement_duration_seconds", "Seconds of SQL statements with the wait for a connection", "statement"
)
CONNECTIONS: Final = _gauge("database_connections_active", "Database connections that are lent out now")
POOL_SIZE: Final = _gauge("database_pool_size", "Database connections that are open now")
POOL_MOST: Final = _gauge("database_pool_limit", "Database connections that may be open at once")
POOL_WAITING: Final = _gauge("database_pool_waiting", "Statements that wait for a database connection now")
POOL_WAIT_SECONDS: Final = _histogram(
    "database_pool_wait_seconds", "Seconds waited for a database connection where none was at hand, in vain or not"
)
CACHE_CALL_SECONDS: Final = _histogram("cache_call_duration_seconds", "Seconds of calls of the shared cache", "call")
CACHE_REQUESTS: Final = _counter(
    "cache_requests_total", "Look-ups by level: rows in memory and in Redis, whole responses", "level", "outcome"
)
CACHE_HIT_RATE: Final = _gauge(
    "cache_hit_rate_percent",
    "Share of rows and responses asked for that a cache had, over the last minute with any; 100 before the first",
)
CACHE_TRUSTED: Final = _gauge(
    "cache_trusted", "1 while this process hears of every write, so that its caches are believed"
)
PLAN_ENTRIES: Final = _gauge("plan_cache_entries", "Compiled plans that are held")
PLAN_REQUESTS: Final = _counter(
    "plan_cache_requests_total", "Looks for a compiled plan: hit, compiled now, or fallback to graphql-core", "outcome"
)
DOCUMENT_ENTRIES: Final = _gauge(
    "document_cache_entries",
    "Documents remembered as good, registered or refused, and requests admitted before",
    "kind",
)
DOCUMENT_REQUESTS: Final = _counter(
    "document_cache_requests_total",
    "Admissions: hit where the request or its document was known, miss where it was examined",
    "outcome",
)
STREAM_LAG_SECONDS: Final = _histogram(
    "stream_lag_seconds", "Seconds from an event's publication until it was executed and handed to subscribers"
)
STREAM_SUBSCRIBERS: Final = _gauge("stream_subscribers", "Subscribers that follow events now")
STREAM_GROUPS: Final = _gauge("stream_groups", "Groups of subscribers that asked alike, each executed once per event")
STREAM_EVENTS: Final = _counter("stream_events_total", "Entries of the event streams that this process read")
STREAM_COALESCED: Final = _counter(
    "stream_frames_coalesced_total", "Frames that a newer state replaced, or a gap, before their subscriber took them"
)
ACTIVE_USERS: Final = _gauge(
    "active_users", "Distinct client addresses with an open connection within the last five minutes, at most 10,000"
)
OPEN_SOCKETS: Final = _gauge("websocket_connections", "WebSockets that are open now")
ERRORS: Final = _counter(
    "errors_total", "Errors by code, and by the component that they come from", "error_type", "component"
)
MASKED_ERRORS: Final = _counter("graphql_masked_errors_total", "Failures shown to clients as INTERNAL")
SHADOWS: Final = _counter(
    "graphql_shadow_operations_total",
    "Queries drawn to be run by a compiled plan too: same, different, unsettled, fallback, skipped, failed",
    "verdict",
)
EXTERNAL_REQUESTS: Final = _counter(
    "external_api_requests_total", "Calls of external APIs by HTTP status, or by why none came", "api_name", "status"
)
EXTERNAL_SECONDS: Final = _histogram(
    "external_api_request_duration_seconds", "Seconds that calls of external APIs took", "api_name"
)
QUEUE_LENGTH: Final = _gauge(
    "message_queue_length",
    "Messages of intake by queue: posts and prices that wait, those of them in hand (pending), dead letters",
    "queue_name",
)
QUEUE_OLDEST: Final = _gauge(
    "message_queue_oldest_seconds",
    "Seconds since the oldest message of a queue entered, 0 where none waits",
    "queue_name",
)
FEED_AGE: Final = _gauge(
    "feed_newest_age_seconds", "Seconds since the time of the newest item that a feed brought", "feed"
)
LEASES_HELD: Final = _gauge("leases_held", "1 while this process leads what only one process may do", "lease")
JOB_RUNS: Final = _counter(
    "job_runs_total",
    "Runs of background jobs: done, failed, late, lost to another process, or released at a stop",
    "job_name",
    "outcome",
)
JOB_SECONDS: Final = _histogram("job_run_duration_seconds", "Seconds that runs of background jobs took", "job_name")
TASKS: Final = _gauge("event_loop_tasks", "Tasks of the event loop that have not ended")
DATA_PROCESSED: Final = _counter(
    "data_processed_total", "Items that intake stored, by kind and by where they come from", "data_type", "source"
)
OBJECTIVE_SECONDS: Final = _gauge(
    "budget_objective_seconds", "Seconds within which an objective's share is to be over", "objective"
)
OBJECTIVE_SHARE: Final = _gauge(
    "budget_objective_share", "The share that is to be over within an objective's seconds", "objective"
)
TRACES_KEPT: Final = _counter("traces_kept_total", "Traces handed to the exporter, by why they were kept", "reason")
TRACES_DROPPED: Final = _counter(
    "traces_dropped_total", "Traces lost that were to be kept: beyond the rate, the queue full, or the collector away"
)
BUILD_INFO: Final = _gauge(
    "insitechart_build_info", "Always 1; the labels say which release runs on what", "version", "python_version"
)
PROCESS_CPU: Final = _counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.")
PROCESS_FILES: Final = _gauge("process_open_fds", "Number of open file descriptors.")
PROCESS_MOST_FILES: Final = _gauge("process_max_fds", "Maximum number of open file descriptors.")
PROCESS_MEMORY: Final = _gauge("process_resident_memory_bytes", "Resident memory size in bytes.")
PROCESS_VIRTUAL: Final = _gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.")
PROCESS_START: Final = _gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.")

CATALOGUE: Final = tuple(value for value in dict(globals()).values() if isinstance(value, Declared))
"""All of them, in the order in which they are declared."""
