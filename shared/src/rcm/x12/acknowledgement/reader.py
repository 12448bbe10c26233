"""Reads TA1, 999 (and 997 as far as it agrees) and 277CA."""

from collections.abc import Iterator

from rcm.x12.acknowledgement.claim_reader import read_claim_acknowledgement
from rcm.x12.acknowledgement.functional_reader import read_functional_acknowledgement
from rcm.x12.acknowledgement.values import Acknowledgement, InterchangeAcknowledgement
from rcm.x12.elements import instant
from rcm.x12.grammar import Source
from rcm.x12.interchange import Loose, Walker, at, envelope_of, refuse_if_nothing


def read_acknowledgements(source: Source) -> Iterator[Acknowledgement]:
    """Every TA1, 999, 997 and 277CA of the file in its order; other transaction sets are passed over.

    Raises NotX12, and WrongTransaction at the end where the file held none of them.
    """
    walker = Walker(source)
    count = 0
    for item in walker:
        if isinstance(item, Loose):
            if item.elements[0] != "TA1":
                continue
            yield _interchange_acknowledgement(item)
        elif item.identifier in {"999", "997"}:
            yield read_functional_acknowledgement(walker, item)
        elif item.identifier == "277" and "X214" in item.version:
            yield read_claim_acknowledgement(walker, item)
        else:
            continue
        count += 1
    refuse_if_nothing(count, walker, "TA1, 999 or 277CA")


def _interchange_acknowledgement(item: Loose) -> InterchangeAcknowledgement:
    ta1 = item.elements
    return InterchangeAcknowledgement(
        at(ta1, 1),
        instant(at(ta1, 2), at(ta1, 3)),
        at(ta1, 4),
        at(ta1, 5),
        envelope_of(item.interchange),
        item.segment_number,
    )
