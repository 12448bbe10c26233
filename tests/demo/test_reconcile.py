"""`rcm reconcile` compares figures one by one. If these fail, books that disagree would be called clean."""

from dataclasses import replace

import pytest

from rcm_deploy.reconcile import Difference, Figures, as_json, differences

LEDGER = {
    "charges_cents": 10_000,
    "insurance_paid_cents": 6_000,
    "contractual_cents": 2_000,
    "other_adjustments_cents": 0,
    "patient_paid_cents": 500,
    "patient_open_cents": 1_500,
    "insurance_open_cents": 0,
}
CLEAN = Figures(
    ledger={"e1": LEDGER},
    coding={"e1": {"state": "coded", "charge_cents": 10_000}, "e2": {"state": "held", "charge_cents": 0}},
    claims_paid={"e1": 6_000},
    billing={"e1": {"open_cents": 1_500, "applied_cents": 500}},
    remittances={
        "r1": {"payment_cents": 6_300, "posted_cents": 6_000, "suspense_cents": 400, "provider_adjustment_cents": 100}
    },
)


def found(figures: Figures) -> list[tuple[str, int, str, int]]:
    return [(d.what, d.ledger_cents, d.other, d.other_cents) for d in differences(figures)]


def test_agreeing_books_are_clean() -> None:
    assert found(CLEAN) == []
    assert as_json([]) == {"clean": True, "differences": []}


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (replace(CLEAN, coding={"e1": {"state": "coded", "charge_cents": 9_999}}), ("charges", 10_000, "coding-svc", 9_999)),
        (replace(CLEAN, claims_paid={"e1": 5_999}), ("insurance_paid", 6_000, "claims-svc", 5_999)),
        (replace(CLEAN, claims_paid={}), ("insurance_paid", 6_000, "claims-svc", 0)),
        (
            replace(CLEAN, billing={"e1": {"open_cents": 0, "applied_cents": 500}}),
            ("patient_open", 1_500, "patient-billing-svc", 0),
        ),
        (
            replace(CLEAN, billing={"e1": {"open_cents": 1_500, "applied_cents": 501}}),
            ("patient_paid", 500, "patient-billing-svc", 501),
        ),
        (
            replace(CLEAN, ledger={"e1": {**LEDGER, "insurance_open_cents": 7}}),
            ("identity", 10_000, "sum of the parts", 10_007),
        ),
        (replace(CLEAN, ledger={}, remittances={}), ("charges", 0, "coding-svc", 10_000)),
    ],
)
def test_each_disagreement_is_found(broken: Figures, expected: tuple[str, int, str, int]) -> None:
    assert expected in found(broken)


def test_a_remittance_must_account_for_every_cent_of_its_payment() -> None:
    short = {**CLEAN.remittances["r1"], "suspense_cents": 399}
    assert list(differences(replace(CLEAN, remittances={"r1": short}))) == [
        Difference("remittance", "r1", 6_299, "BPR02", 6_300)
    ]


def test_a_cancelled_encounter_may_keep_its_charges_or_have_them_reversed() -> None:
    cancelled = {"e1": {"state": "cancelled", "charge_cents": 10_000}}
    nothing = dict.fromkeys(LEDGER, 0)
    assert found(replace(CLEAN, coding=cancelled)) == []
    reversed_books = replace(CLEAN, coding=cancelled, ledger={"e1": nothing}, claims_paid={}, billing={}, remittances={})
    assert found(reversed_books) == []
