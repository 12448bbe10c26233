"""Segments in our own words, and the part of a file that is about one claim."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.x12.sections import sections
from rcm.x12.segments import Segment
from rcm.x12.show.excerpts import from_text, of_claim_835, of_claim_837, of_remittance, read
from rcm.x12.show.explain import EXPLAINERS, explain

ENVELOPE = (
    "ISA*00*          *00*          *ZZ*MAPLE412       *ZZ*RCMSANDBOX     *250821*0900*^*00501*000000012*0*T*:~"
    "GS*HC*MAPLE412*RCMSANDBOX*20250821*0900*12*X*005010X222A1~"
)
CLAIMS = (
    ENVELOPE + "ST*837*0001*005010X222A1~BHT*0019*00*000000012*20250821*0900*CH~NM1*41*2*MAPLE*****46*MAPLE412~"
    "HL*1**20*1~NM1*85*2*MAPLE STREET*****XX*1993999998~"
    "HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*RIVERS*DANA****MI*ABC123456001~CLM*PCN1*132***11:B:1*Y*A*Y*Y~HI*ABK:E119~LX*1~"
    "SV1*HC:99213:25*132*UN*1***1~CLM*PCN2*40***11:B:7*Y*A*Y*Y~LX*1~"
    "HL*3*1*22*1~SBR*P********MB~NM1*IL*1*HOLLIS*GRETA~HL*4*3*23*0~PAT*19~NM1*QC*1*HOLLIS*SAM~CLM*PCN3*50***11:B:1*Y*A*Y*Y~LX*1~"
    "HL*5**20*1~NM1*85*2*OTHER*****XX*1234567893~HL*6*5*22*0~SBR*P*18*******CI~CLM*PCN4*60***11:B:1*Y*A*Y*Y~"
    "SE*26*0001~GE*1*12~IEA*1*000000012~"
)
REMITTANCE = (
    ENVELOPE.replace("GS*HC", "GS*HP")
    + "ST*835*0001~BPR*I*80*C*ACH************20250901~TRN*1*EFT1*1512345678~N1*PR*EVERGREEN~LX*1~"
    "CLP*PCN1*1*132*80*20*CI*ICN1*11*1~CAS*CO*45*32~CAS*PR*3*20~NM1*QC*1*RIVERS*DANA~SVC*HC:99213:25*132*80~"
    "CLP*PCN2*4*40*0**CI*ICN2~CAS*CO*50*40~PLB*1993999998*20251231*WO:PCN9*5~SE*14*0001~"
    "ST*835*0002~BPR*H*0*C*NON************20250901~TRN*1*EFT2*1512345678~LX*1~CLP*PCN3*1*50*0*50*CI*ICN3~CAS*PR*1*50~SE*7*0002~"
    "GE*2*12~IEA*1*000000012~"
)


def ids(segments: list[Segment]) -> str:
    return " ".join(each.id if each.id not in ("HL", "NM1", "CLM", "CLP") else f"{each.id}:{each.get(3)}" for each in segments)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("PCN1", "ISA GS ST BHT NM1:MAPLE HL:20 NM1:MAPLE STREET HL:22 SBR NM1:RIVERS CLM: HI LX SV1"),
        ("PCN2", "ISA GS ST BHT NM1:MAPLE HL:20 NM1:MAPLE STREET HL:22 SBR NM1:RIVERS CLM: LX"),
        ("PCN3", "ISA GS ST BHT NM1:MAPLE HL:20 NM1:MAPLE STREET HL:22 SBR NM1:HOLLIS HL:23 PAT NM1:HOLLIS CLM: LX"),
        ("PCN4", "ISA GS ST BHT NM1:MAPLE HL:20 NM1:OTHER HL:22 SBR CLM:"),
        ("PCN5", ""),
    ],
)
def test_a_claim_is_cut_out_of_its_837_with_its_own_parties(number: str, expected: str) -> None:
    assert ids(of_claim_837(CLAIMS.encode(), number)) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("PCN1", "ISA GS ST BPR TRN N1 CLP:132 CAS CAS NM1:RIVERS SVC"),
        ("PCN2", "ISA GS ST BPR TRN N1 CLP:40 CAS"),
        ("PCN3", "ISA GS ST BPR TRN CLP:50 CAS"),
        ("PCN5", ""),
    ],
)
def test_a_claim_is_cut_out_of_its_835_with_its_own_payment(number: str, expected: str) -> None:
    assert ids(of_claim_835(REMITTANCE.encode(), number)) == expected


def test_a_remittance_is_its_own_transaction_sets_of_a_file() -> None:
    found = of_remittance(REMITTANCE.encode(), "EFT2")
    assert [each.id for each in found] == ["ISA", "GS", "ST", "BPR", "TRN", "LX", "CLP", "CAS", "SE"]
    assert len(of_remittance(REMITTANCE.encode(), "unknown")) == REMITTANCE.count("~")
    assert of_remittance(b"no X12 at all", "EFT1") == []


def test_what_is_only_envelope_is_folded() -> None:
    found = sections(of_claim_835(REMITTANCE.encode(), "PCN1"))
    assert [(each.title, each.is_open, len(each.lines)) for each in found] == [
        ("The envelope", False, 3),
        ("The payment, who pays and who is paid", True, 3),
        ("What the payer says of the claim", True, 5),
    ]
    folded = sections(of_remittance(REMITTANCE.encode(), "EFT1"), open_claims=False)
    assert [each.title for each in folded if not each.is_open] == ["The envelope", "Claim PCN1", "Claim PCN2", "The end of it"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("CLM*PCN1*132***11:B:1*Y*A*Y*Y", "The claim PCN1 over $132.00, place of service 11; an original claim."),
        ("CLM*PCN1*132.5***11:B:7*Y", "The claim PCN1 over $132.50, place of service 11; replaces an earlier claim."),
        ("CLM*P*100***13:A:1", "The claim P over $100.00, type of bill 131; an original claim."),
        ("HI*BH:11:D8:20260103", "Occurrences: 11 on Jan 3, 2026."),
        ("HI*BE:80:::3*BE:A1:::12.5", "Value codes: 80 = 3, A1 = 12.5."),
        ("EB*B*IND*98^UC***27*25****Y*N", "Copay for one person: office visit, urgent care; $25.00 for a visit; outside of the "
         "network; authorisation is needed."),
        ("EB*A**30*****.2****W", "Coinsurance: the plan as a whole; 20%."),
        ("EQ*30^98", "What is covered: the plan as a whole, office visit?"),
        ("AAA*N**75*C", "Not answered, reason 75 (the member is not found); correct it and ask again."),
        ("HSD*VS*12*WK*2*23*1", "12 visits, 2 for each week, for 1 of a calendar year."),
        ("SV2*0305*HC:85025*13.39*UN*1", "Revenue code 0305, 85025: 1 x, $13.39."),
        ("SVD*SBX01*40*HC:99213**1", "The payer SBX01 paid $40.00 for 99213, 1 x."),
        ("STC*F2:88:QC*20050612**150*0", "Status: F2 (finalised: denied), code 88 (the patient), on Jun 12, 2005. Paid $0.00."),
        ("HI*ABK:E119*ABF:I10", "Diagnoses, the main one first: E11.9, I10."),
        ("SV1*HC:99213:25*132*UN*1***1:2", "99213 with modifier 25: 1 x, $132.00 for diagnosis 1, 2."),
        ("SBR*P*18*******CI", "The primary coverage, commercial insurance; the patient is the insured person."),
        ("NM1*IL*1*RIVERS*DANA****MI*ABC123456001", "The insured person: DANA RIVERS, member id ABC123456001."),
        ("DTP*472*D8*20250820", "Date of service: Aug 20, 2025."),
        ("DTP*472*RD8*20250820-20250822", "Date of service: Aug 20, 2025 to Aug 22, 2025."),
        ("BPR*I*80*C*ACH************20250901", "The payment: $80.00, by bank transfer, on Sep 1, 2025."),
        ("CLP*P*1*132*80*20*CI*I7", "Claim P, processed as primary: charged $132.00, paid $80.00; $20.00 is the patient's. "
         "The payer's number: I7."),
        ("CLP*P*4*40*0**CI", "Claim P, denied: charged $40.00, paid $0.00."),
        ("CAS*CO*45*32*1*B9*1.5", "Not paid, the provider bears it: $32.00 for reason 45 (above the contracted price); "
         "$1.50 for reason B9."),
        ("CAS*PR*1*50**3*20", "Not paid, the patient owes it: $50.00 for reason 1 (deductible); $20.00 for reason 3 (copay)."),
        ("PLB*1993999998*20251231*WO:X*5*L6*-1.5", "Outside of any claim the payment is lowered by: $5.00, overpayment "
         "taken back; -$1.50, interest."),
        ("STC*A7:164:IL*20250822*U*132", "Status: A7 (refused: information is invalid), code 164 (the insured person), "
         "on Aug 22, 2025."),
        ("TA1*000000012*250821*0900*R*006", "The envelope is refused."),
        ("ZZZ*1", ""),
    ],
)  # fmt: skip
def test_each_segment_says_what_it_says(text: str, says: str) -> None:
    [segment] = from_text([text])
    assert explain(segment) == says


@given(
    name=st.sampled_from(sorted(EXPLAINERS)),
    elements=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="*~"), max_size=12), max_size=20),
)
def test_no_segment_is_too_broken_for_a_sentence(name: str, elements: list[str]) -> None:
    segment = Segment("", [name, *elements])
    assert isinstance(explain(segment), str)
    assert isinstance(explain(segment, "271"), str)


def test_every_segment_of_what_we_send_and_get_has_words() -> None:
    silent = {each.id for content in (CLAIMS, REMITTANCE) for each in read(content.encode()) if not explain(each)}
    assert silent == set()
