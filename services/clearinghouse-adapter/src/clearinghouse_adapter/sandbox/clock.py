"""The sandbox's clock: the machine's, set ahead by an administrator; how far is kept in a file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from clearinghouse_adapter.files import write_whole
from rcm.clock import SimulatedClock


class KeptClock(SimulatedClock):
    """A simulated clock that a kill does not set back."""

    def __init__(self, path: Path) -> None:
        self._path = path
        kept = orjson.loads(path.read_bytes())["ahead_seconds"] if path.exists() else 0.0
        super().__init__(timedelta(seconds=kept))

    def set_ahead(self, ahead: timedelta) -> None:
        """Sets and keeps it. Raises ValueError where it would go back."""
        super().set_ahead(ahead)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._path, orjson.dumps({"ahead_seconds": ahead.total_seconds()}))

    def machine_now(self) -> datetime:
        """The machine's own time."""
        return datetime.now(UTC)
