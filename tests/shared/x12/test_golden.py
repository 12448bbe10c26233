"""Files as we write them, to be read by people: a change of what goes out shows in a diff. All people are invented.

The files hold a line for each segment; what is written has none. RCM_WRITE_GOLDEN=1 writes them anew.
"""

import os
from datetime import date
from pathlib import Path
from random import Random

import pytest

from rcm.x12.acknowledgement import (
    write_claim_acknowledgements,
    write_functional_acknowledgements,
    write_interchange_acknowledgement,
)
from rcm.x12.professional_claim import (
    Accident,
    Drug,
    Patient,
    Payer,
    ProfessionalClaim,
    Provider,
    ServiceLine,
    Subscriber,
    write_professional_claims,
)
from rcm.x12.remittance import write_remittances
from rcm.x12.validation import validate
from rcm.x12.values import Address
from tests.shared.x12 import generate_answers
from tests.shared.x12.generate import HEADER, RECEIVER, SUBMITTER
from tests.shared.x12.judge import findings

FOLDER = Path(__file__).parent / "golden"
CLINIC = Provider(
    "1993999998",
    "Maple Street Family Practice",
    taxonomy="207Q00000X",
    tax_id="371234567",
    address=Address("412 Maple Street", "Springfield", "IL", "627011234"),
    contact_name="Billing Office",
    phone="(217) 555-0142",
)
HOME = Address("9 Aspen Way", "Springfield", "IL", "62701", "Apt. 4")
EVERGREEN = Payer("Evergreen Mutual", "SBX01")
OWN = Subscriber("ABC123456001", "Alder", "Zoë", "M", date(1980, 5, 17), "F", HOME, group_number="GRP-77")
PARENT = Subscriber("DEF987654002", "Birch", "Theo", rank="P", filing_indicator="HM")
VISIT = ServiceLine("99213", 13_200, "L1", ("25",), diagnosis_pointers=(1, 2), date_of_service=date(2026, 2, 3))
SHOT = ServiceLine(
    "J1885", 2_550, "L2", units="2", drug=Drug("00409379501", "1", "ML"), diagnosis_pointers=(2,),
    date_of_service=date(2026, 2, 3),
)  # fmt: skip
CLAIMS = [
    ProfessionalClaim(
        "MSFP26030200001", 15_750, CLINIC, OWN, EVERGREEN,
        place_of_service="11",
        diagnoses=("E11.9", "I10"),
        lines=(VISIT, SHOT),
        authorisation_number="AUTH-5501",
        rendering_provider=Provider("1234567893", "Okafor", "Ngozi", taxonomy="207Q00000X"),
        referring_provider=Provider("1245319599", "Lindqvist", "Maja"),
    ),
    ProfessionalClaim(
        "MSFP26030200002", 13_200, CLINIC, PARENT, Payer("Harbor Health Plan", "SBX02"),
        Patient("Birch", "19", date(2015, 9, 1), "M", HOME, "Ari"),
        place_of_service="11",
        diagnoses=("S93.401A",),
        lines=(ServiceLine("99213", 13_200, "L1", diagnosis_pointers=(1,), date_of_service=date(2026, 2, 4)),),
        frequency="7", payer_claim_control_number="SBX0000000000042",
        accident=Accident(("AA",), "IL", date(2026, 2, 1)), onset_on=date(2026, 2, 1),
    ),
]  # fmt: skip
RANDOM = Random(1)
GOLDEN = {
    "claims.837": write_professional_claims(HEADER, SUBMITTER, RECEIVER, CLAIMS, reference="SUB-0001"),
    "remittance.835": write_remittances(generate_answers.HEADER, [generate_answers.remittance(RANDOM, 3)]),
    "claims.277ca": write_claim_acknowledgements(generate_answers.HEADER, [generate_answers.claim_acknowledgement(RANDOM, 2)]),
    "groups.999": write_functional_acknowledgements(
        generate_answers.HEADER, [generate_answers.functional_acknowledgement(RANDOM)]
    ),
    "interchange.ta1": write_interchange_acknowledgement(
        generate_answers.HEADER, generate_answers.interchange_acknowledgement(RANDOM)
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_what_we_write_is_what_stands_in_the_file(name: str) -> None:
    written = GOLDEN[name].decode("ascii").replace("~", "~\n")
    path = FOLDER / name
    if os.environ.get("RCM_WRITE_GOLDEN"):
        path.write_text(written)
    assert written == path.read_text()


@pytest.mark.parametrize("name", GOLDEN)
def test_both_validators_accept_them(name: str) -> None:
    assert findings(GOLDEN[name]) == []
    assert validate(GOLDEN[name]) == []
