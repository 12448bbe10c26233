"""When nobody is left to ask, the patient's share moves to the patient; and what was paid before is applied."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID

from payments_svc.domain import responsibility as shares_of
from payments_svc.domain.adjudication import Adjudication, adjudicate
from payments_svc.domain.adjustment_reasons import published_table
from payments_svc.domain.encounter_account import EncounterAccount
from payments_svc.domain.ledger import Account
from payments_svc.domain.matching import PostedPayment
from payments_svc.domain.patient_payments import Application, PatientPayment, apply_deposits, return_excess
from payments_svc.events import said
from payments_svc.events.heard import PayersTurn
from payments_svc.handlers.book import Book, CausedBy, Key
from payments_svc.store import encounters, ledger, patient_payments, remittance_claims
from rcm.contracts.envelope import Message
from rcm.messaging.unit_of_work import UnitOfWork

APPLY_AGAIN = "apply deposits"
"""The periodic work that finds what a payment and a share, taken at the same moment, did not see of each other."""
Standing = dict[Key, list[PostedPayment]]
"""By encounter, what stands in the ledger."""


async def payers_completed(unit: UnitOfWork, messages: Sequence[Message[PayersTurn]]) -> None:
    """No payer is left to ask: exactly PR-1/2/3 become the patient's."""
    await _set_completed(unit, messages, completed=True)


async def payers_reopened(unit: UnitOfWork, messages: Sequence[Message[PayersTurn]]) -> None:
    """Another payer is asked after all: the patient's share is insurance's again."""
    await _set_completed(unit, messages, completed=False)


async def _set_completed(unit: UnitOfWork, messages: Sequence[Message[PayersTurn]], *, completed: bool) -> None:
    """What claims-svc says of the payers' turn: news only where the last payer's whole answer has not told it already."""
    told = {(message.organisation_id, message.data.encounter_id) for message in messages}
    news = await encounters.not_completed_so(unit.connection, told, completed=completed)
    if not news:
        return
    book = Book(unit)
    await book.load(news)
    causes: dict[Key, CausedBy] = {}
    for message in messages:
        key = (message.organisation_id, message.data.encounter_id)
        if key not in news:
            continue
        account = book.accounts.get(key)
        if account is None:
            unit.wait_for(message, "encounter", message.data.encounter_id)
        elif account.completed is not completed:
            account.completed = completed
            book.change(account)
            causes[key] = message
    await assign_responsibility(book, causes)
    await book.save()


@dataclass(slots=True)
class Shares:
    """The patients' shares that a transaction brings to what the facts say, an encounter at a time."""

    book: Book
    known: dict[Key, EncounterAccount] = field(default_factory=dict)
    """The encounters whose share was brought there."""
    overpaid: list[EncounterAccount] = field(default_factory=list)
    """Those for which the patient has paid more."""

    def assign(self, account: EncounterAccount, cause: CausedBy, adjudicated: Sequence[tuple[str, Adjudication]]) -> None:
        """Brings it there, of an encounter whose bill is in the book, by (rank, CLP) of all that stands in the ledger.

        Nothing is said of a share of nothing, nor twice.
        """
        book = self.book
        bill = book.bill(account)
        share = _share(account, bill.lines, adjudicated)
        total = share.total_cents
        moved = account.share_lines(total)
        if moved:
            book.post_share(account, moved, cause)
            book.unit.wake(APPLY_AGAIN)
        event = said.responsibility_assigned(account, bill, share)
        digest = said.digest(event)
        if digest != account.responsibility_digest and (total or moved):
            account.responsibility_digest = digest
            book.say(account, event, cause)
        self.known[account.key] = account
        if account.balances[Account.PATIENT_OPEN] < 0:
            self.overpaid.append(account)


async def assign_responsibility(
    book: Book,
    causes: Mapping[Key, CausedBy],
    standing: Mapping[Key, Sequence[PostedPayment]] = MappingProxyType({}),
    adjudications: Mapping[UUID, Adjudication] = MappingProxyType({}),
    shares: Shares | None = None,
) -> None:
    """Brings these encounters' patient share to what the facts say, each for its cause; the book is saved by the caller.

    CLPs that are posted in this transaction must be stored already, or stand in `standing`; `adjudications` are known ones.
    Encounters whose payers have still to answer are passed over, unless something was the patient's before; and those of
    `shares`, which were brought there before.
    """
    shares = shares or Shares(book)
    accounts = [book.accounts[key] for key in causes if key not in shares.known]
    concerned = [each for each in accounts if each.responsibility_is_known or each.responsibility_cents]
    if concerned:
        await book.load_bills(concerned)
        asked = [each.key for each in concerned if (each.was_sent if each.self_pay else each.completed)]
        missing = [key for key in asked if key not in standing]
        posted = {**standing, **await remittance_claims.posted_of_encounters(book.unit.connection, missing)}
        for account in concerned:
            found = posted.get(account.key, ())
            adjudicated = [(each.rank, adjudications.get(each.remittance_claim_id) or _adjudicate(each)) for each in found]
            shares.assign(account, causes[account.key], adjudicated)
    if shares.known:
        await _settle_deposits(shares, causes)


def _share(
    account: EncounterAccount, lines: Sequence[shares_of.ChargedLine], adjudicated: Sequence[tuple[str, Adjudication]]
) -> shares_of.Responsibility:
    if not account.responsibility_is_known or account.cancelled_self_pay or not (account.self_pay or account.completed):
        return shares_of.nothing(lines)
    return (shares_of.of_self_payer if account.self_pay else shares_of.after_payers)(lines, adjudicated)


def _adjudicate(posted: PostedPayment) -> Adjudication:
    return adjudicate(posted.payment, published_table(), posted.payment_date, posted.payer_id)


async def _settle_deposits(shares: Shares, causes: Mapping[Key, CausedBy]) -> None:
    """What was paid too much comes back, what waits is applied, of the encounters whose patient share is known now."""
    book, known, overpaid = shares.book, shares.known, shares.overpaid
    connection = book.unit.connection
    applications: list[Application] = []
    payments: dict[UUID, PatientPayment] = {}
    if overpaid:
        applied = await ledger.applied_payments(connection, (each.key for each in overpaid))
        keys = {(org, payment) for (org, _), found in applied.items() for payment, _ in found}
        payments = await patient_payments.load_payments(connection, keys)
        for account in overpaid:
            applications += return_excess(account, [(payments[own], amount) for own, amount in applied[account.key]])
    guarantors = {(key[0], each.guarantor_external_id) for key, each in known.items()} | {
        p.guarantor for p in payments.values()
    }
    for waiting in await patient_payments.waiting_deposits(connection, guarantors, known):
        payments.setdefault(waiting.patient_payment_id, waiting)
    if payments:
        await book.load((each.organisation_id, each.encounter_id) for each in payments.values() if each.encounter_id)
        book.adopt(await encounters.accounts_with_open_balance(connection, guarantors))
        applications += apply_to_open(book, payments.values())
    await save_applications(book, applications, causes)


def apply_to_open(book: Book, payments: Iterable[PatientPayment]) -> list[Application]:
    """Deposits to open balances, organisation by organisation."""
    by_organisation: defaultdict[UUID, list[PatientPayment]] = defaultdict(list)
    for payment in payments:
        by_organisation[payment.organisation_id].append(payment)
    applications: list[Application] = []
    for organisation_id, own in by_organisation.items():
        accounts = [account for (org, _), account in book.accounts.items() if org == organisation_id]
        applications += apply_deposits(own, accounts)
    return applications


async def save_applications(book: Book, applications: Sequence[Application], causes: Mapping[Any, CausedBy]) -> None:
    """Entries, events and deposits of what was applied; a cause is found by encounter, else by payment."""
    for application in applications:
        account, payment = application.account, application.payment
        cause = causes.get(account.key) or causes.get(payment.patient_payment_id) or next(iter(causes.values()))
        book.write(account.organisation_id, application.entry(), cause)
        book.say(account, said.patient_payment_applied(application), cause)
    changed = {application.payment.patient_payment_id: application.payment for application in applications}
    if changed:
        await patient_payments.update_deposits(book.unit.connection, list(changed.values()))
