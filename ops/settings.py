"""Settings: read once from the environment or flags, frozen, and handed down by argument.

Every variable is `INSITECHART_` and the field's name in capitals. Nobody else reads the environment.
"""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ops.budgets import Stage, load_budgets
from ops.cache_settings import CacheSettings
from ops.intake_settings import PUBLIC_AUTHOR_KEY, IntakeSettings
from ops.source_settings import NewsSettings, RedditSettings, XSettings, YahooSettings
from ops.tracing_settings import TracingSettings

Environment = Literal["development", "production"]
DocumentMode = Literal["open", "automatic", "trusted"]
Executor = Literal["compiled", "reference", "shadow"]
LogFormat = Literal["text", "json"]
PUBLIC_SEAL_KEY = "insitechart"
_SHORTEST_KEY = 16
_LONGEST_WAIT = 86_400.0  # seconds: beyond that nothing is bounded, and timers and servers overflow


class Limits(BaseSettings):
    """Bounds on what one request may ask; the defaults fit the API's own benchmark shapes with room to spare."""

    model_config = SettingsConfigDict(env_prefix="INSITECHART_LIMIT_", frozen=True, extra="forbid")

    body_bytes: int = Field(1_048_576, ge=1_024, description="bytes of one request body")
    document_bytes: int = Field(100_000, ge=256, description="bytes of one GraphQL document")
    tokens: int = Field(2_000, ge=16, description="lexical tokens of one document")
    definitions: int = Field(100, ge=1, description="operations and fragments of one document")
    depth: int = Field(12, ge=1, le=100, description="nested selections, introspection exempt")
    introspection_depth: int = Field(20, ge=1, le=100, description="nested selections below __schema and __type")
    cost: int = Field(10_000, ge=1, description="static cost of one operation")
    fields: int = Field(1_000, ge=1, description="fields of one operation, fragments counted at each spread")
    aliases: int = Field(30, ge=0, description="aliases in one operation")
    root_fields: int = Field(20, ge=1, description="fields at the root of one operation")
    directives: int = Field(50, ge=0, description="directives in one operation")
    batch: int = Field(10, ge=1, description="operations in one HTTP batch")
    nesting: int = Field(64, ge=4, le=500, description="nested arrays and objects in a JSON body")
    list_items: int = Field(250, ge=1, description="items in a list argument, members of an input object")
    search_characters: int = Field(200, ge=1, description="characters of a search text")
    page: int = Field(100, ge=1, description="items on a page")
    series_page: int = Field(1_000, ge=1, description="items on a page of candles or sentiment points")
    series: int = Field(10_000, ge=1, description="points of a columnar price series")
    connections: int = Field(1_000, ge=1, description="open client connections of one process")
    socket_operations: int = Field(100, ge=1, description="operations at once on one WebSocket")
    subscriptions: int = Field(10_000, ge=1, description="subscriptions at once in one process")


class Deadlines(BaseSettings):
    """Seconds that each wait may take."""

    model_config = SettingsConfigDict(env_prefix="INSITECHART_DEADLINE_", frozen=True, extra="forbid")

    operation: float = Field(
        10.0, gt=0, le=_LONGEST_WAIT, description="one GraphQL operation, and each of its SQL statements"
    )
    acquire: float = Field(2.0, gt=0, le=_LONGEST_WAIT, description="waiting for a database connection")
    connect: float = Field(3.0, gt=0, le=_LONGEST_WAIT, description="opening a connection to PostgreSQL or Redis")
    redis: float = Field(0.5, gt=0, le=_LONGEST_WAIT, description="one Redis command")
    headers: float = Field(10.0, gt=0, le=_LONGEST_WAIT, description="a client sending its request headers")
    body: float = Field(15.0, gt=0, le=_LONGEST_WAIT, description="a client sending its request body")
    socket_init: float = Field(10.0, gt=0, le=_LONGEST_WAIT, description="a WebSocket client sending connection_init")
    socket_ping: float = Field(
        15.0, gt=0, le=_LONGEST_WAIT, description="a WebSocket client answering a ping; pings are as far apart"
    )
    send: float = Field(15.0, gt=0, le=_LONGEST_WAIT, description="a client reading what a stream or socket sent it")
    heartbeat: float = Field(
        12.0, gt=0, le=_LONGEST_WAIT, description="silence on an event stream before a comment is sent"
    )
    readiness: float = Field(2.0, gt=0, le=_LONGEST_WAIT, description="one dependency answering /readyz")
    drain: float = Field(4.0, gt=0, le=_LONGEST_WAIT, description="open requests finishing after a stop signal")


class Settings(BaseSettings):
    """Everything an operator can set. Secrets are never printed."""

    model_config = SettingsConfigDict(env_prefix="INSITECHART_", frozen=True, extra="forbid", hide_input_in_errors=True)

    environment: Environment = Field("development", description="development opens the IDE and introspection")
    database_url: SecretStr | None = Field(None, description="postgresql://… ; none starts the embedded server")
    redis_url: SecretStr | None = Field(None, description="redis://… ; none starts the embedded server")
    data_dir: Path = Field(Path(".insitechart"), description="where the embedded servers keep their data")
    host: str = Field("127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(8000, ge=0, le=65_535, description="port to listen on")
    database_pool: int = Field(10, ge=1, le=200, description="database connections of one process")
    redis_pool: int = Field(10, ge=1, le=200, description="Redis connections of one process")
    pgbouncer: bool = Field(default=False, description="true behind pgbouncer in transaction mode")
    documents: DocumentMode = Field(
        "automatic", description="open: any document; automatic: and by its hash; trusted: registered ones only"
    )
    window_tick: int = Field(10, ge=1, le=3_600, description="seconds to which a request's instant is floored")
    trending_interval: int = Field(60, ge=1, le=86_400, description="seconds from one trending snapshot to the next")
    stalled_after: int = Field(3_600, ge=1, description="seconds without a new item after which a feed is stalled")
    subscriber_backlog: int = Field(256, ge=1, description="mentions that wait for one slow subscriber before a gap")
    cors_origins: tuple[str, ...] = Field((), description="origins that browsers may call from")
    operator_token: SecretStr | None = Field(None, description="opens operator features outside development")
    seal_key: SecretStr = Field(
        SecretStr(PUBLIC_SEAL_KEY), description="seals cursors and ids; the same in all processes"
    )
    executor: Executor = Field(
        "compiled", description="compiled plans; reference is graphql-core alone; shadow compares a share of both"
    )
    shadow_share: float = Field(0.01, ge=0, le=1, description="share of queries that a shadow runs a second time")
    budgets: Path | None = Field(None, description="the file of the latency objectives; none is the shipped one")
    stage: Stage | None = Field(None, description="the stage whose objectives hold; none is the file's own")
    log_format: LogFormat | None = Field(
        None, description="text for people or json for programs; none is text in development, else json"
    )
    profile_signal: bool = Field(default=True, description="SIGUSR2 has a process record a flame graph of itself")
    metrics_port: int | None = Field(
        None, ge=0, le=65_000, description="first port of workers' and collectors' /metrics; 0 for none"
    )
    metrics_host: str = Field(
        "127.0.0.1", min_length=1, description="address that workers and collectors listen on for scrapes"
    )
    limits: Limits = Field(default_factory=Limits)
    deadlines: Deadlines = Field(default_factory=Deadlines)
    cache: CacheSettings = Field(default_factory=CacheSettings)
    intake: IntakeSettings = Field(default_factory=IntakeSettings)
    tracing: TracingSettings = Field(default_factory=TracingSettings)
    yahoo: YahooSettings = Field(default_factory=YahooSettings)
    reddit: RedditSettings = Field(default_factory=RedditSettings)
    x: XSettings = Field(default_factory=XSettings)
    news: NewsSettings = Field(default_factory=NewsSettings)

    @property
    def development(self) -> bool:
        """Whether the open conveniences (IDE, introspection, suggestions) are on."""
        return self.environment == "development"

    @property
    def exploring(self) -> bool:
        """Whether documents may be tried out: the IDE, introspection and suggestions."""
        return self.development and self.documents != "trusted"

    @property
    def readable_logs(self) -> bool:
        """Whether log lines are for people, and not JSON."""
        return self.development if self.log_format is None else self.log_format == "text"

    def check_serving(self) -> None:
        """Raise ValueError, with what to do, where these settings must not serve."""
        key = self.seal_key.get_secret_value()
        if not self.development and (key == PUBLIC_SEAL_KEY or len(key) < _SHORTEST_KEY):
            raise ValueError(
                f"INSITECHART_SEAL_KEY: in production set a secret of at least {_SHORTEST_KEY} characters, the "
                "same for all processes ('openssl rand -hex 32' makes one); the default is public, so no seal"
            )

    def check_collecting(self) -> None:
        """Raise ValueError, with what to do, where these settings must not collect."""
        key = self.intake.author_key.get_secret_value()
        if not self.development and (key == PUBLIC_AUTHOR_KEY or len(key) < _SHORTEST_KEY):
            raise ValueError(
                f"INSITECHART_INTAKE_AUTHOR_KEY: in production set a secret of at least {_SHORTEST_KEY} characters, "
                "the same for all processes ('openssl rand -hex 32' makes one); under the default, which is public, "
                "anybody can tell which author a pseudonym stands for"
            )

    @field_validator("database_url")
    @classmethod
    def _database_url_can_be_read(cls, url: SecretStr | None) -> SecretStr | None:
        return _readable(url, "postgresql", "postgres")

    @field_validator("redis_url")
    @classmethod
    def _redis_url_can_be_read(cls, url: SecretStr | None) -> SecretStr | None:
        return _readable(url, "redis", "rediss", "unix")

    @field_validator("budgets")
    @classmethod
    def _budgets_can_be_used(cls, path: Path | None) -> Path | None:
        """Refuse a file with an error in it before anything is started."""
        if path is not None:
            if not path.name:
                raise ValueError("the name of a file is expected, or no such variable for the shipped file")
            load_budgets(path)
        return path

    @model_validator(mode="after")
    def _wildcard_stands_alone(self) -> Self:
        if "*" in self.cors_origins and len(self.cors_origins) > 1:
            raise ValueError(
                "INSITECHART_CORS_ORIGINS: '*' allows every origin; list it alone, or list the origins without it"
            )
        return self


def _readable(url: SecretStr | None, *schemes: str) -> SecretStr | None:
    """Refuse a URL that the driver could not read, without repeating it: it may hold a password."""
    if url is None:
        return None
    try:
        parts = urlsplit(url.get_secret_value())
        ports = [urlsplit(f"//{host}").port for host in parts.netloc.rpartition("@")[2].split(",")]
    except ValueError:
        ports = None
    cut_off = ports is not None and "@" in parts.path + parts.query + parts.fragment  # a password with /, ? or # in it
    if ports is None or cut_off or parts.scheme not in schemes:
        expected = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ValueError(
            f"a URL is expected that begins with {expected}, with host and port as in host:1234 "
            "and special characters as %XX"
        )
    return url
