"""What the API takes and shows. Amounts are integer cents."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from patient_billing_svc.domain.account import AccountState, Hold
from patient_billing_svc.domain.payment import Method
from patient_billing_svc.domain.statement import Statement

ACCOUNT_ID = "0198f5d0-5c00-7000-8000-0000000000a1"
STATEMENT_ID = "0198f5d0-5c00-7000-8000-0000000000b1"
ENCOUNTER_ID = "0198f5d0-5c00-7000-8000-0000000000c1"
PAYMENT_ID = "0198f5d0-5c00-7000-8000-0000000000d1"


def example(values: dict[str, Any], *, extra: str = "ignore") -> ConfigDict:
    """A model's configuration: frozen, with an example for OpenAPI."""
    return ConfigDict(frozen=True, extra="forbid" if extra == "forbid" else "ignore", json_schema_extra={"examples": [values]})


ACCOUNT: dict[str, Any] = {
    "account_id": ACCOUNT_ID,
    "number": "A0000012",
    "guarantor_name": "Dana Rivers",
    "state": "billable",
    "hold": None,
    "balance_cents": 4200,
    "deposit_cents": 0,
    "last_statement_at": "2025-03-02T09:00:00Z",
    "version": 7,
}
RESPONSIBILITY: dict[str, Any] = {
    "encounter_id": ENCOUNTER_ID,
    "date_of_service": "2025-02-11",
    "patient_name": "Dana Rivers",
    "provider_name": "Maple Street Family Practice",
    "assigned_at": "2025-03-01T08:00:00Z",
    "responsibility_cents": 6700,
    "applied_cents": 2500,
    "open_cents": 4200,
}
APPLICATION: dict[str, Any] = {"encounter_id": ENCOUNTER_ID, "applied_cents": 2500, "applied_at": "2025-03-14T15:00:01Z"}
PAYMENT: dict[str, Any] = {
    "patient_payment_id": PAYMENT_ID,
    "account_id": ACCOUNT_ID,
    "amount_cents": 2500,
    "method": "check",
    "reference": "1042",
    "received_on": "2025-03-14",
    "recorded_at": "2025-03-14T15:00:00Z",
    "recorded_by": "pat@example.org biller",
    "encounter_id": None,
    "applied_cents": 2500,
    "deposit_cents": 0,
    "applications": [APPLICATION],
}
STATEMENT: dict[str, Any] = {
    "statement_id": STATEMENT_ID,
    "account_id": ACCOUNT_ID,
    "number": "00000031",
    "guarantor_name": "Dana Rivers",
    "issued_on": "2025-03-02",
    "due_on": "2025-04-01",
    "balance_cents": 6700,
}
HOLD_CHANGE: dict[str, Any] = {
    "hold": "dispute",
    "note": "Asks for an itemised bill",
    "changed_by": "pat@example.org biller",
    "changed_at": "2025-03-20T10:00:00Z",
}
ADDRESS = {"line1": "12 Elm Street", "city": "Springfield", "state": "IL", "postal_code": "627011234"}
GUARANTOR: dict[str, Any] = {"external_id": "G-1001", "last_name": "Rivers", "first_name": "Dana", "address": ADDRESS}
Line = Annotated[str, StringConstraints(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""One line of text."""


class AccountSummary(BaseModel):
    """An account in a list."""

    model_config = example(ACCOUNT)

    account_id: UUID
    number: str
    guarantor_name: str
    state: AccountState
    hold: Hold | None = Field(description="Why the account is not billed")
    balance_cents: int = Field(description="What is open for the account's encounters")
    deposit_cents: int = Field(description="Money taken that is not applied to an encounter")
    last_statement_at: datetime | None
    version: int


class ResponsibilityView(BaseModel):
    """An encounter on an account."""

    model_config = example(RESPONSIBILITY)

    encounter_id: UUID
    date_of_service: date
    patient_name: str
    provider_name: str
    assigned_at: datetime
    responsibility_cents: int = Field(description="After all payers, before the patient's payments")
    applied_cents: int
    open_cents: int


class ApplicationView(BaseModel):
    """Where a part of a payment went."""

    model_config = example(APPLICATION)

    encounter_id: UUID
    applied_cents: int
    applied_at: datetime


class PaymentView(BaseModel):
    """A payment as it was taken, and where it went."""

    model_config = example(PAYMENT)

    patient_payment_id: UUID
    account_id: UUID
    amount_cents: int
    method: Method
    reference: str
    received_on: date
    recorded_at: datetime
    recorded_by: str
    encounter_id: UUID | None = Field(description="What the payer named; null: the oldest date of service first")
    applied_cents: int
    deposit_cents: int = Field(description="What of it is not applied")
    applications: list[ApplicationView]


class StatementSummary(BaseModel):
    """A statement in a list."""

    model_config = example(STATEMENT)

    statement_id: UUID
    account_id: UUID
    number: str
    guarantor_name: str
    issued_on: date
    due_on: date
    balance_cents: int = Field(description="What it asked for on the day of issue")


class HoldChangeView(BaseModel):
    """Who put the account on hold or released it (`hold` null), when and why."""

    model_config = example(HOLD_CHANGE)

    hold: Hold | None
    note: str
    changed_by: str
    changed_at: datetime


class AccountView(AccountSummary):
    """An account with what was billed, paid and applied; the newest 200 of each list."""

    model_config = example(
        ACCOUNT
        | {
            "guarantor_external_id": "G-1001",
            "guarantor_address": ["12 Elm Street", "Springfield, IL 62701"],
            "opened_at": "2025-03-01T08:00:00Z",
            "responsibility_cents": 6700,
            "applied_cents": 2500,
            "payments_cents": 2500,
            "next_look_at": "2025-04-01T09:00:00Z",
            "encounters": [RESPONSIBILITY],
            "payments": [PAYMENT],
            "statements": [STATEMENT],
            "holds": [],
        }
    )

    guarantor_external_id: str
    guarantor_address: tuple[str, ...]
    opened_at: datetime
    responsibility_cents: int
    applied_cents: int
    payments_cents: int
    next_look_at: datetime | None = Field(description="When the statement cycle looks at the account next")
    encounters: list[ResponsibilityView]
    payments: list[PaymentView]
    statements: list[StatementSummary]
    holds: list[HoldChangeView]


class AddressIn(BaseModel):
    """A postal address in the United States."""

    model_config = example(ADDRESS, extra="forbid")

    line1: Line = Field(min_length=1)
    line2: Line = ""
    city: Line = Field(min_length=1)
    state: str = Field(pattern=r"^[A-Z]{2}$", description="Two letters")
    postal_code: str = Field(pattern=r"^(\d{5}|\d{9})$", description="5 or 9 digits, no dash")


class GuarantorIn(BaseModel):
    """Who gets the bill, as the EHR knows him: encounters must name the same external id."""

    model_config = example(GUARANTOR, extra="forbid")

    external_id: str = Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$", description="The EHR's id")
    last_name: Line = Field(min_length=1)
    first_name: Line = Field(min_length=1)
    middle_name: Line = ""
    address: AddressIn | None = Field(default=None, description="Where statements go; an encounter may bring it later")


class AccountIn(BaseModel):
    """A guarantor whose account is to be opened before anything is owed: a copay at the desk."""

    model_config = example({"guarantor": GUARANTOR}, extra="forbid")

    guarantor: GuarantorIn


class AccountSearch(BaseModel):
    """What accounts are looked for: a person's identifier stands in a body and never in an address."""

    model_config = example({"guarantor_external_id": "G-1001", "owing": True}, extra="forbid")

    guarantor_external_id: str | None = Field(default=None, max_length=120, description="The EHR's id of the guarantor")
    owing: bool = Field(default=False, description="Only accounts with something open")


class PaymentIn(BaseModel):
    """A payment by cash or check."""

    model_config = example(
        {"amount_cents": 2500, "method": "check", "reference": "1042", "received_on": "2025-03-14"}, extra="forbid"
    )

    amount_cents: int = Field(strict=True, description="At least 1")
    method: Method
    reference: str = Field(default="", max_length=50, pattern=r"^[^\x00-\x1f\x7f]*$", description="A check's number")
    received_on: date
    encounter_id: UUID | None = Field(
        default=None, description="The encounter it is for, billed or not yet; null: the oldest date of service first"
    )


class HoldIn(BaseModel):
    """Why the account is not billed; `hold` null releases it."""

    model_config = example({"hold": "dispute", "note": "Asks for an itemised bill"}, extra="forbid")

    hold: Hold | None
    note: str = Field(default="", max_length=500)


class StatementView(Statement):
    """A statement word for word as it was issued."""

    model_config = example(
        {
            "statement_id": STATEMENT_ID,
            "number": "00000031",
            "account_id": ACCOUNT_ID,
            "account_number": "A0000012",
            "issued_on": "2025-03-02",
            "due_on": "2025-04-01",
            "remit_to": {"name": "Maple Street Family Practice", "address": ["1 Maple Street", "Springfield, IL 62701"]},
            "guarantor": {"name": "Dana Rivers", "address": ["12 Elm Street", "Springfield, IL 62701"]},
            "encounters": [
                {
                    "encounter_id": ENCOUNTER_ID,
                    "date_of_service": "2025-02-11",
                    "patient_name": "Dana Rivers",
                    "provider": {"name": "Maple Street Family Practice", "address": []},
                    "lines": [
                        {
                            "line_number": 1,
                            "procedure": "99213",
                            "description": "Office visit",
                            "date_of_service": "2025-02-11",
                            "charge_cents": 15000,
                            "insurance_paid_cents": 6300,
                            "adjusted_cents": 2000,
                            "insurance_pending_cents": 0,
                            "owed_cents": 6700,
                        }
                    ],
                    "owed_for": [{"reason": "1", "amount_cents": 6700}],
                    "responsibility_cents": 6700,
                    "patient_paid_cents": 0,
                    "due_cents": 6700,
                }
            ],
            "charges_cents": 15000,
            "insurance_paid_cents": 6300,
            "adjusted_cents": 2000,
            "insurance_pending_cents": 0,
            "patient_paid_cents": 0,
            "unapplied_cents": 0,
            "balance_cents": 6700,
        }
    )


class StatementRun(BaseModel):
    """What a run of the statement cycle did."""

    model_config = example({"issued": 1, "more": False, "statement_ids": [STATEMENT_ID]})

    issued: int
    more: bool = Field(description="More accounts wait to be looked at: run it again")
    statement_ids: list[UUID]


class Summary(BaseModel):
    """The organisation's figures."""

    model_config = example({"accounts": 112, "statements": 97, "patient_open_cents": 412300, "payments_cents": 98000})

    accounts: int
    statements: int
    patient_open_cents: int = Field(description="What is open on all accounts")
    payments_cents: int = Field(description="All payments that were taken, applied or not")


class EncounterFigures(BaseModel):
    """One encounter, to be compared with payments-svc's ledger."""

    model_config = example(
        {"encounter_id": ENCOUNTER_ID, "responsibility_cents": 6700, "applied_cents": 2500, "open_cents": 4200}
    )

    encounter_id: UUID
    responsibility_cents: int
    applied_cents: int
    open_cents: int
