"""The simulated clock: how far it stands ahead is kept in the service's database, so that a kill does not set it back."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from rcm.messaging.runtime import Runtime
from rcm.messaging.unit_of_work import Cause, UnitOfWork

AHEAD_MAX = timedelta(days=3660)


class ClockSetting(BaseModel):
    """Either the instant that it shall be now, or how far to stand ahead of the machine's clock."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"ahead_seconds": 86400}]})

    now: AwareDatetime | None = None
    ahead_seconds: float | None = Field(default=None, ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _one_of_them(self) -> "ClockSetting":
        if (self.now is None) == (self.ahead_seconds is None):
            raise ValueError("send either now or ahead_seconds")
        return self

    def ahead(self, machine: datetime) -> timedelta:
        """How far the clock will stand ahead of the machine's."""
        if self.now is not None:
            return self.now - machine
        assert self.ahead_seconds is not None
        return timedelta(seconds=self.ahead_seconds)


class Ahead(BaseModel):
    """A clock."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"now": "2025-09-12T14:03:11.120000Z", "ahead_seconds": 1209600.0}]}
    )

    now: datetime
    ahead_seconds: float


async def kept_ahead(runtime: Runtime) -> timedelta:
    """How far the clock stood ahead when it was last set."""

    async def load(unit: UnitOfWork) -> Any:
        return await unit.connection.fetchval("select ahead_seconds from simulated_clock")

    return timedelta(seconds=await runtime.run_worker(load, cause=Cause()) or 0.0)


async def keep_ahead(runtime: Runtime, ahead: timedelta) -> None:
    """Keeps how far the clock stands ahead."""

    async def keep(unit: UnitOfWork) -> None:
        await unit.connection.execute(
            "insert into simulated_clock (ahead_seconds) values ($1) on conflict (one) "
            "do update set ahead_seconds = greatest(simulated_clock.ahead_seconds, excluded.ahead_seconds)",
            ahead.total_seconds(),
        )

    await runtime.run_worker(keep, cause=Cause())
