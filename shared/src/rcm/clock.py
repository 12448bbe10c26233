"""The clock that is handed in. Instants are aware UTC datetimes; dates of service are plain dates."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol


def instant_of(text: str) -> datetime:
    """An instant in ISO 8601. Raises ValueError for what is none, and for one without its zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("an instant needs its zone, as Z")
    return found


class Clock(Protocol):
    """Tells the time; everything that needs it is given one."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""

    def today(self) -> date:
        """The present date in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().date()


class SimulatedClock:
    """A clock that runs with the machine's and can be set ahead: for tests, the demo and the sandbox payer."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def today(self) -> date:
        return self.now().date()

    def set_ahead(self, ahead: timedelta) -> None:
        """Makes the clock stand `ahead` of the machine's; it never goes back, else ValueError."""
        if ahead < self.ahead:
            raise ValueError("a simulated clock never goes back")
        self.ahead = ahead


class FixedClock:
    """A clock that stands still until it is moved: for tests of rules."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def today(self) -> date:
        return self.instant.date()
