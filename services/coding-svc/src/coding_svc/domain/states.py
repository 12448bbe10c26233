"""The life of an encounter here: its states, what may follow what, and the one function that moves it."""

from enum import StrEnum

from rcm.errors import Conflict


class State(StrEnum):
    """Where an encounter stands."""

    HELD = "held"
    """It waits for a person: a code, a coverage or an edit's fix."""
    CODED = "coded"
    """Its codes are complete and checked; the charges are said."""
    CANCELLED = "cancelled"
    """It is not to be billed."""


TRANSITIONS: dict[State | None, frozenset[State]] = {
    None: frozenset({State.HELD, State.CODED}),
    State.HELD: frozenset({State.HELD, State.CODED, State.CANCELLED}),
    State.CODED: frozenset({State.CODED, State.CANCELLED}),
    State.CANCELLED: frozenset(),
}
"""What may follow what; None is before the encounter came. A coded encounter is never held again: its charges are said."""


class StateForbids(Conflict):
    """An encounter in this state can't do that."""

    code = "encounter-state"
    title = "The encounter's state does not allow this"
    fix = "Read the encounter for its state. One that was cancelled stays so: send the visit anew under another external id."


def move(current: State | None, to: State) -> State:
    """`to`, where TRANSITIONS allow it. Raises StateForbids."""
    if to not in TRANSITIONS[current]:
        raise StateForbids(f"an encounter that is {current or 'new'} can't become {to}")
    return to
