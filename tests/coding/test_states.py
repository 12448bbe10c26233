"""The life of an encounter: every state and every step."""

from itertools import product

import pytest

from coding_svc.domain.states import TRANSITIONS, State, StateForbids, move

LIFE = {
    (None, State.HELD), (None, State.CODED),
    (State.HELD, State.HELD), (State.HELD, State.CODED), (State.HELD, State.CANCELLED),
    (State.CODED, State.CODED), (State.CODED, State.CANCELLED),
}  # fmt: skip


@pytest.mark.parametrize(("current", "to"), list(product([None, *State], State)))
def test_move(current: State | None, to: State) -> None:
    if (current, to) in LIFE:
        assert move(current, to) is to
    else:
        with pytest.raises(StateForbids):
            move(current, to)


def test_the_table_is_whole() -> None:
    assert set(TRANSITIONS) == {None, *State}
    assert {(current, to) for current, after in TRANSITIONS.items() for to in after} == LIFE
