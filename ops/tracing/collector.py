"""The collector's side of tracing: what the spans of this process say of it, and the exporter that sends them."""

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.semconv._incubating.attributes.deployment_attributes import DEPLOYMENT_ENVIRONMENT_NAME
from opentelemetry.semconv._incubating.attributes.process_attributes import PROCESS_RUNTIME_VERSION
from opentelemetry.semconv.attributes.db_attributes import DB_NAMESPACE, DB_SYSTEM_NAME
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.semconv.attributes.service_attributes import SERVICE_INSTANCE_ID, SERVICE_NAME, SERVICE_VERSION
from opentelemetry.semconv.schemas import Schemas
from opentelemetry.util.types import AttributeValue
from pydantic import SecretStr

from ops.operation_record import OperationRecord
from ops.settings import Settings
from ops.tracing.begun import TracingHooks
from ops.tracing.drawing import Origin
from ops.tracing.export import Export
from ops.tracing.external_spans import call_spans
from ops.tracing.keeping import Keeping
from ops.tracing.operation_spans import operation_spans
from ops.tracing.records import Kept
from ops.tracing_settings import read_headers

_SCHEMA: Final = Schemas.V1_44_0.value
_DISTRIBUTION: Final = "insitechart"


class _Resource(Resource):
    """Hashes itself once: the exporter asks for each span, and the SDK then writes all attributes as JSON."""

    def __init__(self, attributes: dict[str, AttributeValue], schema_url: str) -> None:
        super().__init__(attributes, schema_url)
        self._hash = super().__hash__()

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or super().__eq__(other)


def open_export(settings: Settings, hooks: TracingHooks) -> Export:
    """Return the way to the collector that the settings name; its own thread has begun."""
    tracing = settings.tracing
    origin = _origin(settings)
    keeping = Keeping(hooks.operation_seconds, hooks.field_seconds)

    def make(kept: Kept) -> Sequence[ReadableSpan]:
        record = kept.record
        if record.trace is None:
            return ()
        if isinstance(record, OperationRecord):
            return operation_spans(origin, keeping, record, record.trace, kept.reason, kept.epoch)
        return call_spans(origin, record, record.trace, kept.reason, kept.epoch)

    exporter = OTLPSpanExporter(
        endpoint=tracing.endpoint, headers=read_headers(tracing.headers), timeout=tracing.deadline
    )
    return Export(exporter, make, tracing.queue, hooks.dropped)


def _origin(settings: Settings) -> Origin:
    release = _release()
    resource = _Resource(
        {
            SERVICE_NAME: settings.tracing.service_name,
            SERVICE_INSTANCE_ID: str(uuid4()),
            DEPLOYMENT_ENVIRONMENT_NAME: settings.environment,
            PROCESS_RUNTIME_VERSION: platform.python_version(),
            **({SERVICE_VERSION: release} if release else {}),
        },
        _SCHEMA,
    )
    return Origin(
        resource,
        InstrumentationScope(_DISTRIBUTION, release, _SCHEMA),
        _address("postgresql", settings.database_url),
        _address("redis", settings.redis_url),
    )


def _release() -> str | None:
    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:
        return None  # a clone that was not installed has no version of its own


def _address(system: str, url: SecretStr | None) -> dict[str, AttributeValue]:
    """Return where a store is: of a URL with several hosts, or with the host in its query, no address."""
    found: dict[str, AttributeValue] = {DB_SYSTEM_NAME: system}
    parts = urlsplit(url.get_secret_value() if url else "")
    if parts.path.strip("/") and parts.scheme != "unix":
        found[DB_NAMESPACE] = parts.path.strip("/")
    if parts.hostname and "," not in parts.netloc:
        found[SERVER_ADDRESS] = parts.hostname
        if parts.port:
            found[SERVER_PORT] = parts.port
    return found
