"""The collector's side of tracing: what the spans of this process say of it, and the exporter that sends them."""

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans
from opentelemetry.semconv._incubating.attributes.deployment_attributes import DEPLOYMENT_ENVIRONMENT_NAME
from opentelemetry.semconv._incubating.attributes.process_attributes import PROCESS_RUNTIME_VERSION
from opentelemetry.semconv.attributes.db_attributes import DB_NAMESPACE, DB_SYSTEM_NAME
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.semconv.attributes.service_attributes import SERVICE_INSTANCE_ID, SERVICE_NAME, SERVICE_VERSION
from opentelemetry.semconv.schemas import Schemas
from pydantic import SecretStr
from urllib3.exceptions import MaxRetryError

from ops.operation_record import OperationRecord
from ops.settings import Settings
from ops.tracing.answers import BriefSession
from ops.tracing.begun import TracingHooks
from ops.tracing.complaints import Complaints
from ops.tracing.drawing import Attributes, Stores
from ops.tracing.export import Export
from ops.tracing.external_spans import call_spans
from ops.tracing.keeping import Keeping
from ops.tracing.operation_spans import operation_spans
from ops.tracing.records import Kept
from ops.tracing.wire import Value, key_value, sized
from ops.tracing_settings import read_headers

_SCHEMA: Final = Schemas.V1_44_0.value
_DISTRIBUTION: Final = "insitechart"
_LONGEST_REASON: Final = 300


def open_export(settings: Settings, hooks: TracingHooks) -> Export:
    """Return the way to the collector that the settings name; its own thread has begun."""
    stores = Stores(_address("postgresql", settings.database_url), _address("redis", settings.redis_url))
    keeping = Keeping(hooks.operation_seconds, hooks.field_seconds)

    def make(kept: Kept) -> Sequence[bytes]:
        record = kept.record
        if record.trace is None:
            return ()
        if isinstance(record, OperationRecord):
            return operation_spans(stores, keeping, record, record.trace, kept.reason, kept.epoch)
        return call_spans(record, record.trace, kept.reason, kept.epoch)

    return Export(OtlpCollector(settings), make, settings.tracing.queue, hooks.dropped)


class OtlpCollector:
    """Sends over HTTP, with the retries, certificates and proxies of OpenTelemetry's own exporter."""

    def __init__(self, settings: Settings) -> None:
        tracing = settings.tracing
        self._exporter = OTLPSpanExporter(
            endpoint=tracing.endpoint,
            headers=read_headers(tracing.headers),
            timeout=tracing.deadline,
            session=BriefSession(tracing.deadline),
        )
        self._complaints = Complaints()
        release = _release()
        told: Attributes = {
            SERVICE_NAME: tracing.service_name,
            SERVICE_INSTANCE_ID: str(uuid4()),
            DEPLOYMENT_ENVIRONMENT_NAME: settings.environment,
            PROCESS_RUNTIME_VERSION: platform.python_version(),
            **({SERVICE_VERSION: release} if release else {}),
        }
        resource = Resource.FromString(b"".join(b"\x0a" + key_value(key, value) for key, value in told.items()))
        self._resource = ResourceSpans(resource=resource, schema_url=_SCHEMA).SerializeToString()
        scope = InstrumentationScope(name=_DISTRIBUTION, version=release or "")
        self._scope = ScopeSpans(scope=scope, schema_url=_SCHEMA).SerializeToString()

    def send(self, spans: Sequence[bytes]) -> str | None:
        """Send spans within the deadline; return why they were not taken."""
        # A message that ends in a repeated field can be written to its end: scope_spans = 2 there, spans = 2 here.
        scope_spans = self._scope + b"".join(b"\x12" + sized(span) for span in spans)
        request = b"\x0a" + sized(self._resource + b"\x12" + sized(scope_spans))
        with self._complaints as complaints:
            # The public `export` takes the SDK's spans only; a real collector in the tests tells when this changes.
            result = self._exporter._client.export(request)  # noqa: SLF001
        if result.success:
            return None
        answer = f"HTTP {result.status_code} {result.reason or ''}".strip() if result.status_code else ""
        return answer or (_cause(result.error) if result.error else complaints.first)[:_LONGEST_REASON]

    def close(self) -> None:
        """Send no more; a retry that waits ends at once."""
        self._exporter._client.shutdown()  # noqa: SLF001 - the exporter's own is not typed


def _cause(error: Exception) -> str:
    """Say what became of the connection, without the pool and the tries around it, which are the libraries' own."""
    inner = next((one.reason for one in error.args if isinstance(one, MaxRetryError)), None)
    return str(inner or error)


def _release() -> str | None:
    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:
        return None  # a clone that was not installed has no version of its own


def _address(system: str, url: SecretStr | None) -> dict[str, Value]:
    """Return where a store is: of a URL with several hosts, or with the host in its query, no address."""
    found: dict[str, Value] = {DB_SYSTEM_NAME: system}
    parts = urlsplit(url.get_secret_value() if url else "")
    if parts.path.strip("/") and parts.scheme != "unix":
        found[DB_NAMESPACE] = parts.path.strip("/")
    if parts.hostname and "," not in parts.netloc:
        found[SERVER_ADDRESS] = parts.hostname
        if parts.port:
            found[SERVER_PORT] = parts.port
    return found
