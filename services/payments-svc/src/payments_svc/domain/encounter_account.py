"""An encounter's place in the ledger: what was charged, who owes what of it, who paid."""

from datetime import date
from uuid import UUID

from msgspec import Struct, field

from payments_svc.domain.ledger import OF_ENCOUNTER, Account, Entry, EntryKind, Lines, UnbalancedEntry, balanced


def no_balances() -> dict[Account, int]:
    """The balances of an encounter that nothing was written for."""
    return dict.fromkeys(OF_ENCOUNTER, 0)


class EncounterAccount(Struct, gc=False):
    """The working copy of one encounter: balances are those of its ledger entries, debit positive.

    What is true of the facts so far is kept beside them, so that the order in which facts arrive does not matter: the last
    charge that was said, whether its first claim was voided, whether all payers have answered.
    """

    key: tuple[UUID, UUID]
    """Organisation and encounter."""
    external_id: str
    guarantor_external_id: str
    date_of_service: date
    first_rank: str
    """The rank of the first coverage; empty for a self-payer."""
    self_pay: bool
    charge_cents: int
    """The charge that coding-svc said last."""
    said_sequence: int
    """The sequence of the event that said it."""
    first_claim_voided: bool = False
    """ClaimVoided was said of the claim to the first payer."""
    cancelled_self_pay: bool = False
    """EncounterCancelled was said while it was self-pay."""
    completed: bool | None = None
    """True: no payer is left to ask. False: PayerSequenceReopened was said last. None: nothing is known of it yet."""
    version: int = 0
    responsibility_digest: str = ""
    """Of the last PatientResponsibilityAssigned, so that the same is not said twice."""
    balances: dict[Account, int] = field(default_factory=no_balances)
    was_sent: bool = False
    """A claim of it was sent to a payer."""

    @property
    def organisation_id(self) -> UUID:
        return self.key[0]

    @property
    def encounter_id(self) -> UUID:
        return self.key[1]

    @property
    def is_untold(self) -> bool:
        """Nothing was said of it since it was opened, in its first version: so nothing that a payer said was ever posted."""
        return self.version <= 1

    @property
    def responsibility_cents(self) -> int:
        """What was moved to the patient, paid or not."""
        return self.balances[Account.PATIENT_OPEN] + self.balances[Account.PATIENT_PAID]

    @property
    def withdrawn(self) -> bool:
        """Nothing is charged: it was self-pay and cancelled, or it is a payer's and the claim to the first one was voided."""
        return self.cancelled_self_pay or (self.first_claim_voided and not self.self_pay)

    @property
    def responsibility_is_known(self) -> bool:
        """Whether no payer has to say first what the patient owes; one that was asked has, until it lets go."""
        let_go = self.completed or self.first_claim_voided or self.cancelled_self_pay
        return bool(let_go) or (self.self_pay and not self.was_sent)

    def payer_answered(self) -> None:
        """The last payer has answered the whole claim: no payer is left to ask. What claims-svc says of it goes before."""
        if self.completed is None:
            self.completed = True

    def next_version(self) -> int:
        """A new version, for an event or a change."""
        self.version += 1
        return self.version

    def take(self, lines: Lines) -> None:
        """Adds an entry's lines to the balances; those in suspense are not the encounter's. Raises UnbalancedEntry."""
        balances, total = self.balances, 0
        for account, amount in lines:
            if account in balances:
                balances[account] += amount
                total += amount
        if total:  # the balances summed to zero before: the database holds them to it
            raise UnbalancedEntry("the identity of an encounter would break")

    def charge_entries(self) -> list[Entry]:
        """What brings the charges to what was said last: the old charge reversed, the new one posted.

        The difference stays in insurance open, whatever was paid meanwhile.
        """
        now = -self.balances[Account.CHARGES]
        wanted = 0 if self.withdrawn else self.charge_cents
        if now == wanted:
            return []
        entries = []
        if now:
            lines = balanced(((Account.CHARGES, now),), Account.INSURANCE_OPEN)
            entries.append(Entry(EntryKind.CHARGE_REVERSAL, lines, "The charges said before are taken back", self.encounter_id))
        if wanted:
            lines = balanced(((Account.CHARGES, -wanted),), Account.INSURANCE_OPEN)
            entries.append(Entry(EntryKind.CHARGE, lines, "The charges of the coded encounter", self.encounter_id))
        return entries

    def share_lines(self, total_cents: int) -> Lines:
        """Moves the difference between insurance open and patient open, so that the patient's whole share is `total_cents`."""
        return balanced(((Account.PATIENT_OPEN, total_cents - self.responsibility_cents),), Account.INSURANCE_OPEN)
