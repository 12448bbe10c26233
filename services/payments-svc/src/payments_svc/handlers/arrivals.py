"""Remittances whose claims are known to be out only in a moment: they wait at the door instead of being posted twice over.

A payer may answer before our own log has told this service that the claim was sent (decision 0164).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from payments_svc.store import submissions
from payments_svc.store.submissions import Number
from rcm.messaging.unit_of_work import UnitOfWork

T = TypeVar("T")
SECONDS_MAX = 30.0
"""However far behind the log we are."""


class NotHeardYet(Exception):
    """One of a file's patient control numbers is of no claim that we know; raised so that the transaction writes nothing."""

    def __init__(self, numbers: set[Number], at: datetime) -> None:
        """`numbers` are all that the file waits for, known or not."""
        super().__init__(f"{len(numbers)} patient control numbers")
        self.numbers, self.at = numbers, at


class _Guest:
    """One remittance file that waits."""

    __slots__ = ("at", "come", "missing", "numbers")

    def __init__(self, numbers: set[Number], at: datetime) -> None:
        self.numbers, self.at = numbers, at
        self.missing = next(iter(numbers))
        """One of them, the last that was found missing: while it is, nobody need ask for the others."""
        self.come = asyncio.Event()


class WaitingRoom:
    """Where the files of a process wait, each for all of its claims; what is given up is posted with what is known then.

    `seconds`: a file waits no more when nothing was heard of any claim for so long, or when something was heard that was said
    so long after the file had come. 0: none waits.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._guests: set[_Guest] = set()
        self._looks = 0
        self._heard_until = datetime.min.replace(tzinfo=UTC)

    @property
    def guests(self) -> int:
        """How many files wait now."""
        return len(self._guests)

    async def attempt(self, work: Callable[[bool], Awaitable[T]]) -> T:
        """Does `work(True)`, which may raise NotHeardYet; then, after a wait, `work(False)`, which takes what is known.

        `work(True)` is done twice where submissions were heard while it read.
        """
        if not self._seconds:
            return await work(False)
        looks = self._looks
        try:
            return await work(True)
        except NotHeardYet as found:
            guest = _Guest(found.numbers, found.at)
        self._guests.add(guest)
        try:
            if looks != self._looks:
                # A look after our reading passed us by: what it saw we see now, and every later one sees us.
                with suppress(NotHeardYet):
                    return await work(True)
            await self._wait(guest)
        finally:
            self._guests.discard(guest)
        return await work(False)

    def heard(self, said_at: datetime) -> None:
        """Submissions are being heard that were said then."""
        self._heard_until = max(self._heard_until, said_at)

    async def look(self, unit: UnitOfWork) -> None:
        """Lets those go whose claims are all known, or will not come: called when submissions were heard and committed."""
        self._looks += 1
        guests = list(self._guests)
        missing = await submissions.first_missing(unit.connection, [[guest.missing] for guest in guests])
        lucky = [guest for place, guest in enumerate(guests) if place not in missing]
        missing = await submissions.first_missing(unit.connection, [guest.numbers for guest in lucky])
        complete = set()
        for place, guest in enumerate(lucky):
            if place in missing:
                guest.missing = missing[place]
            else:
                complete.add(guest)
        beyond = self._heard_until - timedelta(seconds=self._seconds)
        for guest in guests:
            if guest in complete or guest.at < beyond:
                self._guests.discard(guest)
                guest.come.set()

    async def _wait(self, guest: _Guest) -> None:
        deadline = time.monotonic() + SECONDS_MAX
        looks = -1
        while looks != self._looks and time.monotonic() < deadline:
            looks = self._looks
            try:
                async with asyncio.timeout(self._seconds):
                    await guest.come.wait()
                    return
            except TimeoutError:
                continue
