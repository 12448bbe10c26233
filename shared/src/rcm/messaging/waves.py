"""Grouping a batch into few calls of handlers without breaking any key's order."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from rcm.messaging.wire import Envelope, base_of


@dataclass(slots=True)
class Wave:
    """Messages of one event that one call of its handler takes; waves run one after the other."""

    base: str
    envelopes: list[Envelope] = field(default_factory=list)


def plan(envelopes: Sequence[Envelope], singly: Collection[tuple[str, UUID]] = ()) -> list[Wave]:
    """As few waves as a greedy reading finds: each message in the earliest wave of its event that is not before its key's last.

    Within a wave messages keep the order in which they came, and so does each key over all waves. A key in `singly` has one
    message a wave at most.
    """
    if not singly and _one_each(envelopes):
        return _by_event(envelopes)
    waves: list[Wave] = []
    last_of_key: dict[tuple[str, UUID], int] = {}
    waves_of_base: dict[str, list[int]] = {}
    for envelope in envelopes:
        base = base_of(envelope.type)
        mine = waves_of_base.setdefault(base, [])
        key = envelope.key
        place = bisect_left(mine, last_of_key.get(key, -1) + (key in singly))
        if place == len(mine):
            mine.append(len(waves))
            waves.append(Wave(base))
        index = mine[place]
        waves[index].envelopes.append(envelope)
        last_of_key[key] = index
    return waves


def _one_each(envelopes: Sequence[Envelope]) -> bool:
    """Whether all are of one event or no key comes twice: nothing can overtake anything then."""
    return len({envelope.type for envelope in envelopes}) == 1 or len({envelope.subject for envelope in envelopes}) == len(
        envelopes
    )


def _by_event(envelopes: Sequence[Envelope]) -> list[Wave]:
    """A wave for each event, in the order in which they came first."""
    waves: dict[str, Wave] = {}
    for envelope in envelopes:
        base = base_of(envelope.type)
        wave = waves.get(base)
        if wave is None:
            wave = waves[base] = Wave(base)
        wave.envelopes.append(envelope)
    return list(waves.values())
