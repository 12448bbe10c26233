"""Parts of a remittance whose claims were taken back, or paid nothing, are remittances that a payer might have sent."""

import re
from pathlib import Path
from random import Random

from msgspec.structs import replace

from rcm.x12.remittance import ClaimPayment, ProviderAdjustment, differences, read_remittances, write_remittances
from rcm.x12.split import split
from rcm.x12.validation import validate
from rcm.x12.values import Adjustment
from tests.shared.x12.generate_answers import HEADER, claim, remittance


def _paid(number: int, status: str, charge: int, paid: int) -> ClaimPayment:
    return replace(
        claim(Random(number), number),
        patient_control_number=f"PCN{number}", status=status, charge_cents=charge, paid_cents=paid,
        patient_responsibility_cents=0, adjustments=(Adjustment("CO", "45", charge - paid),), lines=(),
    )  # fmt: skip


def test_what_was_taken_back_or_not_paid_makes_good_parts(tmp_path: Path) -> None:
    """A reversal's part is a debit, a denied claim's a notice without payment, money taken back (PLB) a debit too."""
    whole = replace(
        remittance(Random(1), 1),
        claims=(_paid(1, "22", -10000, -8000), _paid(2, "4", 10000, 0), _paid(3, "1", 30000, 25000)),
        provider_adjustments=(ProviderAdjustment("1993000003", HEADER.created.date(), "WO", "ICN9", 7000),),
        payment_cents=10000, method="CHK", handling="I", groups=(),
    )  # fmt: skip
    parts = list(split(write_remittances(HEADER, [whole]), tmp_path, "claim"))
    found = [one for part in parts for one in read_remittances(tmp_path / part.name)]
    assert [(one.handling, one.payment_cents, one.credit_or_debit, one.method) for one in found] == [
        ("I", 8000, "D", "CHK"),
        ("H", 0, "C", "NON"),
        ("I", 25000, "C", "CHK"),
        ("I", 7000, "D", "CHK"),
    ]
    assert differences(found) == []
    assert [finding for part in parts for finding in validate(tmp_path / part.name) if finding.snip > 2] == []


def test_a_part_of_a_check_without_method_says_its_own_amount(tmp_path: Path) -> None:
    """A BPR that ends before BPR04 is faulty, and its parts are no worse: none of them pays what the whole check paid."""
    whole = replace(
        remittance(Random(1), 1),
        claims=(_paid(1, "1", 10000, 4000), _paid(2, "1", 10000, 6000)),
        provider_adjustments=(), payment_cents=10000, groups=(),
    )  # fmt: skip
    text = re.sub(r"(BPR\*[^*]*\*[^*]*\*C)[^~]*~", r"\1~", write_remittances(HEADER, [whole]).decode())
    parts = list(split(text.encode(), tmp_path, "claim"))
    assert [one.payment_cents for part in parts for one in read_remittances(tmp_path / part.name)] == [4000, 6000]
