"""A remittance comes: known already, put in quarantine, or posted; and how quarantine ends."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from payments_svc import edi
from payments_svc.domain.check import Check, Identity, ProviderAdjustment
from payments_svc.domain.ledger import Entry, EntryKind, into_suspense
from payments_svc.domain.matching import normalised_control_number
from payments_svc.domain.remittance import REMITTANCE_TRANSITIONS, NotPossibleNow, Reason, RemittanceState, move
from payments_svc.domain.remittance_claim import RemittanceClaim
from payments_svc.events import said
from payments_svc.handlers.arrivals import NotHeardYet
from payments_svc.handlers.book import Book
from payments_svc.handlers.posting import post_claims
from payments_svc.handlers.posting_facts import Sent
from payments_svc.store import encounters, remittances, submissions
from rcm.contracts.envelope import Event, WrittenEvent
from rcm.ids import new_id
from rcm.messaging.unit_of_work import UnitOfWork

Row = Mapping[str, Any]
_Undecided = tuple[dict[str, Any], Check, list[RemittanceClaim]]
"""A check that is to be posted, with its row and its CLPs."""


class ReceivedContent:
    """A file as it came; read once, however often its transaction is tried."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    @cached_property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()

    @cached_property
    def checks(self) -> list[Check]:
        """Raises NotX12, WrongTransaction, NotARemittance or InvalidBody."""
        return edi.read_checks(self.content)


async def receive_file(unit: UnitOfWork, file: ReceivedContent, *, patient: bool) -> tuple[list[Row], bool]:
    """Takes an 835 file; answers its remittances in order, and whether anything of it is new.

    Raises NotX12 or NotARemittance. The same check again does nothing; another content of it is quarantined for a person.
    Where it is to be `patient`, it raises NotHeardYet for patient control numbers that nothing was sent under.
    """
    known_file = await remittances.file_by_hash(unit.connection, unit.organisation, file.sha256)
    if known_file is not None:
        return await remittances.remittances_of_file(unit.connection, unit.organisation, known_file), False
    file_id = new_id()
    found, new = await _sorted_out(unit, file.checks, file_id)
    if not new:
        return found, False
    good = [_with_claims(unit, row, check) for row, check in new if row["state"] == RemittanceState.POSTED]
    sent = await _sent(unit, [claim for _, _, claims in good for claim in claims], patient=patient)
    await remittances.insert_file(
        unit.connection,
        {
            "organisation_id": unit.organisation,
            "file_id": file_id,
            "sha256": file.sha256,
            "received_at": unit.clock.now(),
            "received_by": unit.cause.actor,
        },
        file.content,
    )
    await _post(unit, good, sent)
    for row, _ in new:
        if row["state"] == RemittanceState.QUARANTINED:
            say_quarantined(unit, row)
    await remittances.insert_remittances(unit.connection, [row for row, _ in new])
    return found, True


async def _sent(unit: UnitOfWork, claims: Sequence[RemittanceClaim], *, patient: bool) -> Sent:
    """What the patient control numbers stand for of those CLPs that are posted by them. Raises NotHeardYet."""
    numbers = {claim.key for claim in claims if not claim.reason and not claim.payment.is_predetermination}
    if not patient:
        return await submissions.by_control_number(unit.connection, numbers)
    sent = await submissions.all_by_control_number(unit.connection, numbers)
    if sent is None:
        raise NotHeardYet(numbers, unit.clock.now())
    return sent


async def _sorted_out(
    unit: UnitOfWork, checks: Sequence[Check], file_id: UUID
) -> tuple[list[Row], list[tuple[dict[str, Any], Check]]]:
    """Each check's row, stored or new; and the new ones, whose state says what is to be done."""
    connection, organisation_id = unit.connection, unit.organisation
    stored = await remittances.remittances_of_identities(connection, organisation_id, [check.identity for check in checks])
    of_identity: dict[Identity, list[Row]] = {}
    for row in stored:
        of_identity.setdefault(identity_of(row), []).append(row)
    named = {value for check in checks for value in (check.payee_npi, *check.payee_tax_ids)}
    payees = await encounters.known_payees(connection, organisation_id, named)
    found: list[Row] = []
    new: list[tuple[dict[str, Any], Check]] = []
    for check in checks:
        same_check = of_identity.setdefault(check.identity, [])
        same = next((row for row in same_check if row["content_sha256"] == check.content_sha256), None)
        if same is not None:
            found.append(same)
            continue
        made = _new_row(unit, check, file_id, check.faults(payees), same_check[0] if same_check else None)
        same_check.append(made)
        found.append(made)
        new.append((made, check))
    return found, new


def identity_of(row: Row) -> Identity:
    """The identity of a stored remittance."""
    return Identity(row["payer_identifier"], row["trace_number"], row["payment_date"], row["payment_cents"])


def _new_row(unit: UnitOfWork, check: Check, file_id: UUID, reasons: list[Reason], first: Row | None) -> dict[str, Any]:
    """A new remittance. `first` holds the identity of its check already."""
    if first is not None:
        reasons = [*reasons, Reason.SAME_CHECK_OTHER_CONTENT]
    return {
        "organisation_id": unit.organisation,
        "remittance_id": new_id(),
        "file_id": file_id,
        "first_place": check.places[0],
        "places": list(check.places),
        **check.identity._asdict(),
        "content_sha256": check.content_sha256,
        "holds_identity": first is None and Reason.UNREADABLE not in reasons,
        "same_check_as": first["remittance_id"] if first is not None else None,
        "payer_name": check.payer_name,
        "payee_npi": check.payee_npi,
        "payee_tax_ids": list(check.payee_tax_ids),
        "state": RemittanceState.QUARANTINED if reasons else RemittanceState.POSTED,
        "reasons": [reason.value for reason in reasons],
        "difference_cents": check.difference_cents,
        "claim_count": len(check.claims),
        "provider_adjustments": [
            {"code": each.code, "reference": each.reference, "amount_cents": each.amount_cents}
            for each in check.provider_adjustments
        ],
        "warnings": _warnings(check),
        "version": 0,
        "received_at": unit.clock.now(),
        "decided_by": "",
        "decided_at": None,
        "note": "",
    }


def _warnings(check: Check) -> list[Mapping[str, object]]:
    """CLPs whose CLP05 is not the sum of their PR adjustments: posted all the same (DOMAIN.md 1)."""
    return [
        {
            "code": "patient-responsibility-differs",
            "position": place,
            "patient_control_number": payment.patient_control_number,
            "difference_cents": difference,
        }
        for place, payment, difference in check.responsibility_differences
    ]


async def _post(unit: UnitOfWork, checks: Sequence[_Undecided], sent: Sent) -> None:
    """The CLPs of all these checks at once, and their provider adjustments. Counts up each row's version for what is said."""
    if not checks:
        return
    await post_claims(unit, [claim for _, _, own in checks for claim in own], matched=sent)
    book = Book(unit)
    for row, check, claims in checks:
        for claim in claims:
            if claim.waits:
                say(unit, row, said.claim_held(claim), claim.encounter_id)
        for item in check.provider_adjustments:
            _record(book, row, item)
    await book.save()


def _with_claims(unit: UnitOfWork, row: dict[str, Any], check: Check) -> _Undecided:
    """A check's row, the check and its CLPs, undecided; a CLP whose own balance fails carries its reason."""
    organisation_id, remittance_id = row["organisation_id"], row["remittance_id"]
    payer_identifier, paid_on = check.identity.payer_identifier, check.identity.payment_date or unit.clock.today()
    claims = [
        RemittanceClaim(
            (organisation_id, normalised_control_number(each.payment.patient_control_number)),
            new_id(),
            remittance_id,
            position,
            payer_identifier,
            paid_on,
            each.payment,
            reason=each.fault.value if each.fault else "",
            difference_cents=each.difference_cents,
        )
        for position, each in enumerate(check.claims, 1)
    ]
    return row, check, claims


def _record(book: Book, row: dict[str, Any], item: ProviderAdjustment) -> None:
    """A PLB adjustment in suspense: money that the payer kept back, or paid on top."""
    if lines := into_suspense(-item.amount_cents):
        reason = f"PLB {item.code} {item.reference}".strip()
        entry = Entry(EntryKind.PROVIDER_ADJUSTMENT, lines, reason, remittance_id=row["remittance_id"])
        book.write(row["organisation_id"], entry, None)
    say(book.unit, row, said.provider_adjustment_recorded(row["remittance_id"], item))


def say(unit: UnitOfWork, row: dict[str, Any], event: Event | WrittenEvent, encounter_id: UUID | None = None) -> None:
    """Says something about a remittance, under its next version; whoever calls this writes the row."""
    row["version"] += 1
    unit.emit(
        event,
        organisation_id=row["organisation_id"],
        sequence=row["version"],
        correlation_id=encounter_id or row["remittance_id"],
    )


def say_quarantined(unit: UnitOfWork, row: dict[str, Any]) -> None:
    """Nothing of it is posted, and why."""
    say(unit, row, said.quarantined(row["remittance_id"], row["trace_number"], row["reasons"], row["difference_cents"]))


async def reconsider(unit: UnitOfWork, stored: Row, note: str = "") -> Row:
    """Looks at a quarantined remittance again, with what is known now; answers its row.

    Posts it where nothing is wrong any more. One that is another content of a check that was posted stays for a person.
    """
    if stored["state"] != RemittanceState.QUARANTINED:
        raise NotPossibleNow("Only a quarantined remittance is looked at again")
    check = await read_again(unit, stored)
    payees = await encounters.known_payees(unit.connection, stored["organisation_id"], {check.payee_npi, *check.payee_tax_ids})
    reasons = [reason.value for reason in check.faults(payees)]
    if Reason.SAME_CHECK_OTHER_CONTENT in stored["reasons"]:
        reasons.append(Reason.SAME_CHECK_OTHER_CONTENT.value)
    row = {**stored, "reasons": reasons, "difference_cents": check.difference_cents}
    if not reasons:
        await post_quarantined(unit, row, check, note)
    else:
        row["version"] += 1
        await save_decision(unit, row)
    return row


async def post_quarantined(unit: UnitOfWork, row: dict[str, Any], check: Check, note: str) -> None:
    """Posts what was quarantined; it holds its check's identity from now on."""
    row["state"] = move(REMITTANCE_TRANSITIONS, RemittanceState(row["state"]), RemittanceState.POSTED)
    row["reasons"], row["holds_identity"] = [], True
    row["version"] += 1
    await _post(unit, [_with_claims(unit, row, check)], {})
    await save_decision(unit, row, note)


async def read_again(unit: UnitOfWork, stored: Row) -> Check:
    """The check of a stored remittance, from its file."""
    content = await remittances.file_content(unit.connection, stored["organisation_id"], stored["file_id"])
    checks = edi.read_checks(content)
    return next(check for check in checks if list(check.places) == stored["places"])


async def save_decision(unit: UnitOfWork, row: Row, note: str = "") -> None:
    """Writes what was decided about a remittance, by whom and when."""
    kept = ("organisation_id", "remittance_id", "state", "reasons", "difference_cents", "holds_identity", "version")
    decision = {"decided_by": unit.cause.actor, "decided_at": unit.clock.now(), "note": note}
    await remittances.update_remittances(unit.connection, [{**{name: row[name] for name in kept}, **decision}])
