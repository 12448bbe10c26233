"""An HL7 v2 message as segments whose fields are asked for by number; refusals name segment and field."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import hl7  # type: ignore[import-untyped]

from rcm.errors import Fault, InvalidBody
from rcm.web.bodies import text_of

_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}\|?")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_MLLP_START, _MLLP_END = "\x0b", "\x1c"
REJECT, ERROR = "AR", "AE"


class Hl7Refused(InvalidBody):
    """The message can't be taken. `acknowledgement` is what MSA-1 says: AR (not ours to read) or AE (an error in it)."""

    code = "hl7-refused"
    title = "The HL7 message can't be taken"

    def __init__(self, acknowledgement: str, fault: Fault) -> None:
        super().__init__(fault.message, faults=[fault])
        self.acknowledgement = acknowledgement


class Segment:
    """A segment; fields, repetitions, components and subcomponents are counted as the standard does, from 1."""

    def __init__(self, name: str, number: int, parsed: Any, delimiters: str) -> None:
        self.name, self.number = name, number
        self._parsed, self._delimiters = parsed, delimiters

    def place(self, field: int, component: int = 0) -> str:
        """As "FT1[2]-11" or "PID-5.1"."""
        occurrence = f"[{self.number}]" if self.name in _REPEATED else ""
        return f"{self.name}{occurrence}-{field}" + (f".{component}" if component else "")

    def get(self, field: int, component: int = 1, subcomponent: int = 1, repetition: int = 1) -> str:
        """The text there, unescaped; "" where there is none. HL7's explicit null ("") is none either."""
        part = self._parsed[field] if field < len(self._parsed) else ""
        for place in (repetition, component, subcomponent):
            part = _pick(part, place - 1)
        text = part if isinstance(part, str) else _first(part)
        if self._delimiters[3] in text:
            text = _unescaped(text, self._delimiters)
        return "" if text == '""' else text.strip()

    def repetitions(self, field: int) -> int:
        """How often a field stands here."""
        part = self._parsed[field] if field < len(self._parsed) else ""
        if isinstance(part, str):
            return 1 if part else 0
        return len(part) if str(part) else 0


_REPEATED = frozenset({"FT1", "DG1", "IN1", "IN2", "GT1", "NTE", "OBX", "PR1", "ZFT"})


def _pick(part: Any, place: int) -> Any:
    if isinstance(part, str):
        return part if place == 0 else ""
    return part[place] if place < len(part) else ""


def _first(part: Any) -> str:
    while not isinstance(part, str):
        part = part[0] if len(part) else ""
    return part


class Message:
    """A message's segments in order."""

    def __init__(self, parsed: Any, delimiters: str) -> None:
        counted: dict[str, int] = {}
        self.segments: list[Segment] = []
        for segment in parsed:
            name = str(segment[0])
            counted[name] = counted.get(name, 0) + 1
            self.segments.append(Segment(name, counted[name], segment, delimiters))

    def all(self, name: str) -> Iterator[Segment]:
        """The segments of a name, in order."""
        return (segment for segment in self.segments if segment.name == name)

    def first(self, name: str) -> Segment | None:
        """The first of a name."""
        return next(self.all(name), None)

    @property
    def header(self) -> Mapping[str, str]:
        """What an acknowledgement repeats of the MSH."""
        found = self.first("MSH")
        assert found is not None
        names = {"sender": 3, "sender_facility": 4, "receiver": 5, "receiver_facility": 6, "control_id": 10}
        told = {name: found.get(field) for name, field in names.items()}
        return {**told, "processing": found.get(11) or "P", "version": found.get(12) or "2.5.1", "trigger": found.get(9, 2)}


def _unescaped(text: str, delimiters: str) -> str:
    """Escape sequences as what they stand for; one that HL7 does not know stays as it is (the library would log the text)."""
    known = {**dict(zip("FSRET", delimiters, strict=False)), ".br": "\n", "H": "", "N": ""}

    def meaning(found: re.Match[str]) -> str:
        name = found[1]
        if name[:1] == "X" and _HEX.fullmatch(name[1:]):
            return bytes.fromhex(name[1:]).decode("utf-8", "replace")
        return known.get(name, found[0])

    mark = re.escape(delimiters[3])
    return re.sub(f"{mark}([^{mark}]*){mark}", meaning, text)


def _delimiters(text: str) -> str:
    """MSH-1 and MSH-2. Raises Hl7Refused where they are not five (or six) different marks."""
    told = text[3] + text[4:].partition(text[3])[0]
    if not 5 <= len(told) <= 6 or len(set(told)) != len(told) or any(mark.isalnum() or mark.isspace() for mark in told):
        raise Hl7Refused(
            REJECT, Fault("MSH-2", "hl7-delimiters", "The message's delimiters can't be read", "Send MSH|^~\\&|...")
        )
    return told


def unframed(body: bytes) -> str:
    """The message's text with carriage returns, without MLLP's frame. Raises InvalidBody for what is no text."""
    text = text_of(body).removeprefix(_MLLP_START).replace("\r\n", "\r").replace("\n", "\r")
    end = text.find(_MLLP_END)
    return text[:end] if end >= 0 else text


def parse(text: str) -> Message:
    """Segments of a message. Raises Hl7Refused where it does not begin as one, or a segment has no name."""
    if not text.startswith("MSH") or len(text) < 8:
        fault = Fault("segment 1", "hl7-header", "The message does not begin with an MSH segment", "Send one HL7 v2 message.")
        raise Hl7Refused(REJECT, fault)
    delimiters = _delimiters(text)
    lines = [line for line in text.split("\r") if line]
    for number, line in enumerate(lines, 1):
        if not _SEGMENT.match(line):
            fault = Fault(
                f"segment {number}", "hl7-segment", "A segment does not begin with its name", "Escape line ends as \\.br\\."
            )
            raise Hl7Refused(ERROR, fault)
    return Message(hl7.parse("\r".join(lines) + "\r"), delimiters)


def check_whole(text: str, message: Message) -> None:
    """Raises Hl7Refused where the last segment is not ended: HL7 ends each with a carriage return, so the rest is missing."""
    if not text.endswith("\r"):
        last = message.segments[-1]
        fault = Fault(
            f"segment {len(message.segments)} ({last.name})",
            "hl7-truncated",
            "The message is cut off: its last segment has no end",
            "Send the whole message; a carriage return ends every segment, the last one too.",
        )
        raise Hl7Refused(ERROR, fault)
