"""Charges: posted once when an encounter is coded, reversed and posted anew when it is recoded, reversed when withdrawn."""

from collections.abc import Sequence
from typing import TypeVar

from payments_svc.events import heard
from payments_svc.events.heard import CodedEncounter
from payments_svc.handlers.book import Book, CausedBy, Key
from payments_svc.handlers.payees import learn_payees
from payments_svc.handlers.responsibility import assign_responsibility
from rcm.contracts.claims import ClaimVoided
from rcm.contracts.encounters import EncounterCancelled
from rcm.contracts.envelope import Message
from rcm.contracts.values import Rank
from rcm.messaging.unit_of_work import UnitOfWork

Withdrawing = TypeVar("Withdrawing", ClaimVoided, EncounterCancelled)


async def post_charges(unit: UnitOfWork, messages: Sequence[Message[CodedEncounter]]) -> None:
    """Opens an account for each coded encounter and posts its charges; a self-payer owes them at once."""
    book = Book(unit)
    for message in messages:
        account = heard.account_of(message)
        book.add(account, message.data.bill)
        for entry in account.charge_entries():
            book.post(account, entry, message)
    await assign_responsibility(book, {_key(message): message for message in messages if message.data.self_pay})
    await book.save()
    await _learn(unit, messages)
    unit.arrived("encounter", [message.data.encounter_id for message in messages])


async def post_charges_anew(unit: UnitOfWork, messages: Sequence[Message[CodedEncounter]]) -> None:
    """Reverses the charges and posts the new ones; the difference stands in insurance open. A later event was said later."""
    book = Book(unit)
    await book.load(_key(message) for message in messages)
    causes: dict[Key, CausedBy] = {}
    for message in messages:
        account = book.accounts.get(_key(message))
        if account is None:
            unit.wait_for(message, "encounter", message.data.encounter_id)
        elif message.sequence > account.said_sequence:
            heard.say_again(account, message)
            book.say_again(account, message.data.bill)
            for entry in account.charge_entries():
                book.post(account, entry, message)
            causes[account.key] = message
    await assign_responsibility(book, causes)
    await book.save()
    await _learn(unit, messages)


async def withdraw_voided(unit: UnitOfWork, messages: Sequence[Message[ClaimVoided]]) -> None:
    """Reverses the charges where the claim to the first payer was voided; another payer's claim never carried them."""
    await _withdraw(unit, [message for message in messages if message.data.rank is Rank.PRIMARY])


async def withdraw_cancelled(unit: UnitOfWork, messages: Sequence[Message[EncounterCancelled]]) -> None:
    """Reverses the charges of a self-payer; those of an insured encounter wait for its claim to be voided."""
    await _withdraw(unit, [message for message in messages if message.data.was_coded and message.data.self_pay])


async def _withdraw(unit: UnitOfWork, messages: Sequence[Message[Withdrawing]]) -> None:
    """Keeps which of the two was said, whatever the encounter is now: the charges follow from all that was said of it."""
    book = Book(unit)
    await book.load(_key(message) for message in messages)
    causes: dict[Key, CausedBy] = {}
    for message in messages:
        account = book.accounts.get(_key(message))
        if account is None:
            unit.wait_for(message, "encounter", message.data.encounter_id)
        else:
            if isinstance(message.data, ClaimVoided):
                account.first_claim_voided = True
            else:
                account.cancelled_self_pay = True
            book.change(account)
            for entry in account.charge_entries():
                book.post(account, entry, message)
            causes[account.key] = message
    await assign_responsibility(book, causes)
    await book.save()


def _key(message: Message[CodedEncounter] | Message[ClaimVoided] | Message[EncounterCancelled]) -> Key:
    return message.organisation_id, message.data.encounter_id


async def _learn(unit: UnitOfWork, messages: Sequence[Message[CodedEncounter]]) -> None:
    providers = [(message.organisation_id, message.data.billing_provider) for message in messages]
    await learn_payees(unit, heard.payees_of((org, provider.npi, provider.tax_id) for org, provider in providers))
