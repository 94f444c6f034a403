"""Settings of the collectors and scorers. A source without its credentials, or without anything to read, is off."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PUBLIC_AUTHOR_KEY = "insitechart"


class IntakeSettings(BaseSettings):
    """What collectors read, how often, and how long it is kept. Secrets are never printed."""

    model_config = SettingsConfigDict(
        env_prefix="INSITECHART_INTAKE_", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    author_key: SecretStr = Field(
        SecretStr(PUBLIC_AUTHOR_KEY), description="keys the pseudonyms of authors; the same in all processes"
    )
    backlog: int = Field(100_000, ge=1_000, description="items that may wait on each intake stream")
    backlog_megabytes: int = Field(256, ge=1, description="megabytes of Redis' memory that each of them may take")
    dead_letters: int = Field(10_000, ge=100, description="dead letters that are kept; when full, intake waits")
    dead_letters_megabytes: int = Field(
        16, ge=1, description="megabytes of Redis' memory that they may take; when full, intake waits"
    )
    events: int = Field(20_000, ge=100, description="events of each kind that can be resumed from")
    events_megabytes: int = Field(
        32, ge=1, description="megabytes of Redis' memory that each kind may take; the oldest go"
    )
    lease_seconds: float = Field(
        10.0, ge=1, le=3_600, description="seconds until another process follows a dead collector"
    )
    retain_text_days_reddit: int = Field(30, ge=1, description="days that the text of a Reddit post is kept")
    retain_text_days_x: int = Field(30, ge=1, description="days that the text of an X post is kept")
    retain_text_days_news: int = Field(90, ge=1, description="days that the text of an article is kept")
