"""Maple Street Family Practice: its profile, payers, receivers and enrolments, as bodies of the claims service's API.

The payers are the sandbox payer's test payers; the adapter's README documents what each answers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

ORGANISATION_ID = UUID("0198f5d0-5c00-7000-8000-000000000001")
ADDRESS = {"line1": "412 Maple Street", "city": "Springfield", "state": "IL", "postal_code": "627011234"}
BILLING_PROVIDER: Mapping[str, Any] = {
    "npi": "1993999998",
    "last_name": "Maple Street Family Practice",
    "taxonomy": "207Q00000X",
    "tax_id": "371234567",
    "tax_id_kind": "EI",
    "address": ADDRESS,
}
RENDERING_PROVIDERS: tuple[Mapping[str, Any], ...] = (
    {"npi": "1234567893", "last_name": "Okafor", "first_name": "Ngozi", "taxonomy": "207Q00000X"},
    {"npi": "1245319599", "last_name": "Lindqvist", "first_name": "Maja", "taxonomy": "363LF0000X"},
)


@dataclass(frozen=True, slots=True)
class SamplePayer:
    """A test payer of the sandbox, and the receiver that takes its files."""

    payer_id: str
    name: str
    filing_indicator: str
    receiver_id: str


PAYERS = (
    SamplePayer("SBX01", "Evergreen Mutual", "CI", "RCMSANDBOX"),
    SamplePayer("SBX02", "Harbor Health Plan", "HM", "RCMSANDBOX"),
    SamplePayer("SBX03", "Prairie Medicare", "MB", "RCMSANDBOX"),
    SamplePayer("SBX98", "Lantern Insurance", "CI", "SANDBOX999"),
    SamplePayer("SBX97", "Quarry Benefit Trust", "CI", "SANDBOXTA1"),
)
RECEIVERS = {
    "RCMSANDBOX": "RCM sandbox clearinghouse",
    "SANDBOX999": "RCM sandbox, refuses in the 999",
    "SANDBOXTA1": "RCM sandbox, refuses in the TA1",
}


def set_up_requests() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The PUTs that make the practice known to the claims service: (path, body), in order."""
    yield (
        "/v1/organisation",
        {
            "name": BILLING_PROVIDER["last_name"],
            "submitter_id": "MAPLE412",
            "contact_name": "Billing Office",
            "contact_phone": "2175550142",
        },
    )
    for receiver_id, name in RECEIVERS.items():
        yield f"/v1/receivers/{receiver_id}", {"name": name, "qualifier": "ZZ", "usage": "T"}
    for payer in PAYERS:
        yield (
            f"/v1/payers/{payer.payer_id}",
            {
                "name": payer.name,
                "claim_filing_indicator": payer.filing_indicator,
                "receiver_id": payer.receiver_id,
                "member_id_pattern": "^[A-Z]{3}[0-9]{9}$",
                "timely_filing_days": 365,
            },
        )
    yield f"/v1/billing-providers/{BILLING_PROVIDER['npi']}", dict(BILLING_PROVIDER)
    for payer in PAYERS:
        yield f"/v1/enrolments/{payer.payer_id}/{BILLING_PROVIDER['npi']}", {"enrolled": True}
