# ruff: noqa: S608 - the columns are this file's own constants
"""Encounters' accounts and what their bills show."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from payments_svc.domain.encounter_account import EncounterAccount
from payments_svc.domain.ledger import OF_ENCOUNTER
from payments_svc.models import Encounter, Payee
from rcm.database.rows import Row, insert_rows, update_rows

if TYPE_CHECKING:
    from asyncpg import Record

    from rcm.messaging.unit_of_work import Connection

Key = tuple[UUID, UUID]
Guarantors = Iterable[tuple[UUID, str]]

_FACTS = """e.organisation_id, e.encounter_id, e.external_id, e.guarantor_external_id, e.date_of_service, e.first_rank,
    e.self_pay, e.charge_cents, e.said_sequence, e.first_claim_voided, e.cancelled_self_pay, e.completed, e.version,
    e.responsibility_digest"""
_BALANCES = """-e.charges_cents, e.insurance_paid_cents, e.contractual_cents, e.other_adjustments_cents,
    e.patient_paid_cents, e.patient_open_cents, e.insurance_open_cents"""
_WAS_SENT = """(
        select true from submitted_claim s
        where s.organisation_id = e.organisation_id and s.encounter_id = e.encounter_id limit 1
    ) is not null"""
"""A limit and not `exists`: that may be planned as a scan of the whole table."""
_COLUMNS = f"{_FACTS}, {_WAS_SENT}, {_BALANCES}"
_COLUMNS_OF_SENT = f"{_FACTS}, true, {_BALANCES}"
_KEY, _AT_SENT = 2, 14
_AT_BALANCES, _AFTER_BALANCES = 15, 22
"""Where they stand in such a row."""


def _account(row: "Record") -> EncounterAccount:
    """Of a row that begins with these columns."""
    balances = dict(zip(OF_ENCOUNTER, row[_AT_BALANCES:_AFTER_BALANCES], strict=True))
    facts: tuple[Any, ...] = (row[:_KEY], *row[_KEY:_AT_SENT], balances, row[_AT_SENT])
    return EncounterAccount(*facts)


async def load_accounts(connection: "Connection", keys: Iterable[Key]) -> dict[Key, EncounterAccount]:
    """The accounts that are there, by organisation and encounter."""
    wanted = list(keys)
    if not wanted:
        return {}
    rows = await connection.fetch(
        f"""select {_COLUMNS} from unnest($1::uuid[], $2::uuid[]) as w(organisation_id, encounter_id)
        join encounter e using (organisation_id, encounter_id)""",
        *_columns(wanted),
    )
    return {account.key: account for account in map(_account, rows)}


async def load_sent(connection: "Connection", keys: Sequence[Key]) -> dict[Key, tuple[EncounterAccount, str]]:
    """The same of encounters of which claims were sent, each with what its bill shows, as JSON text."""
    rows = await connection.fetch(
        f"""select {_COLUMNS_OF_SENT}, e.facts
        from unnest($1::uuid[], $2::uuid[]) as w(organisation_id, encounter_id)
        join encounter e using (organisation_id, encounter_id)""",
        *_columns(keys),
    )
    return {row[:_KEY]: (_account(row), row[_AFTER_BALANCES]) for row in rows}


async def without_payer(connection: "Connection", keys: Iterable[Key]) -> dict[Key, bool]:
    """Those of these encounters that are a self-payer's now, or are not there; and whether each is there. Mostly none."""
    rows = await connection.fetch(
        """select w.organisation_id, w.encounter_id, e.self_pay is not null
        from unnest($1::uuid[], $2::uuid[]) as w(organisation_id, encounter_id)
        left join encounter e using (organisation_id, encounter_id) where e.self_pay is distinct from false""",
        *_columns(list(keys)),
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def not_completed_so(connection: "Connection", keys: Iterable[Key], *, completed: bool) -> set[Key]:
    """Those of these encounters of which another `completed` is known, or none, or that are not there at all."""
    rows = await connection.fetch(
        """select w.organisation_id, w.encounter_id from unnest($1::uuid[], $2::uuid[]) as w(organisation_id, encounter_id)
        left join encounter e using (organisation_id, encounter_id) where e.completed is distinct from $3""",
        *_columns(list(keys)),
        completed,
    )
    return {(row[0], row[1]) for row in rows}


async def load_facts(connection: "Connection", keys: Iterable[Key]) -> dict[Key, str]:
    """What bills show of these encounters, as JSON text."""
    wanted = list(keys)
    if not wanted:
        return {}
    rows = await connection.fetch(
        """select e.organisation_id, e.encounter_id, e.facts
        from unnest($1::uuid[], $2::uuid[]) as w(organisation_id, encounter_id)
        join encounter e using (organisation_id, encounter_id)""",
        *_columns(wanted),
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def accounts_with_open_balance(connection: "Connection", guarantors: Guarantors) -> list[EncounterAccount]:
    """The encounters for which these guarantors owe something now."""
    organisations, names = _columns(list(guarantors))
    rows = await connection.fetch(
        f"""select {_COLUMNS} from unnest($1::uuid[], $2::text[]) as w(organisation_id, guarantor_external_id)
        join encounter e using (organisation_id, guarantor_external_id) where e.patient_open_cents > 0""",
        organisations,
        names,
    )
    return [_account(row) for row in rows]


async def insert_accounts(connection: "Connection", accounts: Sequence[tuple[EncounterAccount, str]]) -> None:
    """New encounters, with their bills' facts."""
    rows = [_New(*account.key, *_state(account), *_said(account)) for account, _ in accounts]
    await insert_rows(connection, Encounter, rows, wide={"facts": [facts for _, facts in accounts]})


async def update_accounts(connection: "Connection", accounts: Iterable[EncounterAccount]) -> None:
    """Balances, version and state of encounters."""
    rows = [_State(*account.key, *_state(account)) for account in accounts]
    await update_rows(connection, Encounter, rows, key=("organisation_id", "encounter_id"))


async def update_said(connection: "Connection", accounts: Sequence[tuple[EncounterAccount, str]]) -> None:
    """What coding-svc says of encounters now, beside `update_accounts`."""
    rows = [_Said(*account.key, *_said(account)) for account, _ in accounts]
    facts = {"facts": [facts for _, facts in accounts]}
    await update_rows(connection, Encounter, rows, key=("organisation_id", "encounter_id"), wide=facts)


async def learn_payees(connection: "Connection", payees: set[tuple[UUID, str, str]]) -> set[tuple[UUID, str]]:
    """Keeps (organisation, `npi` or `tax_id`, value); answers those that were not known before, without their kind."""
    wanted = sorted(payees)
    known = await connection.fetch(
        """select p.organisation_id, p.kind, p.value
        from unnest($1::uuid[], $2::text[], $3::text[]) as w(organisation_id, kind, value)
        join payee p using (organisation_id, kind, value)""",
        *_columns(wanted, 3),
    )
    new = sorted(payees - {(row[0], row[1], row[2]) for row in known})
    rows = [{"organisation_id": org, "kind": kind, "value": value} for org, kind, value in new]
    await insert_rows(connection, Payee, rows, on_conflict="do nothing")
    return {(org, value) for org, _, value in new}


async def known_payees(connection: "Connection", organisation_id: UUID, values: Iterable[str]) -> set[str]:
    """Which of these NPIs and tax ids are the organisation's own."""
    rows = await connection.fetch(
        "select value from payee where organisation_id = $1 and kind = any('{npi,tax_id}') and value = any($2::text[])",
        organisation_id,
        list(values),
    )
    return {row[0] for row in rows}


class _State(Row):
    """The columns of an encounter that change with its money."""

    organisation_id: UUID
    encounter_id: UUID
    first_claim_voided: bool = False
    cancelled_self_pay: bool = False
    completed: bool | None = None
    version: int = 0
    responsibility_digest: str = ""
    charges_cents: int = 0
    insurance_paid_cents: int = 0
    contractual_cents: int = 0
    other_adjustments_cents: int = 0
    patient_paid_cents: int = 0
    patient_open_cents: int = 0
    insurance_open_cents: int = 0


class _New(_State):
    """All columns of an encounter but for its `facts`, which are long: what changes with its money, and what is said."""

    external_id: str = ""
    guarantor_external_id: str = ""
    date_of_service: date | None = None
    first_rank: str = ""
    self_pay: bool = False
    charge_cents: int = 0
    said_sequence: int = 0


class _Said(Row):
    """The columns that coding-svc says."""

    organisation_id: UUID
    encounter_id: UUID
    external_id: str
    guarantor_external_id: str
    date_of_service: date
    first_rank: str
    self_pay: bool
    charge_cents: int
    said_sequence: int


def _state(account: EncounterAccount) -> tuple[Any, ...]:
    """What changes with its money: balances in the accounts' order, charges as a positive amount."""
    charges, *debits = account.balances.values()
    return (
        account.first_claim_voided,
        account.cancelled_self_pay,
        account.completed,
        account.version,
        account.responsibility_digest,
        -charges,
        *debits,
    )


def _said(account: EncounterAccount) -> tuple[Any, ...]:
    """What coding-svc says, in the columns' order."""
    return (
        account.external_id,
        account.guarantor_external_id,
        account.date_of_service,
        account.first_rank,
        account.self_pay,
        account.charge_cents,
        account.said_sequence,
    )


def _columns(rows: Sequence[tuple[Any, ...]], width: int = 2) -> list[list[Any]]:
    """The rows turned into one list for each column."""
    return [[row[place] for row in rows] for place in range(width)]
