"""The text of X12: delimiters told by ISA, segments cut from bytes in chunks. Nothing here knows a guide.

ISA's element widths make it 106 bytes with its terminator, so that the element separator stands at [3], the repetition
separator at [82], the component separator at [104] and the terminator at [105]. Published files break the widths: then sixteen
separators are counted instead. White space around segments is no part of them, line ends within one (hard-wrapped) neither.
"""

import re
from collections.abc import Generator, Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from rcm.x12.problems import NotX12, Problem

Source = bytes | Path | BinaryIO
"""What every reader takes."""

CHUNK = 1 << 18
ELEMENTS_MAX = 1_000
"""Cuts of a segment at most: none of any guide has a tenth of them, and a file of nothing but separators would be all cuts.
What is behind stays in the last element as it stands."""
_ISA_LENGTH = 106
_LONGEST_ISA = 600
"""Bytes in which the sixteen separators of an ISA with wrong widths must stand."""
_LONGEST_PREAMBLE = 2_000
"""Bytes before the first ISA that are passed over, with a problem."""
_ANY_ISA = re.compile(rb"ISA[^A-Za-z0-9\s]")
_BLANK = b" \t\r\n\x00\x1a"
_SPACE = "".join(map(chr, _BLANK))


class Delimiters(Struct, frozen=True):
    """The four characters of an interchange."""

    element: str = "*"
    component: str = ":"
    terminator: str = "~"
    repetition: str = "^"
    """Empty in 4010, where ISA11 is "U"."""

    def __str__(self) -> str:
        return self.element + self.component + self.terminator + self.repetition


STANDARD = Delimiters()


class Batch(Struct, frozen=True):
    """Some whole segments of one interchange."""

    delimiters: Delimiters
    text: str
    """The segments, each with its terminator, without white space around them and line ends within them."""
    count: int
    binaries: dict[str, str]
    """BIN segments, which may hold anything: what stands for each in `text`, and the segment itself."""

    def segments(self) -> list[str]:
        """Each without its terminator."""
        segments = self.text.split(self.delimiters.terminator)
        segments.pop()
        return [self.binaries.get(segment, segment) for segment in segments] if self.binaries else segments


class Tokens:
    """Cuts a source into batches of segments; an ISA always begins a batch. Memory holds a chunk, not the file."""

    def __init__(self, source: Source) -> None:
        self._stream = _Bytes(source)
        self.problems: list[Problem] = []
        self.count = 0
        """Segments handed out so far."""

    def __iter__(self) -> Iterator[tuple[Delimiters, list[str]]]:
        """The same as lists of segments."""
        for batch in self.batches():
            yield batch.delimiters, batch.segments()

    def batches(self) -> Iterator[Batch]:
        """The whole source, piece by piece. Raises NotX12 where it does not begin with an interchange."""
        buffer = self._first_isa(self._stream.read(CHUNK))
        try:
            while buffer:
                while len(buffer) < _LONGEST_ISA and (more := self._stream.read(CHUNK)):
                    buffer += more
                try:
                    delimiters, length = _delimiters(buffer)
                except NotX12 as error:
                    if not self.count:
                        raise
                    buffer = self._past_bad_isa(buffer, error.detail)
                    continue
                isa, buffer = buffer[:length], buffer[length:]
                self.count += 1
                yield Batch(delimiters, isa[:-1].decode("latin-1") + delimiters.terminator, 1, {})
                buffer = yield from self._body(delimiters, buffer)
        finally:
            self._stream.close()

    def _first_isa(self, head: bytes) -> bytes:
        """The file from its first ISA on. Raises NotX12."""
        if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            head = self._stream.transcode(head, "utf-16")
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK)
        if start.startswith(b"ISA"):
            return start
        found = re.search(rb"(?:^|[\r\n~])ISA[^A-Za-z0-9\s]", head[:_LONGEST_PREAMBLE])
        if found is None:
            raise NotX12(_what_it_is(start))
        self.problems.append(Problem(1, "ISA", 0, "text-before-isa", "text before the first ISA was passed over"))
        return head[found.end() - 4 :]

    def _past_bad_isa(self, buffer: bytes, reason: str) -> bytes:
        """From the next ISA on, after a later interchange that can't be read."""
        self.problems.append(Problem(self.count + 1, "ISA", 0, "unreadable-isa", reason))
        while (found := _ANY_ISA.search(buffer, 3)) is None:
            more = self._stream.read(CHUNK)
            if not more:
                return b""
            buffer = buffer[-_LONGEST_ISA:] + more
        return buffer[found.start() :]

    def _body(self, delimiters: Delimiters, buffer: bytes) -> Generator[Batch, None, bytes]:
        """All segments up to the next ISA or the end; the generator's value is what follows, from that ISA on."""
        end_mark = delimiters.terminator.encode("latin-1")
        next_isa = re.compile(re.escape(end_mark) + rb"[\s\x00\x1a]*ISA[^A-Za-z0-9\s]")
        searched = 0
        while True:
            found = next_isa.search(buffer, searched) if buffer.find(b"ISA", searched) >= 0 else None
            if found is not None:
                stop = found.end() - 4
                yield self._split(delimiters, buffer[:stop])
                return buffer[stop:]
            more = self._stream.read(CHUNK)
            if not more:
                break
            cut = buffer.rfind(end_mark, 0, max(len(buffer) - _LONGEST_ISA, 0)) + 1
            if cut and not _inside_binary(buffer, cut, delimiters):
                yield self._split(delimiters, buffer[:cut])
                buffer = buffer[cut:]
            searched = max(len(buffer) - _LONGEST_ISA, 0)
            buffer += more
        if buffer.strip(_BLANK):
            if not buffer.rstrip(_BLANK).endswith(end_mark.strip(_BLANK) or end_mark) and end_mark not in b"\r\n":
                self._note_unterminated(delimiters, buffer)
            yield self._split(delimiters, buffer)
        return b""

    def _split(self, delimiters: Delimiters, data: bytes) -> Batch:
        terminator = delimiters.terminator
        binaries: dict[str, str] = {}
        if holds_binary(data, delimiters):
            raws = _split_with_binary(delimiters, data)
            for place, raw in enumerate(raws):
                if terminator in raw:
                    raws[place] = f"BIN{delimiters.element}\0{place}"
                    binaries[raws[place]] = raw
            text = terminator.join([*raws, ""])
        else:
            text = _clean(terminator, _decoded(data, delimiters))
        count = text.count(terminator)
        self.count += count
        return Batch(delimiters, text, count, binaries)

    def _note_unterminated(self, delimiters: Delimiters, buffer: bytes) -> None:
        raws = _split_text(delimiters.terminator, _decoded(buffer, delimiters))
        last = raws[-1].partition(delimiters.element)[0][:3]
        message = "the last segment has no terminator"
        self.problems.append(Problem(self.count + len(raws), last, 0, "unterminated-segment", message))


class KeptTokens(Tokens):
    """A source that is cut once and may be walked more than once: it is held whole, and its problems are known at once."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._batches = list(super().batches())

    def batches(self) -> Iterator[Batch]:
        """As those of Tokens."""
        return iter(self._batches)


class _Bytes:
    """A source as a stream of bytes; closes only what it opened."""

    def __init__(self, source: Source) -> None:
        self._whole: bytes | None = None
        self._at = 0
        self._opened = False
        if isinstance(source, Path):
            self._file: BinaryIO | None = source.open("rb")
            self._opened = True
        elif isinstance(source, bytes | bytearray | memoryview):
            self._whole, self._file = bytes(source), None
        else:
            self._file = source

    def read(self, size: int) -> bytes:
        if self._file is not None:
            pieces = [self._file.read(size)]
            while pieces[-1] and sum(map(len, pieces)) < size:
                pieces.append(self._file.read(size - sum(map(len, pieces))))
            return b"".join(pieces)
        assert self._whole is not None
        piece = self._whole[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def transcode(self, head: bytes, encoding: str) -> bytes:
        """The whole source in UTF-8; `head` was read of it already."""
        rest = self._file.read() if self._file is not None else (self._whole or b"")[self._at :]
        self.close()
        self._whole, self._file = (head + rest).decode(encoding, "replace").encode(), None
        self._at = CHUNK
        return self._whole[:CHUNK]

    def close(self) -> None:
        if self._opened and self._file is not None:
            self._file.close()


def _delimiters(data: bytes) -> tuple[Delimiters, int]:
    """The delimiters that the ISA at the start of `data` tells, and its length with the terminator. Raises NotX12."""
    separator = data[3:4]
    if len(data) >= _ISA_LENGTH and data[103:104] == separator and data[:_ISA_LENGTH].count(separator) == 16:
        at_component = 104
    else:
        at_component = _after_sixteen(data[:_LONGEST_ISA], separator)
    if at_component < 0 or len(data) < at_component + 2:
        raise NotX12("the file ends within its ISA segment, or that has not sixteen elements")
    component, terminator = (bytes([byte]) for byte in data[at_component : at_component + 2])
    if len({separator, component, terminator}) < 3 or any(byte.isalnum() for byte in (separator, component, terminator)):
        raise NotX12("the ISA segment names no usable delimiters")
    repetition = data[:at_component].split(separator)[11]
    usable = len(repetition) == 1 and not repetition.isalnum() and repetition not in {separator, component, terminator, b" "}
    names = [mark.decode("latin-1") for mark in (separator, component, terminator, repetition if usable else b"")]
    return Delimiters(*names), at_component + 2


def _after_sixteen(data: bytes, separator: bytes) -> int:
    """Where the component separator stands: after the sixteenth element separator; -1 where there are fewer."""
    place = -1
    for _ in range(16):
        place = data.find(separator, place + 1)
        if place < 0:
            return -1
    return place + 1


def _decoded(data: bytes, delimiters: Delimiters) -> str:
    """Text of bytes: UTF-8 where it is that, else Latin-1, in which every byte is a character."""
    if delimiters.terminator.isascii():
        try:
            return data.decode()
        except UnicodeDecodeError:
            pass
    return data.decode("latin-1")


def _split_text(terminator: str, text: str) -> list[str]:
    """The segments of a text; none is empty."""
    return _clean(terminator, text).split(terminator)[:-1]


def _clean(terminator: str, text: str) -> str:
    """Segments without white space around them and without line ends within them, none empty, each with its terminator."""
    if terminator not in "\r\n":
        if "\n" in text or "\r" in text:
            text = text.replace("\r", "").replace("\n", "")
    elif terminator == "\r":
        text = text.replace("\n", "")
    else:
        text = text.replace("\r", "")
    if text[-1:] != terminator:
        text += terminator
    if text[:1] in _SPACE or _unclean(terminator).search(text):
        # Only white space after a terminator is dropped: a blank before one may be an element's own.
        raws = [raw for raw in (raw.lstrip(_SPACE) for raw in text.split(terminator)) if raw]
        text = terminator.join([*raws, ""])
    return text


@lru_cache(64)
def _unclean(terminator: str) -> re.Pattern[str]:
    """Finds white space or nothing after a terminator."""
    return re.compile(f"{re.escape(terminator)}[{re.escape(terminator + _SPACE)}]")


_BINARY = re.compile(r"\s*BIN(.)(\d+)\1", re.DOTALL)


def _split_with_binary(delimiters: Delimiters, data: bytes) -> list[str]:
    """Like _split_text where a BIN segment (275) holds bytes that may look like delimiters: BIN01 tells how many."""
    text, terminator = data.decode("latin-1"), delimiters.terminator
    raws: list[str] = []
    place = 0
    while place < len(text):
        binary = _BINARY.match(text, place)
        start = binary.end() + int(binary[2]) if binary else place
        if binary and text[start : start + 1] != terminator:
            start = place
        end = text.find(terminator, start)
        end = len(text) if end < 0 else end
        raws += [text[place:end].lstrip(_SPACE)] if binary else _split_text(terminator, text[place:end])
        place = end + 1
    return [raw for raw in raws if raw]


def holds_binary(data: bytes, delimiters: Delimiters) -> bool:
    """Whether a segment here may be BIN: the letters at a segment's beginning, not those of a patient called Robin."""
    mark = b"BIN" + delimiters.element.encode("latin-1")
    before = _BLANK + delimiters.terminator.encode("latin-1")
    place = data.find(mark)
    while place > 0 and data[place - 1] not in before:
        place = data.find(mark, place + 1)
    return place >= 0


def _inside_binary(buffer: bytes, cut: int, delimiters: Delimiters) -> bool:
    """Whether a cut might fall into a BIN segment that began shortly before."""
    start = buffer.rfind(b"BIN" + delimiters.element.encode("latin-1"), 0, cut)
    if start < 0:
        return False
    binary = _BINARY.match(buffer[start : start + 40].decode("latin-1"))
    return binary is not None and start + binary.end() + int(binary[2]) >= cut


def _what_it_is(start: bytes) -> str:
    """Why these bytes are no interchange, without showing any of them."""
    if not start:
        return "the file is empty"
    if start[:3] in {b"GS*", b"ST*"}:
        return "the file begins with GS or ST: its ISA segment is missing"
    if start.startswith(b"MSH"):
        return "this is an HL7 v2 message"
    if start.startswith((b"{", b"[", b"<")):
        return "this is JSON or XML"
    return "the file does not begin with an ISA segment"
