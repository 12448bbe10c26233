"""What states and figures are called on the pages, and what they mean for whoever works with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Tone = Literal["calm", "good", "wait", "work", "bad"]
"""How a state is coloured: nothing to do, well ended, waits for others, waits for us, refused."""


@dataclass(frozen=True, slots=True)
class Word:
    """A state's name for people, its tone, and one sentence."""

    name: str
    tone: Tone
    meaning: str


CLAIM_STATES: Mapping[str, Word] = {
    "DRAFT": Word("Draft", "work", "Made, and not checked yet."),
    "EDIT_FAILED": Word("Held", "work", "At least one edit refuses it: correct it, and it goes out by itself."),
    "READY": Word("Ready", "wait", "Clean: it goes into its receiver's next file."),
    "BATCHED": Word("In a file", "wait", "Stands in a file that the adapter has not sent yet."),
    "SUBMITTED": Word("Sent", "wait", "Left the house; nobody has answered yet."),
    "INTERCHANGE_REJECTED": Word(
        "File refused", "bad", "The receiver did not take the file (TA1): correct it and send it again."
    ),
    "FUNCTIONAL_REJECTED": Word("Refused, 999", "bad", "Its transaction set was refused (999): correct it and send it again."),
    "CLEARINGHOUSE_ACCEPTED": Word("At clearinghouse", "wait", "The clearinghouse took it (277CA) and passes it on."),
    "CLEARINGHOUSE_REJECTED": Word(
        "Refused by clearinghouse", "bad", "Refused before it reached the payer (277CA): correct and resend."
    ),
    "PAYER_ACCEPTED": Word("With the payer", "wait", "The payer took it (277CA) and decides: the remittance comes next."),
    "PAYER_REJECTED": Word("Refused by payer", "bad", "The payer did not take it (277CA): correct it and send it again."),
    "PAID": Word("Paid", "good", "Adjudicated, nothing denied; also where the whole allowed amount is the patient's."),
    "PARTIALLY_PAID": Word("Partly denied", "work", "Adjudicated; some of its lines are denied or not answered."),
    "DENIED": Word("Denied", "bad", "Adjudicated, all of it denied: see the reasons and decide what to do."),
    "FORWARDED": Word("Passed on", "wait", "Not this payer's claim: it passed it on to another."),
    "REVERSED": Word("Taken back", "work", "Its adjudication was taken back; the correction has not come."),
    "VOIDED": Word("Voided", "calm", "Withdrawn; its charges are reversed."),
    "CLOSED": Word("Closed", "calm", "Nothing is left to bill to this payer."),
}
ENCOUNTER_STATES: Mapping[str, Word] = {
    "coded": Word("Coded", "good", "Codes are complete and checked; its claim is made."),
    "held": Word("Held", "work", "Waits for a person: each reason tells how to mend it."),
    "cancelled": Word("Cancelled", "calm", "Not to be billed."),
}
REMITTANCE_STATES: Mapping[str, Word] = {
    "posted": Word("Posted", "good", "Its money is in the ledger; single claims of it may wait in suspense."),
    "quarantined": Word("Quarantined", "bad", "Put aside as a whole: nothing of it is posted."),
    "superseded": Word("Superseded", "calm", "Another content of the same check was posted instead."),
    "corrected": Word("Corrected", "calm", "Its content mended what was held of the one that came first."),
    "posted_by_hand": Word("Posted by hand", "calm", "A person posted it elsewhere."),
    "dismissed": Word("Dismissed", "calm", "A person decided that it is not to be posted."),
    "held": Word("Held", "work", "It does not balance by itself; its money waits in suspense."),
    "unmatched": Word("Unmatched", "work", "We know no such claim; its money waits in suspense."),
    "reversed": Word("Taken back", "calm", "It was posted, and a later one took it back."),
    "reversal": Word("Takes back", "calm", "It took another payment back."),
    "information": Word("Information", "calm", "It moves no money."),
}
"""Of whole remittances and of the claims in them."""
ACCOUNT_STATES: Mapping[str, Word] = {
    "billable": Word("Billable", "calm", "Statements go out when they are due."),
    "on_hold": Word("On hold", "work", "No statement goes out until the hold is released."),
}
HOLDS: Mapping[str, str] = {
    "bankruptcy": "bankruptcy",
    "deceased": "deceased",
    "hardship": "hardship",
    "in_collections": "in collections",
    "bad_address": "bad address",
    "professional_courtesy": "professional courtesy",
    "dispute": "dispute",
}
PARTITION: Mapping[str, Word] = {
    "open": Word("Open", "wait", "Sent and not decided."),
    "paid": Word("Paid", "good", "Adjudicated, not wholly denied."),
    "denied": Word("Denied", "bad", "Adjudicated, all denied."),
    "rejected": Word("Refused", "bad", "Refused before adjudication."),
}
RANKS: Mapping[str, str] = {"P": "Primary", "S": "Secondary", "T": "Tertiary"}
MONEY: tuple[tuple[str, str, str], ...] = (
    ("insurance_paid_cents", "Insurance paid", "What payers sent, after what they took back."),
    ("contractual_cents", "Contractual", "What contracts take off the charge (CO-45)."),
    ("other_adjustments_cents", "Other adjustments", "Taken off by law or by a rule of the payer."),
    ("patient_paid_cents", "Patient paid", "Patients' payments that are applied."),
    ("patient_open_cents", "Patient open", "Deductible, coinsurance and copay, not paid yet."),
    ("insurance_open_cents", "Insurance open", "Still with payers: unanswered, denied, in review."),
)
"""The right side of the identity, in its order: the field of the ledger's summary, its name, its meaning."""
HAPPENED: Mapping[str, str] = {
    "created": "The claim was made",
    "recoded": "Its encounter was coded anew",
    "corrected": "Corrected",
    "resubmitted": "To be sent again",
    "held": "Held by its edits",
    "passed": "Passed its edits",
    "batched": "Put into a file",
    "submitted": "Sent",
    "interchange acknowledged": "The receiver answered for the file (TA1)",
    "functional acknowledged": "The receiver answered for the transactions (999)",
    "acknowledged": "Answered for this claim (277CA)",
    "informed": "A word about its status",
    "posted": "The payer decided; its payment is posted",
    "reversed": "The payer took its payment back",
    "cancelled": "Its encounter was cancelled",
    "voided": "Voided",
    "closed": "Closed",
    "task opened": "A task was opened",
    "task closed": "A task was closed",
}
"""What kinds of things happen to a claim, by claims-svc's name for them."""
ANSWERS = frozenset({"interchange acknowledged", "functional acknowledged", "acknowledged", "informed"})
"""Kinds whose segments stand in a file of the other side."""


def word(table: Mapping[str, Word], state: str) -> Word:
    """A state's word; one that we don't know is shown as it stands."""
    return table.get(state) or Word(state.replace("_", " ").capitalize(), "calm", "")


def happened(kind: str) -> str:
    """A kind of moment as people read it."""
    return HAPPENED.get(kind) or kind.replace("_", " ").replace("-", " ").capitalize()


REASONS: Mapping[str, str] = {
    "transaction-unbalanced": "The payment is not the sum of its claims and provider adjustments",
    "claim-unbalanced": "The claim's charge, adjustments and payment don't sum",
    "line-unbalanced": "A line's charge, adjustments and payment don't sum",
    "payee-unknown": "It pays somebody else",
    "same-check-other-content": "The same check came before with another content",
    "unmatched": "We know no such claim",
    "unreadable": "A part of it can't be read",
    "reversal-without-original": "It takes back a payment that we don't know",
    "answered-before": "The claim was answered before, and both answers together are more than its charge",
    "not-a-payment": "It is information only, yet carries money",
}


TASKS: Mapping[str, str] = {
    "denial": "Denial",
    "replacement": "Replacement to send",
    "cancellation": "Cancelled after it was sent",
    "payment-after-withdrawal": "Paid though withdrawn",
}
"""What kinds of tasks are called; others are shown as they stand."""
EXITS: Mapping[str, str] = {
    "dismissed": "it is not to be posted",
    "posted_by_hand": "it was posted elsewhere by hand",
    "superseded": "another remittance says it",
    "corrected_file": "a corrected file came",
}
"""How a person ends quarantine or waiting without posting here."""


def task(kind: str) -> str:
    """A task's kind in words."""
    return TASKS.get(kind) or kind.replace("-", " ").replace("_", " ").capitalize()


def reason(code: str) -> str:
    """A reason's code in words."""
    return REASONS.get(code) or code.replace("-", " ").replace("_", " ").capitalize()
