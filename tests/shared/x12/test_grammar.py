"""Tokens: any legal delimiters, published oddities, any chunking; and never a crash, whatever the bytes."""

import io
import tracemalloc
from collections import deque
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcm.x12 import grammar
from rcm.x12.interchange import TransactionSet, Walker
from rcm.x12.problems import NotX12
from rcm.x12.professional_claim import write_professional_claims
from rcm.x12.report import read_report
from rcm.x12.show import as_html
from rcm.x12.validation import validate
from tests.shared.x12.generate import HEADER, RECEIVER, SUBMITTER, claims

CONTENT = write_professional_claims(HEADER, SUBMITTER, RECEIVER, claims(3, 5), reference="SUB1")


def segments(source: bytes | io.BytesIO) -> list[list[str]]:
    """All segments of the transaction sets."""
    return [elements for item in Walker(source) if isinstance(item, TransactionSet) for elements in item]


PLAIN = segments(CONTENT)


@pytest.mark.parametrize(
    "oddity",
    [
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.decode().encode("utf-16"),
        lambda text: text.replace(b"~", b"~\n"),
        lambda text: text.replace(b"~", b"~\r\n"),
        lambda text: text.replace(b"~", b"~\n   "),
        lambda text: text.replace(b"~", b"\n"),
        lambda text: text.replace(b"~", b"\r\n").replace(b"\r\n", b"\r", 1),
        lambda text: text.replace(b"~", b"\x1c"),
        lambda text: text.translate(bytes.maketrans(b"*~", b"|!")),
        lambda text: b"\r\n\r\n" + text + b"\r\n\x1a\x00",
        lambda text: b"some banner\r\n" + text,
        lambda text: text[:106] + b"\n".join(text[106 + at : 186 + at] for at in range(0, len(text), 80)),
        lambda text: text.removesuffix(b"~"),
        lambda text: text.replace(b"MAPLESTREET    ", b"MAPLESTREET", 1),
    ],
)
def test_published_oddities_are_read_alike(oddity: Callable[[bytes], bytes]) -> None:
    assert segments(oddity(CONTENT)) == PLAIN


def test_several_interchanges_with_delimiters_of_their_own() -> None:
    other = CONTENT.translate(bytes.maketrans(b"*:~^", b"|>\n!"))
    walker = Walker(CONTENT + b"\n" + other + CONTENT)
    found = [elements for item in walker if isinstance(item, TransactionSet) for elements in item]
    assert len(found) == 3 * len(PLAIN)
    assert [str(one.delimiters) for one in walker.interchanges] == ["*:~^", "|>\n!", "*:~^"]
    assert walker.problems == []


@pytest.mark.parametrize("size", [610, 700, 1_000, 4_096])
def test_any_chunking_gives_the_same(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar, "CHUNK", size)
    twice = CONTENT + b"\n" + CONTENT
    assert segments(io.BytesIO(twice)) == PLAIN + PLAIN


def test_a_bad_second_interchange_does_not_take_the_first_and_third_along() -> None:
    walker = Walker(CONTENT + b"ISA*broken~" + CONTENT)
    found = [item for item in walker if isinstance(item, TransactionSet)]
    assert len(found) == 2
    assert [item.code for item in walker.problems] == ["unreadable-isa"]


@pytest.mark.parametrize(("length", "count"), [(9, 1), (11, 1), (3, 2)])
def test_binary_data_may_hold_delimiters(length: int, count: int) -> None:
    content = CONTENT.replace(b"~SE*", b"~BIN*%d*ab~cd~*:x~SE*" % length)
    names = [elements[0] for elements in segments(content)]
    assert names.count("BIN") == 1
    assert len(names) == len(PLAIN) + (1 if length == 9 else count + 1 if length == 3 else 2) or length == 11


MUTATIONS = st.lists(st.tuples(st.integers(0, len(CONTENT)), st.binary(max_size=6), st.integers(0, 40)), max_size=6)


def refused_or_read(work: Callable[[bytes], Any], content: bytes) -> None:
    try:
        work(content)
    except NotX12 as refusal:
        if not refusal.detail:
            raise


@settings(max_examples=150, deadline=None)
@given(MUTATIONS)
def test_damaged_files_never_crash_a_reader(mutations: list[tuple[int, bytes, int]]) -> None:
    content = CONTENT
    for place, instead, length in mutations:
        content = content[:place] + instead + content[place + length :]
    for work in (read_report, validate):
        refused_or_read(work, content)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, after_isa: bool) -> None:
    content = CONTENT[:190] + data if after_isa else data
    for work in (read_report, validate):
        refused_or_read(work, content)


def test_memory_does_not_grow_with_the_file() -> None:
    """Claims are handed out one by one: a file five times as long needs no more at any time, whenever the collector comes."""
    import gc
    import tracemalloc

    from rcm.x12.professional_claim import read_professional_claims

    body = CONTENT[CONTENT.index(b"~ST*") + 1 : CONTENT.index(b"GE*")]

    def peak(times: int) -> int:
        content = CONTENT[: CONTENT.index(b"ST*837")] + body * times + CONTENT[CONTENT.index(b"GE*") :]
        source = io.BytesIO(content)
        gc.collect()
        tracemalloc.start()
        count = sum(1 for _ in read_professional_claims(source))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert count == 5 * times
        return most

    small, large = peak(250), peak(1250)
    assert large < small + len(body) * 1000 / 2


@pytest.mark.parametrize("odd", ["²", "٣", "１", "é", "\x85"])
def test_digits_that_are_none_crash_nothing(odd: str) -> None:
    for digit in "1230":
        content = CONTENT[:106].decode() + CONTENT[106:].decode().replace(digit, odd)
        refused_or_read(read_report, content.encode())
        refused_or_read(validate, content.encode("latin-1", "replace"))


@pytest.mark.parametrize(
    ("data", "holds"),
    [
        (b"ST*837*1~NM1*IL*1*DOE*ROBIN*A~SE*3*1~", False),
        (b"ST*275*1~BIN*2*a~~SE*3*1~", True),
        (b"NM1*QC*1*DOE*ROBIN*A~\r\nBIN*2*a~~", True),
        (b"BIN*2*a~~", True),
        (b"NM1*IL*1*DOE*JAN~", False),
    ],
)
def test_a_patient_called_robin_makes_no_binary_segment(data: bytes, holds: bool) -> None:
    assert grammar.holds_binary(data, grammar.STANDARD) is holds


@pytest.mark.parametrize("junk", [b"A", b"A*"])
def test_a_segment_that_never_ends_costs_no_more_than_the_file(junk: bytes) -> None:
    content = CONTENT[:106] + junk * (4_000_000 // len(junk))
    for read in (read_report, validate, lambda file: deque(as_html(file, "x"), 0)):
        tracemalloc.start()
        try:
            found = read(content)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak <= 2 * len(content) + 20 * 1024 * 1024
        if isinstance(found, dict):
            assert all(0 < one["segment_number"] <= found["segments"] and len(one["segment"]) <= 3 for one in found["problems"])
