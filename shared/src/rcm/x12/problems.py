"""What can be wrong with X12: a file that is none, a fault within one, a value that can't be written."""

from msgspec import Struct

from rcm.errors import RcmError


class Problem(Struct, frozen=True, gc=False):
    """A fault in a file that could still be read."""

    segment_number: int
    """Counted in the file from 1, the first ISA."""
    segment: str
    """The segment's id, such as CLP."""
    element: int
    """From 1; 0 where the whole segment is meant."""
    code: str
    message: str


class NotX12(RcmError):
    """The bytes are no X12 interchange at all: no ISA, or nothing after it."""

    code = "not-x12"
    status = 422
    title = "This is no X12 interchange"
    fix = "Send the file as it came, as bytes, beginning with ISA and ending with IEA."


class WrongTransaction(RcmError):
    """The file is X12, but holds no transaction set of the kind that was to be read; the message names what it holds."""

    code = "wrong-transaction"
    status = 422
    title = "The file holds other transactions than these"
    fix = "Send each kind of file to where it is read: 835 as a remittance, TA1, 999 and 277CA as an acknowledgement."


class CannotWrite(RcmError):
    """A value has no place in the guide; `path` says which ("claims[3].lines[0].procedure")."""

    code = "cannot-write-x12"
    status = 422
    title = "This can't be written as X12"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
