"""What readers of 837, 270, 271, 276 and 277 do alike with the transaction sets of a file, and the writers of the last four."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Protocol, TypeVar

from rcm.x12.grammar import Source
from rcm.x12.interchange import TransactionSet, Walker, refuse_if_nothing
from rcm.x12.parties import TransactionHeader
from rcm.x12.problems import Problem
from rcm.x12.text import interchange
from rcm.x12.values import InterchangeHeader

T = TypeVar("T")


class Headed(Protocol):
    """A value that tells its transaction set's header."""

    @property
    def header(self) -> TransactionHeader:
        """ST and BHT."""
        ...


HeadedT = TypeVar("HeadedT", bound=Headed)


def read_sets(
    source: Source,
    problems: list[Problem] | None,
    name: str,
    wanted: Callable[[TransactionSet], bool],
    read: Callable[[Walker, TransactionSet, list[Problem]], Iterator[T]],
) -> Iterator[T]:
    """What `read` finds in each of the file's transaction sets that is `wanted`; other sets are passed over.

    Raises NotX12, and WrongTransaction at the end where the file held none. Faults are added to `problems`.
    """
    walker = Walker(source)
    found: list[Problem] = problems if problems is not None else []
    count = 0
    for item in walker:
        if isinstance(item, TransactionSet) and wanted(item):
            count += 1
            yield from read(walker, item, found)
    found.extend(walker.problems)
    refuse_if_nothing(count, walker, name)


def write_sets(
    header: InterchangeHeader,
    functional_id: str,
    version: str,
    values: Sequence[HeadedT],
    write: Callable[[InterchangeHeader, int, TransactionHeader, list[tuple[int, HeadedT]]], Iterator[str]],
) -> bytes:
    """One interchange with a transaction set for each run of values that share their header.

    `write` gets the set's number from 1, its header, and its values with their places among all.
    """
    runs = groupby(enumerate(values), lambda pair: pair[1].header)
    sets = (write(header, number, one, list(run)) for number, (one, run) in enumerate(runs, 1))
    return interchange(header, functional_id, version, sets)
