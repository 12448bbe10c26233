"""The statement cycle, and statements as JSON, HTML and PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from patient_billing_svc import documents, events
from patient_billing_svc.domain.account import Account
from patient_billing_svc.domain.book import Key
from patient_billing_svc.domain.cycle import StatementPolicy, not_due
from patient_billing_svc.domain.responsibility import Responsibility
from patient_billing_svc.domain.statement import Numbers, Statement, write_statement
from patient_billing_svc.handlers import shows
from patient_billing_svc.store import accounts, lists, payments, responsibilities, statements
from patient_billing_svc.views import StatementRun
from rcm.errors import NotFound
from rcm.ids import new_id
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.answers import Answer
from rcm.web.pages import decode_cursor_as, page_of

BATCH = 200
"""So many accounts the cycle looks at in one transaction."""


@dataclass(frozen=True, slots=True)
class Due:
    """An account whose statement is due, with its unsettled encounters."""

    account: Account
    unsettled: Sequence[Responsibility]
    kept_cents: int
    """Paid for visits that are not billed yet."""


async def issue_due_statements(
    unit: UnitOfWork, policy: StatementPolicy, organisation_id: UUID | None = None
) -> tuple[list[Statement], bool]:
    """Looks at the accounts whose time has come and issues what is due; also answers whether more accounts wait."""
    now = unit.clock.now()
    looked_at = await statements.accounts_to_look_at(unit.connection, now, BATCH, organisation_id)
    if not looked_at:
        return [], False
    unsettled = await responsibilities.load_unsettled(unit.connection, [_key(each) for each in looked_at])
    kept = await payments.load_kept(unit.connection, [_key(each) for each in looked_at if each.deposit_cents > 0])
    due: list[Due] = []
    resting: list[Account] = []
    for account in looked_at:
        encounters = unsettled.get(_key(account), [])
        kept_cents = kept.get(_key(account), 0)
        reason = not_due(account, encounters, policy, now, kept_cents)
        if reason is None:
            due.append(Due(account, encounters, kept_cents))
        else:
            resting.append(replace(account, look_at=reason[1], version=account.version + 1))
    issued = await _issue(unit, due, policy, now)
    billed = [
        replace(one.account, last_statement_at=now, look_at=now + policy.interval, version=one.account.version + 1)
        for one in due
    ]
    await accounts.update_accounts(unit.connection, resting + billed)
    for statement, account in zip(issued, billed, strict=True):
        unit.emit(
            events.statement_issued(statement),
            organisation_id=account.organisation_id,
            sequence=account.version,
            correlation_id=events.correlation(statement),
        )
    return issued, len(looked_at) == BATCH


async def _issue(unit: UnitOfWork, due: Sequence[Due], policy: StatementPolicy, now: datetime) -> list[Statement]:
    """Writes the statements of these accounts, numbered on by organisation, and keeps them."""
    if not due:
        return []
    guarantors = await accounts.load_guarantors(unit.connection, [_key(each.account) for each in due])
    encounters = [(each.organisation_id, each.encounter_id) for one in due for each in one.unsettled]
    assignments = await responsibilities.load_assignments(unit.connection, encounters)
    numbers = await _numbers(unit, due)
    issued = []
    for each, number in zip(due, numbers, strict=True):
        bills = {r.encounter_id: events.bill(assignments[r.organisation_id, r.encounter_id]) for r in each.unsettled}
        guarantor = events.guarantor_party(guarantors[_key(each.account)])
        issued.append(
            write_statement(
                each.account,
                guarantor,
                each.unsettled,
                bills,
                numbers=Numbers(new_id(), number),
                policy=policy,
                now=now,
                kept_cents=each.kept_cents,
            )
        )
    kept = [(each.account.organisation_id, statement) for each, statement in zip(due, issued, strict=True)]
    await statements.insert_statements(unit.connection, kept, now)
    return issued


async def _numbers(unit: UnitOfWork, due: Sequence[Due]) -> list[int]:
    """A number for each, in the organisation's own count without gaps."""
    counts: dict[UUID, int] = {}
    for each in due:
        counts[each.account.organisation_id] = counts.get(each.account.organisation_id, 0) + 1
    following = {}
    for organisation_id, count in sorted(counts.items()):
        last = (await accounts.next_numbers(unit.connection, organisation_id, statements=count))["statements"]
        following[organisation_id] = last - count + 1
    numbers = []
    for each in due:
        numbers.append(following[each.account.organisation_id])
        following[each.account.organisation_id] += 1
    return numbers


async def run_statements(unit: UnitOfWork, policy: StatementPolicy) -> Answer:
    """Runs the cycle for the caller's organisation now: the same rules, not waiting for the next second."""
    issued, more = await issue_due_statements(unit, policy, unit.organisation)
    return Answer(StatementRun(issued=len(issued), more=more, statement_ids=[each.statement_id for each in issued]))


async def list_statements(unit: UnitOfWork, limit: int, after: str | None, account_id: UUID | None) -> Answer:
    """A page of statements, the newest first."""
    last = decode_cursor_as(after, UUID)[0] if after else None
    rows = await lists.list_statements(unit.connection, limit, last, account_id)
    page = page_of(rows, limit, shows.statement_summary, lambda row: (row["statement_id"],))
    return Answer(page, shown=[str(each.account_id) for each in page.items])


async def list_statements_of_account(unit: UnitOfWork, limit: int, after: str | None, account_id: UUID) -> Answer:
    """A page of one account's statements; NotFound for an account that is not here."""
    if await lists.read_account(unit.connection, account_id) is None:
        raise NotFound("there is no such account")
    return await list_statements(unit, limit, after, account_id)


async def show_statement(unit: UnitOfWork, statement_id: UUID, media_type: str) -> Answer:
    """A statement as it was issued, in one of `documents.MEDIA_TYPES`."""
    document = await lists.read_statement(unit.connection, statement_id)
    if document is None:
        raise NotFound("there is no such statement")
    statement = Statement.model_validate(document)
    return Answer(documents.render(statement, media_type), headers=documents.headers(statement, media_type))


def _key(account: Account) -> Key:
    return account.organisation_id, account.account_id
