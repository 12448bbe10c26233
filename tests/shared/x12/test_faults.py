"""Every fault of the tables is found at its segment and element; where pyx12 finds it too, its 999 and ours name one place.

The judge looks at a sample here, at all of them in `make judge-x12`.
"""

import pytest

from rcm.x12.validation import RULES, validate
from tests.shared.x12.comparison import BASES_OF_JUDGE, FAULTS, JUDGED, disagreement, ours
from tests.shared.x12.faults import GOOD, Fault, content
from tests.shared.x12.judge import findings
from tests.shared.x12.judge_claims import MAKERS, refusals


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_good_file_has_no_finding(name: str) -> None:
    good = content(list(GOOD[name]))
    assert validate(good) == []
    if name in BASES_OF_JUDGE:
        assert findings(good) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_at_its_place(fault: Fault) -> None:
    made, number = fault.made()
    found = {(one.rule, one.segment_number, one.segment, one.element, one.component) for one in validate(made)}
    assert (fault.rule, number, fault.segment, fault.element, fault.component) in found


def test_one_cause_is_one_finding() -> None:
    """But for what is wrong in two ways by itself: a balance of two levels, a count and its code, a segment and what it was."""
    more = {}
    for fault in FAULTS:
        found = validate(fault.made()[0])
        if len(found) > 2 and fault.rule not in {"loop-repeats", "status-action"}:
            more[fault.name] = [one.rule for one in found]
    assert more == {}


def test_there_are_enough_and_of_every_rule() -> None:
    assert len(FAULTS) > 300
    assert len({(fault.base, fault.rule, fault.segment, fault.element) for fault in FAULTS}) > 200
    tried = {fault.rule for fault in FAULTS}
    elsewhere = {
        "claim-limit", "too-many-findings", "no-guide", "no-claim", "missing-gs", "missing-iea", "isa-width",
        "text-before-isa", "unreadable-isa", "unterminated-segment", "nothing-inside", "group-number-twice", "set-number-twice",
        "liability-twice", "trailing-empty",
    }  # fmt: skip
    assert set(RULES) - tried == elsewhere


def test_the_judges_999_says_the_same() -> None:
    assert [said for fault in JUDGED[::5] if (said := disagreement(fault))] == []


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_generated_files_are_accepted(kind: str) -> None:
    assert list(refusals(kind, [17])) == []


@pytest.mark.parametrize("fault", FAULTS[::3], ids=lambda fault: fault.name)
def test_our_999_is_a_good_one(fault: Fault) -> None:
    made, _ = fault.made()
    answered = ours(made).encode()
    # What stands in AK2 is what was sent, however wrong.
    assert [one for one in validate(answered) if one.segment != "AK2"] == []
