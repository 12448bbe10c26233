"""The rules of DOMAIN 1 and of the ledger, one by one."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from payments_svc.domain import responsibility
from payments_svc.domain.adjudication import Adjudication, adjudicate
from payments_svc.domain.adjustment_reasons import AdjustmentReasons, Kind, published_table, read_table
from payments_svc.domain.check import Check, CheckedClaim, Identity, ProviderAdjustment, checks_of_file
from payments_svc.domain.claim_payment import Adjustment, ClaimPayment, LinePayment
from payments_svc.domain.encounter_account import EncounterAccount
from payments_svc.domain.ledger import Account, Entry, EntryKind, UnbalancedEntry, balanced, into_suspense, mirrored
from payments_svc.domain.matching import PostedPayment, SentLine, match_lines, original_of, unmatched_lines
from payments_svc.domain.patient_payments import PatientPayment, apply_deposits, return_excess
from payments_svc.domain.remittance import (
    CLAIM_TRANSITIONS,
    REMITTANCE_TRANSITIONS,
    ClaimState,
    NotPossibleNow,
    Reason,
    RemittanceState,
    move,
)

DAY = date(2025, 9, 1)
TABLE = published_table()
ORGANISATION = uuid4()


def line(charge: int, *adjustments: tuple[str, str, int], remarks: tuple[str, ...] = ()) -> LinePayment:
    paid = charge - sum(amount for _, _, amount in adjustments)
    made = tuple(Adjustment(*each) for each in adjustments)
    return LinePayment("99213", charge, paid, adjustments=made, remarks=remarks)


def claim(
    *lines: LinePayment, status: str = "1", adjustments: tuple[Adjustment, ...] = (), remarks: tuple[str, ...] = ()
) -> ClaimPayment:
    paid = sum(each.paid_cents for each in lines) - sum(each.amount_cents for each in adjustments)
    charge = sum(each.charge_cents for each in lines)
    said = ClaimPayment("PCN1", status, charge, paid, lines=lines, adjustments=adjustments, remarks=remarks)
    return replace(said, line_numbers=tuple(range(1, len(lines) + 1)))


def classed(payment: ClaimPayment) -> Adjudication:
    return adjudicate(payment, TABLE, DAY)


@pytest.mark.parametrize(
    ("group", "reason", "remarks", "kind", "account"),
    [
        ("CO", "45", (), Kind.CONTRACTUAL, "contractual"),
        ("PI", "45", (), Kind.REVIEW, "insurance_open"),
        ("CO", "253", (), Kind.OTHER, "other_adjustments"),
        ("CO", "59", (), Kind.OTHER, "other_adjustments"),
        ("CO", "131", (), Kind.OTHER, "other_adjustments"),
        ("CO", "144", (), Kind.OTHER, "other_adjustments"),
        ("CO", "237", (), Kind.OTHER, "other_adjustments"),
        ("OA", "253", (), Kind.REVIEW, "insurance_open"),
        ("PR", "1", (), Kind.PATIENT, "insurance_open"),
        ("PR", "2", ("N782",), Kind.PROTECTED, "insurance_open"),
        ("PR", "3", ("N781", "MA01"), Kind.PROTECTED, "insurance_open"),
        ("PR", "96", (), Kind.DENIAL, "insurance_open"),
        ("PR", "204", (), Kind.REVIEW, "insurance_open"),
        ("OA", "23", (), Kind.NEUTRAL, "insurance_open"),
        ("CO", "50", (), Kind.DENIAL, "insurance_open"),
        ("CR", "45", (), Kind.REVIEW, "insurance_open"),
        ("XX", "1", (), Kind.REVIEW, "insurance_open"),
    ],
)
def test_the_table_of_reasons(group: str, reason: str, remarks: tuple[str, ...], kind: Kind, account: str) -> None:
    found = TABLE.rows_for(DAY, remarks)[group, reason]
    assert (found.kind, found.account.value) == (kind, account)


@pytest.mark.parametrize(
    ("reason", "remarks", "category"),
    [
        ("50", (), "medical_necessity"),
        ("197", (), "authorisation"),
        ("16", (), "missing_information"),
        ("16", ("MA130",), "unprocessable"),
        ("999", (), "unlisted"),
        ("27", (), "coverage"),
        ("B7", (), "credentialing"),
    ],
)
def test_denial_categories(reason: str, remarks: tuple[str, ...], category: str) -> None:
    found = classed(claim(line(1000, ("CO", reason, 1000), remarks=remarks)))
    assert (found.denied, found.denial_category) == ("all", category)


def test_rows_are_dated_and_for_payers() -> None:
    assert TABLE.rows_for(date(2013, 6, 1))["CO", "253"].kind is Kind.REVIEW, "before the sequester"
    heading = "group\treason\tremark\tpayer_id\teffective_from\teffective_to\tkind\tdenial_category\tsource"
    rows = ["CO\t45\t\t\t2000-01-01\t2020-12-31\tcontractual\t\tx", "CO\t45\t\tP1\t2000-01-01\t\tother\t\tx"]
    table = read_table("\n".join([heading, *rows]))
    assert table.rows_for(date(2020, 12, 31))["CO", "45"].kind is Kind.CONTRACTUAL
    assert table.rows_for(date(2021, 1, 1))["CO", "45"].kind is Kind.REVIEW
    assert table.rows_for(DAY, (), "P1")["CO", "45"].kind is Kind.OTHER
    with pytest.raises(ValueError, match="columns"):
        read_table("group\treason")
    assert AdjustmentReasons(()).rows_for(DAY)["CO", "45"].kind is Kind.REVIEW


@pytest.mark.parametrize(
    ("payment", "denied"),
    [
        (claim(line(1000, ("CO", "45", 1000))), "none"),
        (claim(line(1000, ("PR", "1", 1000))), "none"),
        (claim(line(1000, ("OA", "23", 1000))), "none"),
        (claim(line(1000, ("CO", "45", 400), ("CO", "50", 600))), "all"),
        (claim(line(1000, ("CO", "45", 400)), line(500, ("CO", "97", 500))), "lines"),
        (claim(line(1000, ("CO", "50", 400))), "none"),
        (claim(line(1000), status="4"), "all"),
        (claim(line(1000, ("CO", "97", 0), ("CO", "45", 1000))), "none"),
        (claim(line(1000), adjustments=(Adjustment("CO", "29", 1000),)), "all"),
        (ClaimPayment("P", "1", 1000, 0, adjustments=(Adjustment("CO", "29", 1000),)), "all"),
        (ClaimPayment("P", "1", 1000, 0, adjustments=(Adjustment("PR", "1", 1000),)), "none"),
    ],
)
def test_what_is_denied(payment: ClaimPayment, denied: str) -> None:
    assert classed(payment).denied == denied


def test_what_is_posted_of_a_claim() -> None:
    adjustments = (("CO", "45", 2000), ("CO", "253", 100), ("PR", "3", 1500), ("CO", "97", 300), ("OA", "23", 50))
    posted = dict(classed(claim(line(10000, *adjustments))).ledger_lines())
    assert posted == {
        Account.INSURANCE_PAID: 6050,
        Account.CONTRACTUAL: 2000,
        Account.OTHER_ADJUSTMENTS: 100,
        Account.INSURANCE_OPEN: -8150,
    }
    assert classed(claim(line(1000, ("CO", "50", 1000)))).ledger_lines() == ()


def test_lines_are_found_by_control_number_then_by_content_then_by_the_billed_code() -> None:
    sent = [
        SentLine(1, "A1", "99213", DAY, 1000),
        SentLine(2, "A2", "85025", DAY, 500, ("26",)),
        SentLine(3, "A3", "36415", DAY, 200),
        SentLine(4, "A4", "36415", DAY, 200),
    ]
    lines = (
        LinePayment("36415", 200, 200, date_of_service=DAY),
        LinePayment("99999", 1000, 0, control_number="A1"),
        LinePayment("85027", 500, 0, original_procedure="85025", original_modifiers=("26",)),
        LinePayment("36415", 200, 200),
        LinePayment("36415", 200, 200),
        LinePayment("99998", 10, 0, control_number="A1"),
    )
    matched = match_lines(ClaimPayment("P", "1", 2110, 400, lines=lines), sent)
    assert matched.line_numbers == (3, 1, 2, 4, None, 1)
    assert unmatched_lines(matched) == 1
    assert matched.lines == lines
    assert matched.without_line_numbers().line_numbers == ()


def posted(payment: ClaimPayment, *, position: int = 1, on: date = DAY) -> PostedPayment:
    return PostedPayment(uuid4(), uuid4(), position, on, uuid4(), "P", "X", uuid4(), payment)


def test_the_original_of_a_reversal() -> None:
    first = posted(claim(line(1000, ("CO", "45", 200))))
    other = posted(claim(line(1000, ("PR", "2", 200))))
    reversal = ClaimPayment("pcn1 ", "22", -1000, -800, adjustments=(Adjustment("CO", "45", -200),))
    somewhere = uuid4()

    def original(said: ClaimPayment, *known: PostedPayment, within: UUID = somewhere) -> PostedPayment | None:
        return original_of(said, known, remittance_id=within, position=1, payment_date=DAY)

    assert original(reversal, first, other) is first, "the exact opposite, also in its reasons"
    assert original(reversal, other) is other, "else what there is"
    assert original(reversal, posted(first.payment, on=date(2025, 9, 2))) is None, "nothing later"
    assert original(reversal, first, within=first.remittance_id) is None, "nothing below it in its own remittance"
    numbered = ClaimPayment("PCN1", "22", -1000, -800, payer_claim_control_number="B")
    known = posted(ClaimPayment("PCN1", "1", 1000, 800, payer_claim_control_number="A"))
    assert original(numbered, known) is None, "CLP07 is another claim's"


LINES = [responsibility.ChargedLine(1, 3000), responsibility.ChargedLine(2, 1000)]


def test_the_patient_owes_exactly_pr_1_2_3() -> None:
    payment = claim(line(3000, ("CO", "45", 500), ("PR", "1", 700), ("PR", "96", 100)), line(1000, ("PR", "3", 250)))
    found = responsibility.after_payers(LINES, [("P", classed(payment))])
    assert found.parts == (("1", 700), ("3", 250))
    assert found.lines == (responsibility.LineShare(1, 1700, 500, 700), responsibility.LineShare(2, 750, 0, 250))


def test_a_qualified_medicare_beneficiary_owes_nothing() -> None:
    payment = claim(line(3000, ("PR", "1", 700)), remarks=("N781",))
    assert responsibility.after_payers(LINES, [("P", classed(payment))]).total_cents == 0


def test_the_last_payers_share_counts_and_all_payments_show() -> None:
    primary = claim(line(3000, ("PR", "1", 1000)))
    secondary = claim(line(3000, ("OA", "23", 2000), ("PR", "2", 100)), status="2")
    found = responsibility.after_payers(LINES, [("P", classed(primary)), ("S", classed(secondary))])
    assert found.parts == (("2", 100),)
    assert found.lines[0] == responsibility.LineShare(1, 2900, 0, 100)


def test_what_stands_at_the_claim_is_divided_by_charges() -> None:
    payment = ClaimPayment("P", "1", 4000, 2999, adjustments=(Adjustment("PR", "1", 1001),))
    found = responsibility.after_payers(LINES, [("P", classed(payment))])
    assert [(share.insurance_paid_cents, share.patient_cents) for share in found.lines] == [(2249, 751), (750, 250)]
    assert found.total_cents == 1001


def test_claim_level_adjustments_lower_what_the_lines_show_as_paid() -> None:
    payment = claim(line(4000, ("PR", "1", 1000)), adjustments=(Adjustment("CO", "45", 400),))
    found = responsibility.after_payers([responsibility.ChargedLine(1, 4000)], [("P", classed(payment))])
    assert found.lines == (responsibility.LineShare(1, 2600, 400, 1000),)


def test_a_negative_share_is_none() -> None:
    payment = claim(line(3000, ("PR", "1", -500)))
    found = responsibility.after_payers(LINES, [("P", classed(payment))])
    assert found.total_cents == 0
    assert all(share.patient_cents == 0 for share in found.lines)


def account(*, open_cents: int, on: date = DAY, guarantor: str = "G", known: bool = True) -> EncounterAccount:
    made = EncounterAccount((ORGANISATION, uuid4()), "E", guarantor, on, "P", False, open_cents, 1, completed=known)
    for entry in made.charge_entries():
        made.take(entry.lines)
    made.take(made.share_lines(open_cents if known else 0))
    return made


def deposit(cents: int, encounter: EncounterAccount | None = None, *, on: date = DAY, guarantor: str = "G") -> PatientPayment:
    named = encounter.encounter_id if encounter else None
    return PatientPayment(ORGANISATION, uuid4(), uuid4(), guarantor, on, cents, cents, named)


def test_a_payment_goes_to_the_encounter_it_names_and_the_excess_to_the_oldest() -> None:
    older, newer = account(open_cents=500, on=date(2025, 1, 1)), account(open_cents=300)
    strange = account(open_cents=900, guarantor="H")
    payment = deposit(1000, newer)
    applied = apply_deposits([payment], [strange, newer, older])
    assert [(each.account, each.applied_cents, each.deposit_left_cents) for each in applied] == [
        (newer, 300, 700),
        (older, 500, 200),
    ]
    assert payment.deposit_cents == 200
    assert newer.balances[Account.PATIENT_OPEN] == older.balances[Account.PATIENT_OPEN] == 0


def test_a_payment_waits_for_the_encounter_it_names() -> None:
    unknown, owed = account(open_cents=500, known=False), account(open_cents=300)
    assert apply_deposits([deposit(400, unknown)], [unknown, owed]) == []
    assert apply_deposits([deposit(400, account(open_cents=1))], [owed]) == [], "an encounter that is not there yet"


def test_what_was_paid_too_much_comes_back_the_last_payment_first() -> None:
    owed = account(open_cents=1000)
    first, second = deposit(600), deposit(400)
    apply_deposits([first, second], [owed])
    owed.take(owed.share_lines(300))
    assert owed.balances[Account.PATIENT_OPEN] == -700
    returned = return_excess(owed, [(first, 600), (second, 400)])
    assert [(each.payment, each.applied_cents) for each in returned] == [(second, -400), (first, -300)]
    assert owed.balances[Account.PATIENT_OPEN] == 0
    assert owed.balances[Account.PATIENT_PAID] == 300


def test_charges_are_reversed_and_posted_anew() -> None:
    owed = account(open_cents=1000, known=False)
    owed.charge_cents = 700
    entries = owed.charge_entries()
    assert [(entry.kind, dict(entry.lines)[Account.CHARGES]) for entry in entries] == [
        (EntryKind.CHARGE_REVERSAL, 1000),
        (EntryKind.CHARGE, -700),
    ]
    for entry in entries:
        owed.take(entry.lines)
    assert owed.charge_entries() == []
    owed.cancelled_self_pay = True
    assert [entry.kind for entry in owed.charge_entries()] == [EntryKind.CHARGE_REVERSAL]


def test_an_entry_sums_to_zero() -> None:
    with pytest.raises(UnbalancedEntry):
        Entry(EntryKind.CHARGE, ((Account.CHARGES, -1),), "")
    with pytest.raises(UnbalancedEntry):
        Entry(EntryKind.CHARGE, (), "")
    with pytest.raises(UnbalancedEntry):
        account(open_cents=5).take(((Account.PATIENT_OPEN, 1), (Account.SUSPENSE, -1)))
    assert balanced([(Account.CHARGES, 0)], Account.SUSPENSE) == ()
    assert mirrored(into_suspense(-5)) == into_suspense(5)


def sets(*amounts: tuple[int, int], sha: str = "") -> list[Check]:
    """Transaction sets of one check: each with what it pays of claims, and BPR02."""
    return [
        Check(
            Identity("P", "T", DAY, bpr),
            "Payer",
            "1993999998",
            (),
            (CheckedClaim(ClaimPayment("A", "1", paid, paid)),),
            (),
            sha or f"h{place}",
            (place,),
        )
        for place, (paid, bpr) in enumerate(amounts)
    ]


def test_sets_that_balance_only_together_are_one_check() -> None:
    [one] = checks_of_file(sets((300, 1000), (700, 1000)))
    assert (one.places, one.difference_cents, len(one.claims)) == ((0, 1), 0, 2)
    assert len(checks_of_file(sets((1000, 1000), (1000, 1000)))) == 2, "each balances by itself"
    assert len(checks_of_file(sets((300, 1000), (600, 1000)))) == 2, "nor together"
    assert len(checks_of_file(sets((300, 300), (700, 700)))) == 2, "two checks"


def test_why_nothing_of_a_check_may_be_posted() -> None:
    [good] = sets((500, 500))
    assert good.faults({"1993999998"}) == []
    assert good.faults(set()) == [Reason.PAYEE_UNKNOWN]
    [bad] = sets((500, 400))
    assert bad.faults({"1993999998"}) == [Reason.TRANSACTION_UNBALANCED]
    assert bad.difference_cents == 100
    adjusted = Check(
        good.identity, "P", "", ("12",), good.claims, (ProviderAdjustment("WO", "", 500),), "h", (0,), unreadable=True
    )
    assert adjusted.faults({""}) == [Reason.UNREADABLE, Reason.PAYEE_UNKNOWN, Reason.TRANSACTION_UNBALANCED]


@pytest.mark.parametrize("state", ClaimState)
@pytest.mark.parametrize("to", ClaimState)
def test_every_step_of_a_clp(state: ClaimState, to: ClaimState) -> None:
    if to in CLAIM_TRANSITIONS[state]:
        assert move(CLAIM_TRANSITIONS, state, to) is to
    else:
        with pytest.raises(NotPossibleNow):
            move(CLAIM_TRANSITIONS, state, to)


@pytest.mark.parametrize("state", RemittanceState)
@pytest.mark.parametrize("to", RemittanceState)
def test_every_step_of_a_remittance(state: RemittanceState, to: RemittanceState) -> None:
    if to in REMITTANCE_TRANSITIONS[state]:
        assert move(REMITTANCE_TRANSITIONS, state, to) is to
    else:
        with pytest.raises(NotPossibleNow):
            move(REMITTANCE_TRANSITIONS, state, to)
