"""Refusals with names. An error class owns its code, its HTTP status and whether trying again can help."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where it stands, what it is, and how to mend it.

    `pointer` is a JSON pointer into the body (RFC 6901) or, for X12 and HL7, the place in words of the standard
    ("segment 17 CLP, element 3"). No text carries a patient's data.
    """

    pointer: str
    code: str
    message: str
    fix: str = ""


class RcmError(Exception):
    """The base of all named refusals. Subclass it where the rule lives; `rcm.web` renders it, `rcm.messaging` sorts it."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    title: ClassVar[str] = "The request failed"
    pointer: ClassVar[str] = ""
    fix: ClassVar[str] = ""
    """Where, and how to mend it, for an error that is raised without faults."""

    def __init__(self, detail: str = "", *, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.faults = tuple(faults)


class InvalidBody(RcmError):
    """The body can't be taken as it is; `faults` say where and why."""

    code = "invalid-body"
    status = 422
    title = "The body can't be taken as it is"


class NotFound(RcmError):
    """There is no such thing in this organisation."""

    code = "not-found"
    status = 404
    title = "There is no such thing here"


class Forbidden(RcmError):
    """The token's role may not do this."""

    code = "forbidden"
    status = 403
    title = "The token's role may not do this"


class Unauthenticated(RcmError):
    """The token is missing, expired, or not signed by a key that we know."""

    code = "unauthenticated"
    status = 401
    title = "A valid bearer token is needed"


class Conflict(RcmError):
    """The state of the thing does not allow this."""

    code = "conflict"
    status = 409
    title = "The state does not allow this"


class VersionMismatch(RcmError):
    """If-Match names another version than the stored one."""

    code = "version-mismatch"
    status = 412
    title = "The thing has changed since it was read"


class VersionRequired(RcmError):
    """A change needs If-Match with the version that was read."""

    code = "version-required"
    status = 428
    title = "If-Match is needed for a change"


class Unavailable(RcmError):
    """Something that we need does not answer now; the same request can be sent again."""

    code = "unavailable"
    status = 503
    retryable = True
    title = "Try again in a moment"
