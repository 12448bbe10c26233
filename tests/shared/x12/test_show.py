"""Loops, names and sentences of any X12; text and pages of it; and files cut into smaller ones."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from rcm.x12.institutional_claim import read_institutional_claims, write_institutional_claims
from rcm.x12.interchange import TransactionSet, Walker
from rcm.x12.loops import LoopTracker, kind_of
from rcm.x12.professional_claim import read_professional_claims, write_professional_claims
from rcm.x12.remittance import differences, read_remittances, write_remittances
from rcm.x12.report import read_report
from rcm.x12.show import as_html, as_text, lines_of
from rcm.x12.split import split
from rcm.x12.validation import validate
from rcm_deploy.cli import x12
from tests.shared.x12 import generate_answers
from tests.shared.x12.generate import HEADER, RECEIVER, SUBMITTER, claims
from tests.shared.x12.generate_institutional import generate_institutional
from tests.shared.x12.upper import without

CLAIMS = write_professional_claims(HEADER, SUBMITTER, RECEIVER, claims(6, 12), reference="SUB1")
PAID = write_remittances(generate_answers.HEADER, [generate_answers.remittance(Random(6), 4, number) for number in (1, 2)])
RUNNER = CliRunner()
OTHERS = {
    "278": "HL*1**20*1~NM1*X3*2*A~HL*2*1*21*1~NM1*1P*2*B~HL*3*2*22*1~NM1*IL*1*C~HL*4*3*EV*1~UM*AR~HL*5*4*SS*0~SV1*HC:1",
    "275": "BGN*02*1*20260101~NM1*PR*2*A~NM1*41*2*B~NM1*QC*1*C~LX*1~TRN*1*2~DTP*368*D8*20260101~CAT*AE*TX~EFI*05",
    "820": "BPR*I*1~TRN*3*1~N1*PE*A~N1*PR*B~ENT*1*2J*34*1~NM1*EY*1*C~RMR*AZ*1**10~ENT*2~NM1*EY*1*D",
    "834": "BGN*00*1*20260101~N1*P5*A~N1*IN*B~INS*Y*18~REF*0F*1~NM1*IL*1*C~HD*030**HLT~DTP*348*D8*20260101~INS*N*19~NM1*IL*1*D",
    "999": "AK1*HC*1~AK2*837*0001~IK3*CLM*22**8~CTX*CLM01:1~IK4*2*782*1~IK5*R*5~AK2*837*0002~IK5*A~AK9*P*2*2*1",
    "835": "BPR*I*1~TRN*1*1~N1*PR*A~N1*PE*B~LX*1~CLP*1*1*1*1~CAS*CO*45*1~SVC*HC:1*1*1~DTM*472*20260101~PLB*1*20261231*WO*1",
}
PLACES = {
    "278": "2000A 2010A 2000B 2010B 2000C 2010C 2000E 2000E 2000F 2000F",
    "275": "header 1000A 1000B 1000D 2000A 2000A 2100A 2110B 2110B",
    "820": "header header 1000A 1000B 2000 2100 2300 2000 2100",
    "834": "header 1000A 1000B 2000 2000 2100 2300 2300 2000 2100",
    "999": "header 2000 2100 2100 2110 2000 2000 2000 summary",
    "835": "header header 1000A 1000B 2000 2100 2100 2110 2110 summary",
}


@pytest.mark.parametrize("kind", PLACES)
def test_each_segment_stands_in_its_loop(kind: str) -> None:
    tracker = LoopTracker(kind)
    found = [tracker.place(segment.split("*")).loop for segment in OTHERS[kind].split("~")]
    assert " ".join(found) == PLACES[kind]


def test_a_part_of_a_file_has_its_loops_too() -> None:
    tracker = LoopTracker("835")
    assert [tracker.place([name, "1"]).loop for name in ("BPR", "CLP", "SVC", "CAS", "CLP")] == [
        "header",
        "2100",
        "2110",
        "2110",
        "2100",
    ]


def test_kinds_by_guide() -> None:
    kinds = [kind_of("837", f"0050{guide}") for guide in ("10X222A1", "10X223A3", "10X224A2")]
    assert [*kinds, kind_of("277", "005010X214"), kind_of("277", "005010X212")] == ["837P", "837I", "837D", "277CA", "277"]


@pytest.mark.parametrize("kind", ["278", "275", "820", "834"])
def test_what_has_no_types_is_reported_in_its_loops(kind: str) -> None:
    body = OTHERS[kind]
    head = PAID[: PAID.index(b"ST*")].decode()
    content = f"{head}ST*{kind}*0001~{body}~SE*{body.count('~') + 3}*0001~GE*1*7~IEA*1*000000007~"
    (transaction,) = read_report(content.encode())["interchanges"][0]["groups"][0]["transactions"]
    told: list[str] = []

    def gather(loop: dict[str, Any]) -> None:
        told.extend(loop["segments"])
        for inner in loop["loops"]:
            gather(inner)

    for loop in transaction["loops"]:
        gather(loop)
    assert told == body.split("~")
    assert transaction["segments"] == len(told) + 2


class _Balanced(HTMLParser):
    """Finds elements that are not closed, and any script."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@settings(max_examples=10, deadline=None)
@given(st.text(st.characters(codec="latin-1", exclude_characters="~*:^\r\n"), min_size=1, max_size=30))
def test_a_page_escapes_whatever_stands_in_a_file(hostile: str) -> None:
    """Tags, quotes and entities in data stay data; every loop that is opened is closed."""
    content = CLAIMS.replace(b"MAPLE STREET FAMILY PRACTICE", f"<script>alert(1)</script>&quot;{hostile}".encode(), 1)
    page = "".join(as_html(content, "<b>a file</b>"))
    parser = _Balanced()
    parser.feed(page)
    assert parser.open == []
    assert parser.seen <= {"html", "head", "meta", "title", "style", "body", "main", "h1", "div", "details", "summary", "small",
                           "span", "b", "p", "code"}  # fmt: skip
    assert "b" not in page[page.index("<h1>") : page.index("</h1>")].replace("&lt;b&gt;", "").replace("&lt;/b&gt;", "")


def test_text_has_a_line_for_each_segment_and_moves_no_cursor() -> None:
    content = CLAIMS.replace(b"MAPLE STREET FAMILY PRACTICE", b"\x1b[2J", 1)
    text = "".join(as_text(content))
    assert "\x1b" not in text
    numbers = [line.split()[0] for line in text.splitlines() if line[:6].strip()]
    assert numbers == [str(number) for number in range(1, CLAIMS.count(b"~") + 1)]
    assert len(list(lines_of(content))) == len(numbers)


def claims_of(content: bytes) -> list[object]:
    own = ("envelope", "transaction_control_number", "first_segment", "last_segment", "segment_number")
    return [without(found.claim, *own, "line_number") for found in read_professional_claims(content)]


@pytest.mark.parametrize("by", ["claim", "payer"])
@pytest.mark.parametrize(
    "oddity",
    [
        lambda text: text,
        lambda text: text.replace(b"~", b"~\r\n"),
        lambda text: text.translate(bytes.maketrans(b"*~:", b"|\n>")),
        lambda text: text + text,
    ],
)
def test_claims_are_split_into_files_of_their_own(by: str, oddity: Callable[[bytes], bytes], tmp_path: Path) -> None:
    content = oddity(CLAIMS)
    parts = list(split(content, tmp_path, by))
    files = [(tmp_path / part.name).read_bytes() for part in parts]
    assert all(read_report(file)["problems"] == [] for file in files)
    assert [len(claims_of(file)) for file in files] == [part.claims for part in parts]
    found, expected = ([claim for file in some for claim in claims_of(file)] for some in (files, [content]))
    assert sorted(map(repr, found)) == sorted(map(repr, expected))
    if by == "claim":
        assert {part.claims for part in parts} == {1}
    else:
        payers = [{found.claim.payer.payer_id for found in read_professional_claims(file)} for file in files]
        assert all(len(some) == 1 for some in payers)
    for file, part in zip(files, parts, strict=True):
        walker = Walker(file)
        levels = [elements for item in walker if isinstance(item, TransactionSet) for elements in item if elements[0] == "HL"]
        assert walker.number == part.segments
        parents = {elements[2] for elements in levels}
        assert all((elements[4] == "1") == (elements[1] in parents) for elements in levels)


@pytest.mark.parametrize("by", ["claim", "payer"])
def test_institutional_claims_are_split_too(by: str, tmp_path: Path) -> None:
    made = generate_institutional(3, 9)
    content = write_institutional_claims(HEADER, SUBMITTER, RECEIVER, made, reference="SUB1")
    parts = list(split(content, tmp_path, by))
    numbers = [found.claim.patient_control_number for found in read_institutional_claims(content)]
    found = [each.claim.patient_control_number for part in parts for each in read_institutional_claims(tmp_path / part.name)]
    assert sorted(found) == sorted(numbers)
    assert [finding for part in parts for finding in validate(tmp_path / part.name) if finding.severity == "error"] == []


def test_remittances_are_split_by_claim_and_each_part_balances(tmp_path: Path) -> None:
    parts = list(split(PAID, tmp_path, "claim"))
    whole = list(read_remittances(PAID))
    pieces = [one for part in parts for one in read_remittances(tmp_path / part.name)]
    assert differences(pieces) == []
    assert all(one.problems == () for one in pieces)
    for one in whole:
        own = [piece for piece in pieces if piece.trace_number == one.trace_number]
        assert sum(-p.payment_cents if p.credit_or_debit == "D" else p.payment_cents for p in own) == one.payment_cents
        assert [claim.patient_control_number for piece in own for claim in piece.claims] == [
            claim.patient_control_number for claim in one.claims
        ]
        assert sum(len(piece.provider_adjustments) for piece in own) == len(one.provider_adjustments)


def test_remittances_are_split_by_payer_whole(tmp_path: Path) -> None:
    other = PAID.replace(b"EVERGREEN MUTUAL*XV*SBX01", b"HARBOR HEALTH*XV*SBX02", 1)
    parts = list(split(other, tmp_path, "payer"))
    assert [part.name for part in parts] == ["00001-SBX02.x12", "00002-SBX01.x12"]
    pieces = [one for part in parts for one in read_remittances(tmp_path / part.name)]
    assert [one.content_sha256 for one in pieces] == [one.content_sha256 for one in read_remittances(other)]


def test_the_commands(tmp_path: Path) -> None:
    path = tmp_path / "claims.837"
    path.write_bytes(CLAIMS)
    shown = RUNNER.invoke(x12.app, ["show", str(path)])
    assert (shown.exit_code, shown.stdout.count("a claim\n")) == (0, 12)
    page = RUNNER.invoke(x12.app, ["show", "-", "--html"], input=CLAIMS)
    assert page.stdout.startswith("<!doctype html>")
    for _ in range(2):
        done = RUNNER.invoke(x12.app, ["split", str(path), "--by", "claim"])
    assert done.exit_code == 1, "a file of the first run is never written over"
    assert len(list((tmp_path / "claims-split").iterdir())) == 12
    path.write_bytes(b"hello")
    for command in (["show", str(path)], ["show", str(path), "--html"], ["split", str(path), "--by", "payer"]):
        refused = RUNNER.invoke(x12.app, command)
        assert (refused.exit_code, refused.stdout) == (1, "")
