"""What a file holds beside what its guide knows is kept: strange segments of answers and inquiries, elements with odd values.

Marked segments in claims and remittances: test_nothing_lost.
"""

from collections.abc import Callable, Iterable
from random import Random

import pytest
from msgspec.structs import replace

from rcm.x12.acknowledgement import read_acknowledgements, write_claim_acknowledgements
from rcm.x12.claim.values import Certification
from rcm.x12.claim_status import (
    read_claim_status_answers,
    read_claim_status_inquiries,
    write_claim_status_answers,
    write_claim_status_inquiries,
)
from rcm.x12.eligibility import (
    read_eligibility_answers,
    read_eligibility_inquiries,
    write_eligibility_answers,
    write_eligibility_inquiries,
)
from rcm.x12.institutional_claim import read_institutional_claims, write_institutional_claims
from rcm.x12.problems import CannotWrite
from rcm.x12.professional_claim import read_professional_claims, write_professional_claims
from rcm.x12.remittance import read_remittances, write_remittances
from tests.shared.x12 import generate, generate_answers, generate_inquiries
from tests.shared.x12.generate_institutional import generate_institutional

HEADER = generate.HEADER
Read = Callable[[bytes], Iterable[object]]
STRANGE = (
    "ZZZ*MARKED", "NTE*ADD*MARKED", "REF*G1*MARKED", "DTP*999*D8*20991231", "AMT*QQ*9876543.21", "QTY*QQ*9876543",
    "NM1*QQ*1*MARKED", "PER*IC*MARKED*TE*1", "TRN*1*MARKED", "STC*A1:20:MARKED", "AAA*N**42*MARKED", "MSG*MARKED",
    "HSD*MARKED*1", "DMG*D8*19800101*F**MARKED", "N3*MARKED", "BHT*0019*00*MARKED",
)  # fmt: skip
MARKS = ("MARKED", "20991231", "2099, 12, 31", "9876543")


def answers() -> list[tuple[str, bytes, Read]]:
    random = Random(5)
    made = generate_inquiries
    return [
        (
            "277CA",
            write_claim_acknowledgements(HEADER, [generate_answers.claim_acknowledgement(random, 3)]),
            read_acknowledgements,
        ),
        ("270", write_eligibility_inquiries(HEADER, [made.inquiry(random, 1)]), read_eligibility_inquiries),
        ("271", write_eligibility_answers(HEADER, [made.answer(random, 1)]), read_eligibility_answers),
        ("276", write_claim_status_inquiries(HEADER, [made.status_inquiry(random, 1)]), read_claim_status_inquiries),
        ("277", write_claim_status_answers(HEADER, [made.status_answer(random, 1)]), read_claim_status_answers),
    ]


@pytest.mark.parametrize(("kind", "text", "read"), answers(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_strange_segment_is_kept_wherever_it_stands(kind: str, text: bytes, read: Read) -> None:
    segments = text.decode().split("~")
    first, last = (next(at for at, one in enumerate(segments) if one.startswith(name)) for name in ("ST*", "SE*"))
    lost = []
    for place in range(first + 1, last):
        for strange in STRANGE:
            found = repr(list(read("~".join([*segments[:place], strange, *segments[place:]]).encode())))
            if not any(mark in found for mark in MARKS):
                lost.append((kind, segments[place - 1], strange))
    assert lost == []


PROFESSIONAL = write_professional_claims(
    HEADER, generate.SUBMITTER, generate.RECEIVER, generate.claims(3, 40), reference="SUB1"
).decode()
INSTITUTIONAL = write_institutional_claims(
    HEADER, generate.SUBMITTER, generate.RECEIVER, generate_institutional(3, 40), reference="SUB1"
).decode()
REMITTANCE = write_remittances(HEADER, [generate_answers.remittance(Random(1), 3)]).decode()


@pytest.mark.parametrize(
    ("text", "read", "before", "kept"),
    [
        (PROFESSIONAL, read_professional_claims, "~NM1*41*", "BHT*0019*18*OTHER*20260303*1405*RP"),
        (PROFESSIONAL, read_professional_claims, "~HI*ABK", "CRC*07*U*01"),
        (PROFESSIONAL, read_professional_claims, "~HI*ABK", "PWK*B4*AA***ZZ*ODD"),
        (PROFESSIONAL, read_professional_claims, "~HI*ABK", "DTP*435*DT*202601021015"),
        (PROFESSIONAL, read_professional_claims, "~HI*ABK", "QTY*CA*1"),
        (PROFESSIONAL, read_professional_claims, "~NM1*PR*", "DMG*D6*800517*F"),
        (PROFESSIONAL, read_professional_claims, "~NM1*IL*", "PAT*****D8*SOMEDAY"),
        (PROFESSIONAL, read_professional_claims, "~CLM*", "HL*9*2*PT*0"),
        (PROFESSIONAL, read_professional_claims, "~SV1*", "LX*ONE"),
        (INSTITUTIONAL, read_institutional_claims, "~SV2*", "LX*ONE"),
        (REMITTANCE, read_remittances, "~CLP*", "LX*ONE"),
        (REMITTANCE, read_remittances, "~DTM*405*", "TRN*1*SECOND"),
        (REMITTANCE, read_remittances, "~N1*PE*", "N1*PR*ANOTHER PAYER"),
        (REMITTANCE, read_remittances, "~CLP*", "TS3*SECOND*11*20261231*1*1"),
    ],
)
def test_what_a_type_takes_for_granted_is_kept_raw_where_it_is_otherwise(text: str, read: Read, before: str, kept: str) -> None:
    assert before in text
    twice = f"~{kept}~{kept}" if kept.startswith("TS3") else f"~{kept}"
    assert f"'{kept}'" in repr(list(read(text.replace(before, f"{twice}{before}", 1).encode())))


def test_what_a_screening_led_to_comes_back_from_text() -> None:
    (made,) = generate_institutional(3, 1)
    told = replace(made, certifications=(Certification("ZZ", True, ("AV", "ST")),))
    text = write_institutional_claims(HEADER, generate.SUBMITTER, generate.RECEIVER, [told], reference="SUB1")
    assert b"~CRC*ZZ*Y*AV*ST~" in text
    (found,) = read_institutional_claims(text)
    assert found.claim.certifications == told.certifications


@pytest.mark.parametrize(
    "certifications",
    [
        (Certification("07", True, ("AV",)),),
        (Certification("ZZ", True, ("01",)),),
        (Certification("ZZ", True, ("AV", "NU", "S2", "ST")),),
        (Certification("ZZ", True, ("AV",)), Certification("ZZ", False, ("NU",))),
    ],
)
def test_what_the_guide_of_hospitals_does_not_certify_is_refused(certifications: tuple[Certification, ...]) -> None:
    (made,) = generate_institutional(3, 1)
    with pytest.raises(CannotWrite, match="certifications"):
        write_institutional_claims(
            HEADER, generate.SUBMITTER, generate.RECEIVER, [replace(made, certifications=certifications)], reference="SUB1"
        )
