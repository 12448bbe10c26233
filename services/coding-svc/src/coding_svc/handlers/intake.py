"""Encounters come in: each is coded or held, or is known already, or is refused by itself; their raw input is kept."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from coding_svc import events
from coding_svc.domain.edits.catalogue import assess, holds
from coding_svc.domain.edits.form import Finding
from coding_svc.domain.states import State, move
from coding_svc.domain.suggestions import wants_suggestions
from coding_svc.edi.parcel import Parcel, Raw, Refused, Taken
from coding_svc.handlers import twins
from coding_svc.handlers.codebook import CodeBook
from coding_svc.store import encounters, raw_inputs, readings
from rcm.errors import Conflict, Fault, RcmError
from rcm.ids import new_id
from rcm.messaging.unit_of_work import Cause, UnitOfWork


class ExternalIdTaken(Conflict):
    """Another encounter has this external id."""

    code = "external-id-taken"
    title = "An encounter with this external id is there already, with other content"


class Accepted(Struct, frozen=True):
    """An encounter that is there now. `again` tells that it was there before, with the same content."""

    encounter_id: UUID
    external_id: str
    state: State
    version: int
    charge_cents: int
    findings: Sequence[Finding]
    place: str
    again: bool = False


class Declined(Struct, frozen=True):
    """What was refused; `raw_input_id` names the kept body where it is in the quarantine."""

    error: RcmError
    place: str
    external_id: str = ""
    raw_input_id: UUID | None = None


Outcome = Accepted | Declined


class Delivery(Struct, frozen=True):
    """A request's parcel and why it came: requests that share a transaction have each their own cause."""

    parcel: Parcel
    cause: Cause


async def receive(unit: UnitOfWork, book: CodeBook, deliveries: Sequence[Delivery]) -> list[list[Outcome]]:
    """All that came in one transaction: for each delivery an outcome for each of its items, in order."""
    taken = [item for delivery in deliveries for item in delivery.parcel.items if isinstance(item, Taken)]
    known = await encounters.known(unit, {item.encounter.external_id for item in taken}) if taken else {}
    billed = await twins.load(unit, [item.encounter for item in taken if item.encounter.external_id not in known])
    desk = _Desk(unit, book, known, billed)
    for delivery in deliveries:
        desk.take(delivery)
    await desk.save()
    return [[desk.outcome(item) for item in delivery.parcel.items] for delivery in deliveries]


class _Desk:
    """One transaction's intake: what is decided in memory, and written at the end."""

    def __init__(self, unit: UnitOfWork, book: CodeBook, known: dict[str, encounters.Known], billed: twins.Billed) -> None:
        self._unit, self._known, self._billed = unit, known, billed
        self._now: datetime = unit.clock.now()
        self._facts = book.facts(unit.clock.today(), twins.NONE)
        self._release = book.release
        self._new: list[encounters.New] = []
        self._bodies: dict[int, raw_inputs.Body] = {}
        self._refused: dict[int, Refused] = {}
        """By the id of the item that it was, as the outcomes are."""
        self._outcomes: dict[int, Outcome] = {}

    def take(self, delivery: Delivery) -> None:
        """Decides on each of a delivery's items."""
        self._unit.cause = delivery.cause
        for item in delivery.parcel.items:
            if isinstance(item, Refused):
                self._refused[id(item)] = item
                continue
            before = self._known.get(item.encounter.external_id)
            if before is None:
                self._outcomes[id(item)] = self._admit(item)
            elif before.content_sha256 == item.digest:
                self._outcomes[id(item)] = _again(item, before)
            else:
                self._refused[id(item)] = _taken(item, before)

    def _admit(self, item: Taken) -> Accepted:
        """A new encounter: the edits decide whether it is coded or held."""
        encounter, encounter_id = item.encounter, new_id()
        patient = encounter.patient.external_id
        billed = self._billed.of(patient)
        findings = assess(encounter, replace(self._facts, billed=billed) if billed else self._facts)
        state = move(None, State.HELD if holds(findings) else State.CODED)
        charge_cents = encounter.charge_cents
        said_cents = charge_cents if state is State.CODED else 0
        self._new.append(
            encounters.New(
                encounter_id,
                state,
                said_cents,
                findings,
                encounter,
                item.digest,
                item.keys,
                item.repairs,
                self._body(item.raw).raw_input_id,
                item.place,
            )
        )
        self._billed.add(patient, encounter_id, item.keys)
        self._known[encounter.external_id] = encounters.Known(
            encounter_id, encounter.external_id, state, 1, charge_cents, findings, item.digest
        )
        self._say(item, encounter_id, state, findings)
        return Accepted(encounter_id, encounter.external_id, state, 1, charge_cents, findings, item.place)

    def _say(self, item: Taken, encounter_id: UUID, state: State, findings: Sequence[Finding]) -> None:
        encounter = item.encounter
        self._unit.emit(
            events.coded(encounter, encounter_id, self._release)
            if state is State.CODED
            else events.held(encounter_id, encounter.external_id, findings),
            organisation_id=self._unit.organisation,
            sequence=1,
            correlation_id=encounter_id,
        )

    def _body(self, raw: Raw) -> raw_inputs.Body:
        """The raw input's row: one for all encounters that came in it."""
        body = self._bodies.get(id(raw))
        if body is None:
            body = self._bodies[id(raw)] = raw_inputs.Body(new_id(), raw.media_type, raw.sha256, raw.body)
        return body

    async def save(self) -> None:
        """One statement for bodies and encounters, and one for whatever else there is."""
        refusals = await self._quarantined()
        written = encounters.writing(self._unit, self._new, self._now)
        await raw_inputs.insert(self._unit, list(self._bodies.values()), self._now, written)
        unread = [new.encounter_id for new in self._new if new.state is State.HELD and wants_suggestions(new.encounter)]
        if unread:
            await readings.request(self._unit, unread, self._now)
        if refusals:
            await raw_inputs.quarantine(self._unit, refusals, self._now)

    async def _quarantined(self) -> list[raw_inputs.Refusal]:
        """What goes into the quarantine: each body once, under the id that it had there before."""
        if not self._refused:
            return []
        before = await raw_inputs.quarantined_as(self._unit, [item.raw.sha256 for item in self._refused.values()])
        refusals: dict[bytes, raw_inputs.Refusal] = {}
        for key, item in self._refused.items():
            refusal = refusals.get(item.raw.sha256)
            if refusal is None:
                known_as = before.get(item.raw.sha256)
                body = (
                    raw_inputs.Body(known_as, item.raw.media_type, item.raw.sha256, item.raw.body)
                    if known_as
                    else self._body(item.raw)
                )
                refusal = refusals[item.raw.sha256] = raw_inputs.Refusal(body, item.error.code, _faults(item.error))
            self._outcomes[key] = Declined(item.error, item.place, item.external_id, refusal.body.raw_input_id)
        return list(refusals.values())

    def outcome(self, item: Taken | Refused) -> Outcome:
        """What became of an item."""
        return self._outcomes[id(item)]


def _faults(error: RcmError) -> Sequence[Fault]:
    return error.faults or (Fault("", error.code, error.detail),)


def _taken(item: Taken, before: encounters.Known) -> Refused:
    """Other content under an external id that is there: refused, and kept as everything that is refused."""
    fault = Fault(
        "/external_id",
        "external-id-taken",
        "The encounter with this external id came with other content before",
        f"Change it with PATCH /v1/encounters/{before.encounter_id}; for another encounter use another external id.",
    )
    return Refused(ExternalIdTaken(faults=[fault]), item.raw, item.place, before.external_id)


def _again(item: Taken, before: encounters.Known) -> Accepted:
    """The external id is there with the same content: the same encounter."""
    return Accepted(
        before.encounter_id,
        before.external_id,
        before.state,
        before.version,
        before.charge_cents,
        before.findings,
        item.place,
        again=True,
    )


def accepted(outcomes: Iterable[Outcome]) -> int:
    """How many of the outcomes are encounters."""
    return sum(isinstance(outcome, Accepted) for outcome in outcomes)
