"""`make bench-x12`: the X12 codec against a naive split that keeps all segments, as one JSON object.

Every ratio is CPU time over CPU time of one run, each the best of five. The floor of writing is one f-string for a claim.
Memory is what a process of its own has grown by when it has read 100,000 claims after 1,000.
"""

import gc
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from time import process_time
from typing import Any

import orjson

from rcm.x12.interchange import TransactionSet, Walker
from rcm.x12.professional_claim import (
    Payer,
    ProfessionalClaim,
    Provider,
    Receiver,
    ServiceLine,
    Submitter,
    Subscriber,
    read_professional_claims,
    write_professional_claims,
)
from rcm.x12.remittance import RemittanceReader, claim_differences, transaction_difference
from rcm.x12.validation import validate
from rcm.x12.values import Address, InterchangeHeader
from rcm_deploy.bench.x12_files import amount, claims_file, remittance_file

CLAIMS, MANY_CLAIMS, FEW_CLAIMS = 10_000, 100_000, 1_000
BEST_OF = 5
_GROWTH = """
import sys
from pathlib import Path
from rcm_deploy.bench.memory import peak_bytes
from rcm_deploy.bench.x12 import read_claims, read_remittance
read = {"835": read_remittance, "837p": read_claims}[sys.argv[1]]
read(Path(sys.argv[2]))
before = peak_bytes()
print(read(Path(sys.argv[3])), peak_bytes() - before)
"""


def measure() -> dict[str, Any]:
    """All figures."""
    remittance = _content(remittance_file(CLAIMS, 3))
    claims = _content(claims_file(CLAIMS, 2))
    split = {"835": _seconds(lambda: _naive(remittance)), "837p": _seconds(lambda: _naive(claims))}
    made = [_claim(number) for number in range(CLAIMS)]
    floor, written = _seconds(lambda: _floor(made)), _seconds(lambda: _write(made))
    read = _seconds(lambda: read_remittance(remittance))
    return {
        "claims": CLAIMS,
        "bytes": {"835": len(remittance), "837p": len(claims)},
        "naive_split_seconds": split,
        "835_typed_and_balanced": _against(read, split["835"]),
        "837p_read": _against(_seconds(lambda: read_claims(claims)), split["837p"]),
        "835_validated": _against(_seconds(lambda: validate(remittance)), split["835"]),
        "837p_validated": _against(_seconds(lambda: validate(claims)), split["837p"]),
        "837p_written": {
            "claims_a_second": round(CLAIMS / written), "floor_claims_a_second": round(CLAIMS / floor),
            "of_floor": round(floor / written, 3),
        },
        "growth_bytes_100000_claims": _growth(),
    }  # fmt: skip


def read_remittance(source: bytes | Path) -> int:
    """An 835 claim by claim, each balanced and let go. The number of claims."""
    walker = Walker(source)
    count = 0
    for item in walker:
        if isinstance(item, TransactionSet):
            reader = RemittanceReader(walker, item)
            paid = 0
            for claim in reader.claims():
                count += 1
                paid += claim.paid_cents
                if claim_differences(claim):
                    raise AssertionError("a claim of the bench does not balance")
            whole = reader.remittance(())
            found = transaction_difference(whole)
            if (found.found_cents if found else 0) != paid:
                raise AssertionError("the check of the bench does not balance")
    return count


def read_claims(source: bytes | Path) -> int:
    """An 837P claim by claim. The number of claims."""
    return sum(1 for _ in read_professional_claims(source))


def _naive(content: bytes) -> list[list[str]]:
    return [segment.split("*") for segment in content.decode().split("~")]


def _content(pieces: Iterable[str]) -> bytes:
    return "".join(pieces).encode()


def _seconds(work: Callable[[], object]) -> float:
    """CPU time of the fastest of five."""
    best = float("inf")
    for _ in range(BEST_OF):
        gc.collect()
        begun = process_time()
        kept = work()
        best = min(best, process_time() - begun)
        del kept
    return best


def _against(seconds: float, split: float) -> dict[str, float]:
    return {"seconds": round(seconds, 4), "ratio": round(seconds / split, 3)}


_CREATED = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
_DAY = date(2026, 2, 3)
_HOME = Address("9 ASPEN WAY", "SALEM", "OR", "97301")
_CLINIC = Provider(
    "1993999998", "MAPLE STREET CLINIC", taxonomy="207Q00000X", tax_id="371234567",
    address=Address("1 MAPLE STREET", "SALEM", "OR", "973011234"),
)  # fmt: skip
_PAYER = Payer("EVERGREEN MUTUAL", "SBX01")


def _claim(number: int) -> ProfessionalClaim:
    first, second = 10_000 + number % 5_000, 2_550 + number % 777
    return ProfessionalClaim(
        f"PCN{number:07d}",
        first + second,
        _CLINIC,
        Subscriber(f"ABC{number:09d}", "BIRCH", "ADA", "Q", date(1980, 5, 17), "F", _HOME, group_number="GRP-77"),
        _PAYER,
        place_of_service="11",
        diagnoses=("E11.9", "I10"),
        lines=(
            ServiceLine("99213", first, f"PCN{number:07d}L1", ("25",), diagnosis_pointers=(1, 2), date_of_service=_DAY),
            ServiceLine("85025", second, f"PCN{number:07d}L2", diagnosis_pointers=(2,), date_of_service=_DAY),
        ),
    )


def _write(claims: list[ProfessionalClaim]) -> bytes:
    header = InterchangeHeader("MAPLESTREET", "RCMSANDBOX", 42, _CREATED)
    submitter = Submitter("MAPLE STREET", "MAPLE01", "BILLING", "5035550100")
    return write_professional_claims(header, submitter, Receiver("SANDBOX", "RCMSANDBOX"), claims, reference="SUB1")


def _floor(claims: list[ProfessionalClaim]) -> bytes:
    """The same claims of the same values, one f-string for each: nothing checked, cleaned, grouped or counted."""
    out: list[str] = []
    for level, claim in enumerate(claims, 2):
        who, home, payer, (one, two) = claim.subscriber, claim.subscriber.address or _HOME, claim.payer, claim.lines
        main, other = claim.diagnoses
        out.append(
            f"HL*{level}*1*22*0~SBR*{who.rank}*18*{who.group_number}******{who.filing_indicator}~NM1*IL*1*{who.last_name}"
            f"*{who.first_name}*{who.middle_name}***MI*{who.member_id}~N3*{home.line1}~N4*{home.city}*{home.state}"
            f"*{home.postal_code}~DMG*D8*{who.birth_date:%Y%m%d}*{who.sex}~NM1*PR*2*{payer.name}*****PI*{payer.payer_id}~"
            f"CLM*{claim.patient_control_number}*{amount(claim.charge_cents)}***{claim.place_of_service}:B:{claim.frequency}*Y"
            f"*{claim.assignment}*{claim.benefits_assigned}*{claim.release_of_information}~"
            f"HI*ABK:{main.replace('.', '')}*ABF:{other.replace('.', '')}~"
            f"LX*1~SV1*HC:{one.procedure}:{one.modifiers[0]}*{amount(one.charge_cents)}*{one.unit}*{one.units}***"
            f"{':'.join(map(str, one.diagnosis_pointers))}~DTP*472*D8*{one.date_of_service:%Y%m%d}~"
            f"REF*6R*{one.line_control_number}~"
            f"LX*2~SV1*HC:{two.procedure}*{amount(two.charge_cents)}*{two.unit}*{two.units}***"
            f"{':'.join(map(str, two.diagnosis_pointers))}~DTP*472*D8*{two.date_of_service:%Y%m%d}~"
            f"REF*6R*{two.line_control_number}~"
        )
    return "".join(out).encode()


def _growth() -> dict[str, int]:
    """Of 835 and 837P: by how much a reader's peak grows from 1,000 claims to 100,000."""
    found: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="rcm-bench-x12-") as folder:
        for kind, make, lines in (("835", remittance_file, 3), ("837p", claims_file, 2)):
            few, many = Path(folder, f"few.{kind}"), Path(folder, f"many.{kind}")
            few.write_bytes(_content(make(FEW_CLAIMS, lines)))
            many.write_bytes(_content(make(MANY_CLAIMS, lines)))
            command = [sys.executable, "-c", _GROWTH, kind, str(few), str(many)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()  # noqa: S603
            if int(told[0]) != MANY_CLAIMS:
                raise AssertionError("the reader lost claims of the bench")
            found[kind] = int(told[1])
    return found


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(measure(), option=orjson.OPT_INDENT_2) + b"\n")
