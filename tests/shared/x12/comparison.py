"""Our 999 beside pyx12's, for every fault of the tables: what it says that ours does not, and where the judge errs."""

from datetime import UTC, datetime

from rcm.x12.acknowledgement.answer import answer, header_back
from rcm.x12.validation import check
from tests.shared.x12.faults import Fault, faults
from tests.shared.x12.judge import told, told_by_judge

FAULTS = list(faults())
BASES_OF_JUDGE = frozenset({"professional.837", "institutional.837", "remittance.835", "claims.277ca"})
"""Good files whose guides pyx12 knows; a 999 it answers with none."""
EXCEPTIONS = {
    "professional.837: without SE": "it tells of a set without SE as of a segment that is missing, not by IK502=2",
    "professional.837: without BHT": "it stays at ST and refuses all that comes up to the first HL",
    "professional.837: BHT-01=0020": "it takes a wrong first code for a misplaced segment, and then refuses what follows",
    "professional.837: without NM1*41 and 1 more": "it tells of the missing loop once more, a segment early",
    "professional.837: NM1*85-06=DR": "it calls an element that the guide does not use an excluded one (10, not I10)",
    "professional.837: CLM-03=X": "as before",
    "institutional.837: CLM-06=Y": "as before",
    "professional.837: SBR-01=Z": "it takes a wrong first code for a misplaced segment, ours is an IK4",
    "professional.837: PAT-01=99": "as before",
    "professional.837: SV1-01-1=ZZ": "as before",
    "claims.277ca: BHT-01=0010": "as before",
    "claims.277ca: SVC-01-1=QQ": "as before; it refuses the whole loop then",
    "professional.837: DTP*439-02=RD8": "by a wrong format it judges the value too",
    "institutional.837: DTP*434-02=D8": "as before",
    "professional.837: HL*2-03=99": "it tells of each segment behind a misplaced HL, ours of the HL",
    "professional.837: NM1*82-01=83": "as before, of PRV behind a misplaced NM1",
    "professional.837: HI-01=ABK:E119^ABK:I10": "it reads no repeated element apart",
    "professional.837: without DTP*573": "what is missing at the very end it places a segment before the end",
    "institutional.837: N4-03=97201": "a ZIP of five digits is no wrong code: IK403 is I12, a form that is not kept",
    "claims.277ca: HL*3-04=0": "it knows no provider without claims; ours says that claims follow",
}
"""Faults of which the judge's 999 says something else, and why ours does not."""


def ours(made: bytes) -> str:
    """Our TA1 and 999."""
    at = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    return b"".join(answer(one, header_back(one, 7, at)) for one in check(made)).decode()


def disagreement(fault: Fault) -> str:
    """What the judge's 999 says that ours does not; empty where it finds nothing, fails, or is excepted."""
    made, _ = fault.made()
    judged = told_by_judge(made)
    if judged is None or judged.nothing or fault.name in EXCEPTIONS:
        return ""
    mine = told(ours(made))
    missed = (judged.segments - mine.segments) | (judged.elements - mine.elements)
    if missed or judged.sets != mine.sets:
        return f"{fault.name}: the judge says {sorted(missed)} {judged.sets}, ours {sorted(mine.elements)} {mine.sets}"
    return ""


JUDGED = [fault for fault in FAULTS if fault.base in BASES_OF_JUDGE]
