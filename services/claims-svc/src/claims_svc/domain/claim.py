"""A claim: an encounter and a coverage's rank, for life; and what our own work may do to it."""

import hashlib
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from claims_svc.domain.encounter import Accident, Coverage, Encounter
from claims_svc.domain.facts import Filed, Heard
from claims_svc.domain.states import State, TransitionRefused, move
from rcm.errors import Conflict

REPLACING = frozenset({"7", "8"})
"""CLM05-3 of a replacement and of a void: the payer holds a claim already (REF*F8 names it)."""


class Finding(Struct, frozen=True, gc=False):
    """Why a claim is held: which edit, where, what is wrong, how to mend it."""

    edit_id: str
    path: str
    message: str
    fix: str


class Override(Struct, frozen=True, gc=False):
    """A person's word that an edit does not apply to this claim, and why."""

    edit_id: str
    reason: str
    by: str = ""


class Own(Struct, frozen=True, gc=False):
    """What claims-svc itself owns of a claim's content, beside the encounter."""

    authorisation_number: str = ""
    """Stands instead of the encounter's."""
    accident: Accident | None = None
    """Stands instead of the encounter's."""
    original_reference: str = ""
    """REF*F8 as a person gave it; else the payer's claim control number that we learned is used."""
    overrides: tuple[Override, ...] = ()


class ReplacementNeeded(Conflict):
    """The payer holds this claim: it is changed by a replacement (7) or taken back by a void (8)."""

    code = "replacement-needed"
    title = "The payer holds this claim"


class EncounterNotCancelled(Conflict):
    """Whether an encounter is billed at all is coding-svc's to say: its claim is withdrawn with it, not by itself."""

    code = "encounter-not-cancelled"
    title = "The claim's encounter is not cancelled"


class Act(Struct, frozen=True, gc=False):
    """Who does something when, and what caused it: what a history needs."""

    at: datetime
    actor: str
    """A token's role and subject, or the service and event."""
    cause_id: UUID | None = None
    """The acknowledgement or event."""


class Claim(Struct, gc=False):
    """One claim. `version` counts its changes and is the sequence of what is said about it."""

    organisation_id: UUID
    claim_id: UUID
    encounter_id: UUID
    rank: str
    state: State
    version: int
    payer_id: str
    payer_name: str
    member_id: str
    billing_npi: str
    receiver_id: str
    """Who takes its file; set when its edits pass."""
    charge_cents: int
    date_of_service: date
    duplicate_key: bytes
    next_rank: str
    """The rank of the coverage that is asked after this one; empty where none is left."""
    created_at: datetime
    updated_at: datetime
    frequency: str = "1"
    payer_claim_control_number: str = ""
    """The payer's own number, as the newest acknowledgement or remittance gave it."""
    own: Own = Own()
    findings: tuple[Finding, ...] = ()
    setup_revision: int = 0
    """The organisation's set-up that its edits were last run against."""
    ready_at: datetime | None = None
    submission_id: UUID | None = None
    """The newest file it stands in."""
    patient_control_number: str = ""
    """Its number in the newest file."""
    submissions: int = 0
    """How many files it went into."""
    submitted_at: datetime | None = None
    """When it first left the house."""
    accepted_on: date | None = None
    """The day on which a clearinghouse or payer first took it, as its 277CA says: the proof of timely filing."""
    payer_holds: bool = False
    """A payer has it, or may have it: it can only be replaced (7) or voided (8), not sent anew or withdrawn."""
    changed_since_file: bool = False
    """The encounter was recoded after the claim went into its newest file."""
    insurance_paid_cents: int = 0
    responsibility: tuple[tuple[str, int], ...] | None = None
    """The patient's parts by reason with which PayerSequenceCompleted was last said; None where it wasn't, or was undone."""
    sequence_completed: bool = False
    """PayerSequenceCompleted was said, and PayerSequenceReopened not since."""
    cancelled: bool = False
    """The encounter was cancelled."""
    facts_kept: str = ""
    """All facts of the outside, a line of JSON for each Heard: never changed, only added to."""
    places_kept: str = ""
    """All its places in files, a line of JSON for each Filed, the newest last: never changed, only added to."""
    file_refused: bool = False
    """Its newest file was ever refused as a whole (TA1, 999, 277CA): what is said about that file counts for the claim."""
    facts_new: list[Heard] = []
    """Those that this transaction adds."""
    places_new: list[Filed] = []
    entries: list["Entry"] = []
    """What this transaction adds to the claim's history."""

    def touch(self) -> int:
        """Counts a change; the new version."""
        self.version += 1
        return self.version

    def note(self, kind: str, act: Act, reason: str, details: Struct | None = None) -> None:
        """Adds to the claim's history what was done, by whom and why; the state is the one it has now."""
        self.entries.append(Entry(kind, act, self.state, reason, details))


class Entry(Struct, frozen=True, gc=False):
    """A line of the history of our own work on a claim, never changed. What the outside says is kept as `Heard`."""

    kind: str
    """held, passed, corrected, recoded, resubmitted, voided, closed, cancelled."""
    act: Act
    state: State
    """The claim's state after it."""
    reason: str
    details: Struct | None = None


class HeldDetails(Struct, frozen=True, gc=False):
    """Details of `held`."""

    findings: tuple[Finding, ...]


class ChangedDetails(Struct, frozen=True, gc=False):
    """Details of `corrected` and `recoded`: JSON pointers of what is different."""

    changed: tuple[str, ...]


def open_claim(organisation_id: UUID, claim_id: UUID, encounter: Encounter, coverage: Coverage, now: datetime) -> Claim:
    """A new claim in DRAFT; its version counts from the first change on."""
    claim = Claim(
        organisation_id=organisation_id,
        claim_id=claim_id,
        encounter_id=encounter.encounter_id,
        rank=coverage.rank,
        state=State.DRAFT,
        version=0,
        payer_id=coverage.payer_id,
        payer_name=coverage.payer_name,
        member_id=coverage.member_id,
        billing_npi=encounter.billing_provider.npi,
        receiver_id="",
        charge_cents=encounter.charge_cents,
        date_of_service=encounter.date_of_service,
        duplicate_key=duplicate_key(encounter, coverage),
        next_rank="",
        created_at=now,
        updated_at=now,
    )
    follow_next_payer(claim, encounter)
    return claim


def follow_encounter(claim: Claim, encounter: Encounter, coverage: Coverage) -> None:
    """Takes over what the claim's row repeats of the encounter."""
    claim.payer_id = coverage.payer_id
    claim.payer_name = coverage.payer_name
    claim.member_id = coverage.member_id
    claim.billing_npi = encounter.billing_provider.npi
    claim.charge_cents = encounter.charge_cents
    claim.date_of_service = encounter.date_of_service
    claim.duplicate_key = duplicate_key(encounter, coverage)


def follow_next_payer(claim: Claim, encounter: Encounter) -> bool:
    """Takes over who is asked after this claim's payer; whether that is another one than before."""
    later = encounter.next_coverage(claim.rank)
    before, claim.next_rank = claim.next_rank, later.rank if later else ""
    return claim.next_rank != before


def duplicate_key(encounter: Encounter, coverage: Coverage) -> bytes:
    """Equal for two claims that a payer would take for the same: member, billing provider, days and services."""
    lines = sorted(
        [
            f"{line.procedure}{'.'.join(line.modifiers)} {line.date_of_service.toordinal()} {line.units}"
            for line in encounter.lines
        ]
    )
    text = "|".join(
        (
            coverage.rank,
            coverage.payer_id,
            coverage.member_id,
            encounter.patient.external_id,
            encounter.billing_provider.npi,
            *lines,
        )
    )
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def judge(claim: Claim, findings: tuple[Finding, ...], act: Act, revision: int) -> bool:
    """Moves a claim whose edits were run to READY or EDIT_FAILED; whether it is to be said that it is held.

    The same findings again are no news.
    """
    before, known = claim.state, claim.findings
    claim.state = move(before, State.EDIT_FAILED if findings else State.READY)
    claim.findings = findings
    claim.setup_revision = revision
    claim.updated_at = act.at
    if before is claim.state and known == findings:
        return False
    if before is not State.READY and claim.state is State.READY:
        claim.ready_at = act.at
    if findings:
        claim.note("held", act, "; ".join(finding.message for finding in findings), HeldDetails(findings))
    elif before is not State.DRAFT:
        claim.note("passed", act, "All edits pass; the claim waits for its receiver's next file")
    return bool(findings)


def may_change(claim: Claim, frequency: str) -> None:
    """Whether a claim may be corrected to be sent with `frequency`. Raises TransitionRefused or ReplacementNeeded."""
    if claim.state in {State.BATCHED, State.VOIDED, State.CLOSED}:
        raise TransitionRefused(f"a claim in {claim.state} can't be corrected")
    if claim.payer_holds and frequency not in REPLACING:
        raise ReplacementNeeded("set frequency to 7 (replacement) or 8 (void) to change what the payer holds")


def void(claim: Claim, act: Act, reason: str) -> None:
    """Withdraws a cancelled encounter's claim that no payer holds.

    Raises EncounterNotCancelled, TransitionRefused or ReplacementNeeded.
    """
    if not claim.cancelled:
        raise EncounterNotCancelled("cancel the encounter at coding-svc: its claim goes with it")
    if claim.payer_holds:
        raise ReplacementNeeded("the payer holds this claim: send a void (frequency 8) and wait for its reversal")
    claim.state = move(claim.state, State.VOIDED)
    _withdraw(claim, act.at)
    claim.note("voided", act, reason)


def close(claim: Claim, act: Act, reason: str) -> None:
    """Ends a claim whose coverage is gone while the encounter's charges stand. Raises TransitionRefused."""
    claim.state = move(claim.state, State.CLOSED)
    _withdraw(claim, act.at)
    claim.note("closed", act, reason)


def _withdraw(claim: Claim, now: datetime) -> None:
    claim.findings = ()
    claim.ready_at = None
    claim.updated_at = now
    claim.touch()


def put_in_file(claim: Claim, place: Filed) -> None:
    """READY -> BATCHED, under a new patient control number."""
    claim.state = move(claim.state, State.BATCHED)
    claim.submission_id = place.submission_id
    claim.patient_control_number = place.patient_control_number
    claim.places_new.append(place)
    claim.submissions += 1
    claim.file_refused = False
    claim.changed_since_file = False
    claim.ready_at = None
    claim.updated_at = place.at
    claim.touch()


def leave_the_house(claim: Claim, now: datetime) -> None:
    """BATCHED -> SUBMITTED: the transmission of its file is recorded.

    Claims about which nothing was heard yet take this step in one statement (`store.submissions.record_sent`).
    """
    claim.state = move(claim.state, State.SUBMITTED)
    claim.submitted_at = claim.submitted_at or now
    claim.payer_holds = True
    claim.updated_at = now
    claim.touch()


class LeftClaim(Struct, frozen=True, gc=False):
    """What ClaimSubmitted needs of a claim that has left the house, beside what was sent."""

    claim_id: UUID
    version: int
    encounter_id: UUID
    next_rank: str


class AcceptedClaim(Struct, frozen=True, gc=False):
    """What ClaimAccepted needs of a claim that a clearinghouse or payer took, beside what that one said."""

    claim_id: UUID
    version: int
    encounter_id: UUID
    patient_control_number: str


def original_reference(claim: Claim) -> str:
    """REF*F8 for a replacement or a void; empty for an original."""
    if claim.frequency not in REPLACING:
        return ""
    return claim.own.original_reference or claim.payer_claim_control_number
