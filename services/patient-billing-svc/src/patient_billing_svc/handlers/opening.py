"""Accounts that are new: opened by what payments-svc says, or at the desk before anything is known."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from patient_billing_svc.domain.account import Account
from patient_billing_svc.store import accounts
from rcm.ids import new_id

if TYPE_CHECKING:
    from rcm.messaging.unit_of_work import Connection


async def number_accounts(connection: "Connection", guarantors: Iterable[tuple[UUID, str]]) -> list[Account]:
    """An account for each guarantor (organisation and external id), numbered on by organisation; not written yet."""
    missing = sorted(guarantors)
    opened = []
    for organisation_id, count in sorted(Counter(organisation_id for organisation_id, _ in missing).items()):
        last = (await accounts.next_numbers(connection, organisation_id, accounts=count))["accounts"]
        names = [guarantor for owner, guarantor in missing if owner == organisation_id]
        for number, guarantor_external_id in enumerate(names, start=last - count + 1):
            opened.append(Account(organisation_id, new_id(), number, guarantor_external_id, version=1))
    return opened
