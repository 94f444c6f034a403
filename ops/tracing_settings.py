"""Settings of tracing: where spans go, how many operations have some, and how long the collector is waited for."""

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_TRACES_PATH: Final = "/v1/traces"
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token of RFC 9110
_HOST: Final = re.compile(r"[0-9A-Za-z._-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")  # a name, or an address
_VALUE: Final = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


class TracingSettings(BaseSettings):
    """Where spans are sent. Without an endpoint none are made, and nothing that only they need is measured."""

    model_config = SettingsConfigDict(
        env_prefix="INSITECHART_TRACING_", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    endpoint: str | None = Field(None, description="OTLP over HTTP, as in http://127.0.0.1:4318 ; none makes no spans")
    headers: SecretStr | None = Field(None, description="headers for it, as in api-key=1234,other=a%20b")
    share: float = Field(0.01, ge=0, le=1, description="share of traces that begin here and are kept in any case")
    rate: int = Field(
        20, ge=0, le=100_000, description="traces a second that are kept unsampled, because they failed or were slow"
    )
    callers_rate: int = Field(
        100, ge=0, le=100_000, description="traces a second that are sampled because their callers say so"
    )
    fields: bool = Field(default=True, description="time each field path; false leaves fields out of all that is told")
    sql_comments: int = Field(
        50, ge=0, le=100_000, description="sampled operations a second whose SQL says their name and trace; 0 is none"
    )
    service_name: str = Field("insitechart", min_length=1, max_length=255, description="service.name of the spans")
    queue: int = Field(10_000, ge=100, le=1_000_000, description="spans that may wait for the collector")
    deadline: float = Field(5.0, gt=0, le=60, description="seconds that the collector may take for one export")
    flush: float = Field(1.0, ge=0, le=60, description="seconds that a stop waits for the last spans to be taken")
    hosts: tuple[str, ...] = Field((), description="hosts of sources that calls tell their trace (traceparent)")

    @field_validator("endpoint")
    @classmethod
    def _endpoint_can_be_read(cls, endpoint: str | None) -> str | None:
        if endpoint is None:
            return None
        try:
            parts = urlsplit(endpoint)
            sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            sound = False
        if not sound:
            raise ValueError("a URL is expected that begins with http:// or https://, as in http://127.0.0.1:4318")
        if "@" in parts.netloc:
            raise ValueError("user and password are not read from this URL: INSITECHART_TRACING_HEADERS takes secrets")
        return endpoint if parts.path.strip("/") else parts._replace(path=_TRACES_PATH).geturl()

    @field_validator("headers")
    @classmethod
    def _headers_can_be_read(cls, headers: SecretStr | None) -> SecretStr | None:
        read_headers(headers)
        return headers

    @field_validator("hosts")
    @classmethod
    def _hosts_are_no_urls(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for number, host in enumerate(hosts, start=1):
            if not _HOST.fullmatch(host):
                raise ValueError(f"item {number}: a host is expected without scheme, port and path, as api.example.com")
        return tuple(host.lower() for host in hosts)


def read_headers(headers: SecretStr | None) -> dict[str, str]:
    """Return headers by their names, from `name=value,name=value` with %XX for what is special in it.

    Raises ValueError, which repeats nothing of a value.
    """
    found: dict[str, str] = {}
    text = headers.get_secret_value() if headers else ""
    for number, pair in enumerate(text.split(",") if text.strip() else (), start=1):
        name, _, value = (unquote(part.strip()) for part in pair.partition("="))
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValueError(f"header {number}: name=value is expected, in ASCII, with %XX for commas and controls")
        found[name.lower()] = value
    return found
