"""What the API shows: lists and single things, read only."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from payments_svc.domain.encounter_account import EncounterAccount
from payments_svc.domain.ledger import Account
from payments_svc.domain.remittance import ClaimState, RemittanceState
from payments_svc.handlers.exits import load_claim
from payments_svc.store import encounters, figures, ledger, remittance_claims, remittances, submissions
from payments_svc.views import (
    Balances,
    ClaimOutcome,
    EncounterFigures,
    EncounterLedger,
    EntryView,
    ReceivedFile,
    RemittanceProof,
    RemittanceView,
    Suggestion,
    Summary,
    TaskView,
    TrialBalance,
    UnmatchedView,
)
from rcm.errors import NotFound
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.answers import Answer
from rcm.web.pages import decode_cursor_as, page_of

Row = Mapping[str, Any]


def _after(cursor: str | None) -> UUID | None:
    return decode_cursor_as(cursor, UUID)[0] if cursor else None


async def remittance_views(unit: UnitOfWork, rows: Sequence[Row]) -> list[RemittanceView]:
    """Remittances with how many of their CLPs are in which state."""
    counts = await remittance_claims.counts_by_state(unit.connection, unit.organisation, [row["remittance_id"] for row in rows])
    views = []
    for row in rows:
        claims = {ClaimState(state): count for state, count in counts[row["remittance_id"]].items()}
        views.append(RemittanceView.model_validate({**row, "claims": claims}))
    return views


async def received_file(unit: UnitOfWork, rows: Sequence[Row], *, new: bool) -> Answer:
    """What was made of a file: 201, or 200 where all of it was known."""
    views = await remittance_views(unit, rows)
    quarantined = any(view.state is RemittanceState.QUARANTINED for view in views)
    state = RemittanceState.QUARANTINED if quarantined else views[0].state
    body = ReceivedFile(remittance_id=views[0].remittance_id, state=state, remittances=views)
    return Answer(body, status=201 if new else 200, headers={"Location": f"/v1/remittances/{body.remittance_id}"})


async def list_remittances(unit: UnitOfWork, limit: int, after: str | None, state: RemittanceState | None) -> Answer:
    """Newest first."""
    rows = await remittances.page_of_remittances(
        unit.connection, unit.organisation, _after(after), limit + 1, state.value if state else None
    )
    views = await remittance_views(unit, rows)
    return Answer(page_of(views, limit, lambda view: view, lambda view: (view.remittance_id,)))


async def show_remittance(unit: UnitOfWork, remittance_id: UUID) -> Answer:
    """One check."""
    row = await remittances.load_remittance(unit.connection, unit.organisation, remittance_id)
    if row is None:
        raise NotFound
    return Answer((await remittance_views(unit, [row]))[0])


async def show_raw(unit: UnitOfWork, remittance_id: UUID) -> Answer:
    """The file that a check came in, as it came."""
    row = await remittances.load_remittance(unit.connection, unit.organisation, remittance_id)
    if row is None:
        raise NotFound
    content = await remittances.file_content(unit.connection, unit.organisation, row["file_id"])
    return Answer(content, headers={"Content-Type": "application/edi-x12"})


async def list_unmatched(unit: UnitOfWork, limit: int, after: str | None, state: ClaimState | None) -> Answer:
    """CLPs that wait, with claims that could be meant."""
    rows = await remittance_claims.page_of_waiting(
        unit.connection, unit.organisation, _after(after), limit + 1, state.value if state else None
    )
    asked = []
    for row in rows:
        member, on = row["member_id"], row["date_of_service"]
        if member and on and row["claim_id"] is None:
            asked.append((row["remittance_claim_id"], member, on, row["charge_cents"]))
    found: dict[UUID, list[Suggestion]] = {}
    if asked:
        for each in await submissions.suggestions(unit.connection, unit.organisation, asked):
            found.setdefault(each["id"], []).append(Suggestion.model_validate(dict(each)))

    def show(row: Row) -> UnmatchedView:
        own_id = row["remittance_claim_id"]
        return UnmatchedView.model_validate({**row, "unmatched_id": own_id, "suggestions": found.get(own_id, [])})

    page = page_of(rows, limit, show, lambda row: (row["remittance_claim_id"],))
    return Answer(page, shown=[str(view.unmatched_id) for view in page.items])


async def show_outcome(unit: UnitOfWork, unmatched_id: UUID) -> Answer:
    """What became of a CLP that waited."""
    claim = await load_claim(unit, unmatched_id)
    assert claim.state is not None
    return Answer(ClaimOutcome(unmatched_id=unmatched_id, state=claim.state, claim_id=claim.claim_id, note=claim.note))


async def list_tasks(unit: UnitOfWork, limit: int, after: str | None, *, is_open: bool | None) -> Answer:
    """Oldest first."""
    rows = await remittances.page_of_tasks(unit.connection, unit.organisation, _after(after), limit + 1, is_open=is_open)
    return Answer(page_of(rows, limit, _task, lambda row: (row["task_id"],)))


async def show_task(unit: UnitOfWork, task_id: UUID) -> Answer:
    """One task."""
    row = await remittances.load_task(unit.connection, unit.organisation, task_id)
    if row is None:
        raise NotFound
    return Answer(_task(row))


def _task(row: Row) -> TaskView:
    return TaskView.model_validate({**row, "unmatched_id": row["remittance_claim_id"]})


async def show_encounter_ledger(unit: UnitOfWork, encounter_id: UUID) -> Answer:
    """All entries of an encounter, oldest first."""
    return Answer(await _ledger(unit, encounter_id))


async def show_claim_ledger(unit: UnitOfWork, claim_id: UUID, named: UUID | None) -> Answer:
    """The entries of a claim and those of its encounter that belong to no single claim: charges, the patient's share.

    `named` is the encounter of a claim that was not submitted yet.
    """
    encounter_id = await submissions.encounter_of_claim(unit.connection, unit.organisation, claim_id) or named
    if encounter_id is None:
        raise NotFound
    whole = await _ledger(unit, encounter_id)
    own = [entry for entry in whole.entries if entry.claim_id in (None, claim_id)]
    return Answer(whole.model_copy(update={"entries": own}))


async def _ledger(unit: UnitOfWork, encounter_id: UUID) -> EncounterLedger:
    key = (unit.organisation, encounter_id)
    account = (await encounters.load_accounts(unit.connection, [key])).get(key)
    if account is None:
        raise NotFound
    rows = await ledger.entries_of_encounter(unit.connection, *key)
    entries = [EntryView.model_validate({**row, "lines": _lines(row)}) for row in rows]
    return EncounterLedger(
        encounter_id=encounter_id, external_id=account.external_id, balances=balances_of(account), entries=entries
    )


def _lines(row: Row) -> list[Mapping[str, object]]:
    return [{"account": account, "amount_cents": amount} for account, amount in ledger.lines_in(row)]


def balances_of(account: EncounterAccount) -> Balances:
    """The seven figures; charges are shown positive."""
    figures_of = {f"{name.value}_cents": amount for name, amount in account.balances.items()}
    return Balances.model_validate({**figures_of, "charges_cents": -account.balances[Account.CHARGES]})


async def show_summary(unit: UnitOfWork) -> Answer:
    """The organisation's figures."""
    return Answer(Summary.model_validate(await figures.summary(unit.connection, unit.organisation)))


async def show_trial_balance(unit: UnitOfWork) -> Answer:
    """All accounts over all lines."""
    rows = await figures.trial_balance(unit.connection, unit.organisation)
    accounts = dict.fromkeys(Account, 0) | {Account(row["account"]): row["balance_cents"] for row in rows}
    return Answer(TrialBalance(accounts=accounts, total_cents=sum(accounts.values())))


async def list_encounter_figures(unit: UnitOfWork, limit: int, after: str | None) -> Answer:
    """Each encounter's balances."""
    rows = await figures.page_of_encounters(unit.connection, unit.organisation, _after(after), limit + 1)
    return Answer(page_of(rows, limit, EncounterFigures.model_validate, lambda row: (row["encounter_id"],)))


async def list_remittance_proofs(unit: UnitOfWork, limit: int, after: str | None) -> Answer:
    """Each posted check's proof of balance."""
    rows = await figures.page_of_remittances(unit.connection, unit.organisation, _after(after), limit + 1)
    return Answer(page_of(rows, limit, RemittanceProof.model_validate, lambda row: (row["remittance_id"],)))
