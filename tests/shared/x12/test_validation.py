"""Faults put into good files are found at their segment and element; good files have no finding."""

import re
from random import Random
from typing import Any

import pytest

from rcm.x12.acknowledgement import write_claim_acknowledgements, write_functional_acknowledgements
from rcm.x12.professional_claim import write_professional_claims
from rcm.x12.remittance import write_remittances
from rcm.x12.validation import validate
from tests.shared.x12 import generate_answers
from tests.shared.x12.generate import HEADER, RECEIVER, SUBMITTER, claims

GOOD = write_professional_claims(HEADER, SUBMITTER, RECEIVER, claims(21, 12), reference="SUB1").decode()
PAID = write_remittances(generate_answers.HEADER, [generate_answers.remittance(Random(4), 6)]).decode()
ANSWERED = write_claim_acknowledgements(
    generate_answers.HEADER, [generate_answers.claim_acknowledgement(Random(4), 3)]
).decode()
TAKEN = write_functional_acknowledgements(
    generate_answers.HEADER, [generate_answers.functional_acknowledgement(Random(4))]
).decode()


@pytest.mark.parametrize("content", [GOOD, PAID, ANSWERED, TAKEN])
def test_what_we_write_has_no_finding(content: str) -> None:
    assert validate(content.encode()) == []


@pytest.mark.parametrize("seed", range(5))
def test_generated_files_have_no_finding(seed: int) -> None:
    made = write_professional_claims(HEADER, SUBMITTER, RECEIVER, claims(seed, 40), reference="SUB1")
    assert validate(made) == []
    paid = write_remittances(generate_answers.HEADER, [generate_answers.remittance(Random(seed), 20)])
    assert validate(paid) == []


FAULTS = [
    (GOOD, r"CLM\*(\w+)\*[\d.]+", r"CLM*\1*1", "claim-sum", "CLM", 2),
    (GOOD, r"CLM\*(\w+)\*[\d.]+", r"CLM*\1*1.2.3", "element-number", "CLM", 2),
    (GOOD, r":B:1\*", ":A:1*", "element-code", "CLM", 5),
    (GOOD, r":B:1\*", ":B:5*", "frequency", "CLM", 5),
    (GOOD, r":B:1\*", ":B:7*", "original-reference", "CLM", 5),
    (GOOD, r"HI\*ABK:(\w)(\w\w)(\w+)", r"HI*ABK:\1\2.\3", "diagnosis-form", "HI", 1),
    (GOOD, r"~HI\*ABK[^~]*", "", "segment-missing", "HI", 0),
    (GOOD, r"(SV1[^~]*\*)\d(:\d)*~", r"\g<1>13~", "pointer", "SV1", 7),
    (GOOD, r"SV1\*HC:(\w{4})\w", r"SV1*HC:\1", "procedure-form", "SV1", 1),
    (GOOD, r"SV1\*HC:(\w{5})\*", r"SV1*HC:\1:2*", "modifier-form", "SV1", 1),
    (GOOD, r"NM1\*85(.*?)XX\*(\d{9})\d", lambda m: f"NM1*85{m[1]}XX*{m[2]}x", "npi", "NM1", 9),
    (GOOD, r"PRV\*PE\*PXC\*\w+", "PRV*PE*PXC*207Q", "taxonomy", "PRV", 3),
    (GOOD, r"(NM1\*85[^~]*~N3[^~]*~N4\*\w+\*\w+\*\d{5})\d{4}", r"\1", "billing-zip", "N4", 3),
    (GOOD, r"REF\*(EI|SY)\*\d+", r"REF*\1*12", "tax-id-form", "REF", 2),
    (GOOD, r"HL\*2\*1\*22", "HL*2*9*22", "hl-parent", "HL", 2),
    (GOOD, r"HL\*2\*1\*22", "HL*7*1*22", "hl-number", "HL", 1),
    (GOOD, r"HL\*1\*\*20\*1", "HL*1**20*0", "hl-child", "HL", 4),
    (GOOD, r"ST\*837\*0001\*005010X222A1", "ST*837*0001*005010X223A2", "st03", "ST", 3),
    (GOOD, r"SE\*\d+\*", "SE*3*", "segment-count", "SE", 1),
    (GOOD, r"SE\*(\d+)\*0001", r"SE*\1*0002", "set-number", "SE", 2),
    (GOOD, r"GE\*1\*", "GE*2*", "set-count", "GE", 1),
    (GOOD, r"IEA\*1\*000000042", "IEA*1*000000043", "interchange-number", "IEA", 2),
    (GOOD, r"IEA\*1", "IEA*4", "group-count", "IEA", 1),
    (GOOD, r"LIN\*\*N4\*\d+", "LIN**N4*123", "ndc-form", "LIN", 3),
    (GOOD, r"\*\*AA:::OR", "**AA", "accident-state", "CLM", 11),
    (GOOD, r"~DMG\*D8[^~]*(?=~NM1\*PR)", "", "subscriber-details", "SBR", 2),
    (PAID, r"BPR\*I\*[\d.]+", "BPR*I*1", "balance-transaction", "BPR", 2),
    (PAID, r"CLP\*(\w+)\*\w+\*([\d.]+)\*[-\d.]+", r"CLP*\1*1*\2*.01", "balance-claim", "CLP", 4),
    (PAID, r"(SVC\*[^*]+\*[\d.]+)\*[\d.]+", r"\1*.03", "balance-line", "SVC", 3),
    (PAID, r"CAS\*\w\w", "CAS*CX", "element-code", "CAS", 1),
    (PAID, r"CLP\*(\w+)\*\w+\*", r"CLP*\1*77*", "element-code", "CLP", 2),
    (PAID, r"N1\*PE\*([^*]+)\*XX\*\d+", r"N1*PE*\1*XX*123", "npi", "N1", 4),
    (PAID, r"ST\*835\*0001", "ST*835*0001*005010X221A1", "st03-unused", "ST", 3),
    (PAID, r"DTM\*472\*\d+", "DTM*472*20261399", "element-date", "DTM", 2),
    (ANSWERED, r"HL\*2\*1\*21", "HL*2**21", "hl-parent", "HL", 2),
    (ANSWERED, r"HL\*4\*3\*PT", "HL*4*2*PT", "hl-parent", "HL", 2),
    (TAKEN, r"AK9\*(\w)\*(\d)\*(\d)\*\d", r"AK9*\1*\2*\3*7", "group-counts", "AK9", 4),
]


@pytest.mark.parametrize(("content", "pattern", "instead", "rule", "segment", "element"), FAULTS)
def test_a_fault_is_found_where_it_is(content: str, pattern: str, instead: Any, rule: str, segment: str, element: int) -> None:
    broken, count = re.subn(pattern, instead, content, count=1)
    assert count == 1, "the fault has no place in the good file"
    found = validate(broken.encode())
    assert (rule, segment, element) in {(one.rule, one.segment, one.element) for one in found}
    place = next(one.segment_number for one in found if (one.rule, one.segment, one.element) == (rule, segment, element))
    if rule != "segment-missing":
        assert broken.split("~")[place - 1].split("*")[0] == segment
