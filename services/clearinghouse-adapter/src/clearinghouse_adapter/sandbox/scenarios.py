"""What the sandbox payer answers, by the content of a claim alone: never by order, batching or time of arrival.

The receiver comes first (the interchange and the transaction set are refused whole), then the last three characters of the
member id, then a hash of the claim's content without control numbers and dates.
"""

from collections.abc import Mapping
from hashlib import sha256

from msgspec import Struct

from rcm.x12.professional_claim import ProfessionalClaim

INTERCHANGE_REFUSED = "SANDBOXTA1"
"""The receiver (ISA08) whose interchanges are refused in the TA1."""
FUNCTION_REFUSED = "SANDBOX999"
"""The receiver whose transaction sets are refused in the 999."""

SCENARIOS: Mapping[str, str] = {
    "001": "paid, with a contractual adjustment (CO-45) and a copay (PR-3)",
    "002": "all of it deductible: $0 paid, CO-45 and PR-1",
    "003": "denied as not medically necessary (CO-50)",
    "004": "denied for a missing authorisation (CO-197)",
    "005": "the last line denied as bundled (CO-97), the others as 001; a single line as 001",
    "006": "refused in the 277CA (A7): the member is not found",
    "007": "paid lower with several adjustments: CO-45, PR-2 and OA-94 at the lines, CO-253 at the claim",
    "008": "accepted in the 277CA, and never answered",
    "009": "paid as 001, but its CLP does not balance: it is $5 over its lines, and the payment agrees with it",
}
_BY_HASH = ("001",) * 10 + ("002",) * 4 + ("007",) * 4 + ("003", "005")


class Content(Struct, frozen=True, gc=False):
    """A claim's content as a source of draws: the same claim is decided the same way, whenever it comes."""

    digest: bytes

    def draw(self, place: int, below: int) -> int:
        """A number from 0 to `below` - 1, by the place in the digest (0 to 14)."""
        return int.from_bytes(self.digest[2 * place : 2 * place + 2]) % below


def content_of(claim: ProfessionalClaim) -> Content:
    """Payer, member, place, diagnoses and lines; neither control numbers nor dates."""
    parts = [claim.payer.payer_id, claim.subscriber.member_id, claim.place_of_service, *claim.diagnoses]
    for line in claim.lines:
        parts += [line.procedure, *line.modifiers, line.units, str(line.charge_cents)]
    return Content(sha256("|".join(parts).encode()).digest())


def scenario_of(claim: ProfessionalClaim, content: Content) -> str:
    """The key of SCENARIOS that decides this claim."""
    named = claim.subscriber.member_id[-3:]
    return named if named in SCENARIOS else _BY_HASH[content.draw(15, len(_BY_HASH))]
