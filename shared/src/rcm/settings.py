"""The platform's part of the environment: what every service process is told when it starts. All names begin with RCM_."""

from enum import StrEnum
from math import inf
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from rcm.tokens import AUDIENCE, ISSUER

MEBIBYTE = 1024 * 1024


class Bus(StrEnum):
    """What carries events from service to service."""

    DIRECT = "direct"
    KAFKA = "kafka"


class Chaos(StrEnum):
    """What the direct bus does to deliveries on purpose."""

    DUPLICATE = "duplicate"
    REORDER = "reorder"


class PlatformSettings(BaseSettings):
    """One service process's environment. A service's own settings.py subclasses it."""

    model_config = SettingsConfigDict(env_prefix="RCM_", extra="ignore", frozen=True)

    owner_database_url: str = ""
    """The role that migrates; needed at start only."""
    api_database_url: str = ""
    """The role of requests: row-level security shows it one organisation."""
    worker_database_url: str = ""
    """The role of consumers, relay and periodic work: it sees all organisations."""
    bus: Bus = Bus.DIRECT
    kafka_bootstrap: str = "127.0.0.1:9092"
    jwks: str = ""
    """A path or http(s) address of a JWKS with the public keys that sign tokens (EdDSA or ES256)."""
    token_issuer: str = ISSUER
    token_audience: str = AUDIENCE
    operator_organisation: UUID | None = None
    """Whose administrators see and move what belongs to the whole service: its flow, its clock, a replay for everybody."""
    simulation: bool = False
    """Opens PUT /v1/admin/clock. Never in production."""
    host: str = "127.0.0.1"
    port: int = 0
    request_limit_bytes: int = 32 * MEBIBYTE
    """The largest request body; a larger one is refused (413) before it is read."""
    log_level: str = "info"
    log_requests: bool = True
    """One log line for each request: method, route template, status, milliseconds, ids."""
    api_connections: Annotated[int, Field(ge=1, le=200)] = 12
    worker_connections: Annotated[int, Field(ge=3, le=100)] = 6
    connection_wait_seconds: Annotated[float, Field(gt=0)] = 10.0
    """How long a request waits for a free connection before it is told to come again (503)."""
    log_retention_days: Annotated[int, Field(ge=1)] | None = None
    """The log's months that lie wholly before this many days ago are dropped, and can't be replayed; unset keeps all."""
    inbox_retention_days: Annotated[int, Field(ge=1)] | None = None
    """The same for what a consumer remembers of the events it took; never less than any producer's log is kept."""
    chaos: Annotated[frozenset[Chaos], NoDecode] = frozenset()
    """On the direct bus only: deliver twice, deliver in another order across keys."""
    chaos_seed: int = 0
    crash_point: str = ""
    """Where the process kills itself: a name of rcm.messaging's crash points. For tests of faults."""

    @field_validator("operator_organisation", "log_retention_days", "inbox_retention_days", mode="before")
    @classmethod
    def _unset(cls, value: object) -> object:
        """An empty setting says nothing."""
        return None if value == "" else value

    @model_validator(mode="after")
    def _inbox_outlives_log(self) -> Self:
        """What a replay can bring again the inbox must still know, or it would take effect twice."""
        if self.inbox_retention_days is not None and self.inbox_retention_days <= (self.log_retention_days or inf):
            raise ValueError("RCM_INBOX_RETENTION_DAYS must be more than RCM_LOG_RETENTION_DAYS")
        return self

    @field_validator("chaos", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        """`duplicate,reorder` as a set; `kill` is the demo's business and passed over here."""
        if isinstance(value, str):
            return frozenset(word.strip() for word in value.split(",") if word.strip() and word.strip() != "kill")
        return value
