"""Files of claims: when one is cut, what its claims are called in it, and its name."""

import secrets
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from rcm.errors import Conflict

PATIENT_CONTROL_NUMBER_LENGTH = 16
"""Letters and digits; ours may have 17, X12's CLM01 has room for 20."""
_RANDOM_BYTES = 10
CLOCKS_DIFFER_MAX = timedelta(hours=1)


class SubmissionState(StrEnum):
    """Where a file stands with us; what the receiver says of it is kept as facts."""

    READY = "READY"
    """Lies ready for an adapter."""
    TRANSMITTED = "TRANSMITTED"


SUBMISSION_TRANSITIONS: Mapping[SubmissionState, frozenset[SubmissionState]] = {
    SubmissionState.READY: frozenset({SubmissionState.TRANSMITTED}),
    SubmissionState.TRANSMITTED: frozenset(),
}
"""A file is sent once; when it is lost, its claims go into another."""


class AlreadyTransmitted(Conflict):
    """The transmission of this file is recorded with other particulars."""

    code = "already-transmitted"
    title = "This file's transmission is recorded already, with other particulars"


class OtherContent(Conflict):
    """What was sent is not the file that was fetched here."""

    code = "sha256-differs"
    status = 422
    title = "The sha256 is not the one of this file"
    pointer = "/sha256"
    fix = "Fetch the file again, send those very bytes, and tell their sha256."


class NotYet(Conflict):
    """A file can't have been sent at an instant that has not come."""

    code = "transmitted-in-future"
    status = 422
    title = "The time of transmission lies in the future"
    pointer = "/transmitted_at"
    fix = "Tell when the file was sent, with its offset from UTC; look whether your clock is right."


@dataclass(frozen=True, slots=True)
class Waiting:
    """Claims that wait for one receiver's next file."""

    organisation_id: UUID
    receiver_id: str
    count: int
    oldest: datetime


@dataclass(slots=True)
class Submission:
    """One file with the claims of one organisation for one receiver, without its bytes."""

    organisation_id: UUID
    submission_id: UUID
    receiver_id: str
    state: SubmissionState
    control_number: int
    """ISA13, GS06 and BHT03."""
    file_name: str
    sha256: str
    size: int
    """Bytes."""
    claim_count: int
    charge_cents: int
    created_at: datetime
    version: int = 1
    transmitted_at: datetime | None = None
    """When the adapter sent it."""
    recorded_at: datetime | None = None
    """When it told us."""
    remote_name: str = ""
    recorded_by: str = ""


def is_due(waiting: Waiting, now: datetime, *, claims_wanted: int, oldest: timedelta) -> bool:
    """A file is cut when enough claims wait, or one has waited long enough."""
    return waiting.count >= claims_wanted or now - waiting.oldest >= oldest


def new_patient_control_numbers(count: int) -> list[str]:
    """CLM01 of as many claims in one file: 80 random bits each, as 16 letters and digits.

    Random and not counted, so that no number comes again after a restored backup or in another organisation, and says nothing
    about a patient; the database holds it unique besides.
    """
    text = b32encode(secrets.token_bytes(_RANDOM_BYTES * count)).decode()
    length = PATIENT_CONTROL_NUMBER_LENGTH
    return [text[start : start + length] for start in range(0, length * count, length)]


def line_control_number(patient_control_number: str, line_number: int) -> str:
    """REF*6R: the claim's number and the line's, at most 30 characters, unique in every file."""
    return f"{patient_control_number}{'0' if line_number < 10 else ''}{line_number}"


def file_name(submitter_id: str, receiver_id: str, control_number: int, submission_id: UUID) -> str:
    """A name that no other file has, also where two organisations send under one submitter's id."""
    return f"{submitter_id}-{receiver_id}-{control_number:09d}-{submission_id.hex[-8:]}.837"


@dataclass(frozen=True, slots=True)
class Transmission:
    """What an adapter tells about a file that it sent."""

    transmitted_at: datetime
    remote_name: str
    sha256: str


def record_transmission(submission: Submission, transmission: Transmission, now: datetime, by: str) -> bool:
    """READY -> TRANSMITTED; False where it is recorded already under this name.

    Raises OtherContent, NotYet or AlreadyTransmitted. Two clocks may differ by CLOCKS_DIFFER_MAX.
    """
    if transmission.sha256.lower() != submission.sha256:
        raise OtherContent(f"this file's sha256 is {submission.sha256}")
    if SubmissionState.TRANSMITTED not in SUBMISSION_TRANSITIONS[submission.state]:
        if submission.remote_name == transmission.remote_name:
            return False
        raise AlreadyTransmitted(f"it was recorded as {submission.remote_name}")
    if transmission.transmitted_at > now + CLOCKS_DIFFER_MAX:
        raise NotYet(f"it is {now:%Y-%m-%dT%H:%MZ} here")
    submission.state = SubmissionState.TRANSMITTED
    submission.transmitted_at = transmission.transmitted_at
    submission.recorded_at = now
    submission.remote_name = transmission.remote_name
    submission.recorded_by = by
    submission.version += 1
    return True
