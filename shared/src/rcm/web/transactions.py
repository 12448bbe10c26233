"""What the database says, as refusals with names: bad input is never a 5xx, and what passes by itself is a 503."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar
from uuid import UUID

import asyncpg

from rcm.database.pool import is_transient
from rcm.errors import Conflict, Fault, InvalidBody, RcmError, Unavailable
from rcm.messaging.unit_of_work import Cause, UnitOfWork

T = TypeVar("T")

ATTEMPTS_MAX = 4
"""A unique key that was taken meanwhile: the next attempt sees the row that took it."""


class Transactions(Protocol):
    """A service's runtime, as the edge uses it."""

    async def run(
        self, work: Callable[[UnitOfWork], Awaitable[T]], *, organisation_id: UUID, cause: Cause, keep_plans: bool = False
    ) -> T:
        """`work` in a transaction of the organisation, committed when this returns. `keep_plans`: see `Database`."""

    async def read(self, work: Callable[[UnitOfWork], Awaitable[T]], *, organisation_id: UUID, cause: Cause) -> T:
        """The same, read only."""


class Taken(Conflict):
    """Another request wrote the same thing at the same moment."""

    code = "already-there"
    retryable = True
    title = "Something with this identity is there already"


class UnfitValue(InvalidBody):
    """A value that no column of ours can hold: a number out of range, a character that is none."""

    code = "unfit-value"
    title = "A value can't be stored"


async def answered(transact: Callable[[], Awaitable[T]]) -> T:
    """The transaction's answer. Raises RcmError for what the database refuses or can't do now; anything else is our defect."""
    for attempt in range(1, ATTEMPTS_MAX + 1):
        try:
            return await transact()
        except RcmError:
            raise
        except asyncpg.UniqueViolationError as error:
            if attempt == ATTEMPTS_MAX:
                raise Taken from error
        except asyncpg.DataError as error:
            fault = Fault("", "unfit-value", "A number is out of range, or a character can't be stored", "Mend the value.")
            raise UnfitValue(faults=[fault]) from error
        except Exception as error:
            if is_transient(error):
                raise Unavailable("The database does not answer now") from error
            raise
    raise AssertionError("unreachable")
