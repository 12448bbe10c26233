"""Every published file is read as it stands or refused with a reason; counts and sums agree with a second, plain counting."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from rcm.x12.claim_status import read_claim_status_answers, read_claim_status_inquiries
from rcm.x12.eligibility import read_eligibility_answers, read_eligibility_inquiries
from rcm.x12.problems import NotX12
from rcm.x12.report import read_report
from rcm.x12.segments import read_segments, write_segments
from rcm.x12.show import as_html, as_text, lines_of
from rcm.x12.validation import validate

FOLDER = Path(os.environ.get("RCM_SHARED_DATA", "../shared")) / "x12-samples"
SAMPLES = sorted(path for path in FOLDER.rglob("*") if path.is_file() and not path.name.startswith("README"))
needs_samples = pytest.mark.skipif(not SAMPLES, reason=f"no published samples at {FOLDER}")


def plain_segments(path: Path) -> list[list[str]]:
    """All segments' elements, found without our codec: by the three marks of the first ISA."""
    data = path.read_bytes().decode("latin-1")
    data = data[data.index("ISA") :]
    separator = data[3]
    place = -1
    for _ in range(16):
        place = data.index(separator, place + 1)
    component, terminator = data[place + 1], data[place + 2]
    if terminator not in "\r\n":
        data = data.replace("\r", "").replace("\n", "")
    split = [segment.strip().split(separator) for segment in data.split(terminator)]
    return [[element.replace(component, ":") for element in elements] for elements in split if elements != [""]]


def hundredths(text: str) -> int:
    return int(Decimal(text or "0") * 100)


def plain_counts(path: Path) -> Counter[str]:
    """How often each segment occurs, and sums of amounts, counted by the plain split alone."""
    found: Counter[str] = Counter()
    amounts = {"CLP": (3, 4), "SVC": (2, 3), "CLM": (2,), "BPR": (2,), "EB": (7,)}
    for elements in plain_segments(path):
        name = elements[0]
        found[name] += 1
        for place in amounts.get(name, ()):
            if place < len(elements):
                found[f"{name}{place:02d}"] += hundredths(elements[place])
        if name in {"SV1", "SV2", "SV3"}:
            found["line charges"] += sum(map(hundredths, elements[3:4] if name == "SV2" else elements[2:3]))
        elif name == "CAS":
            found["triplets"] += sum(bool(elements[at]) for at in range(2, len(elements), 3))
            found["adjusted"] += sum(hundredths(elements[at]) for at in range(3, len(elements), 3))
        elif name == "STC":
            found["composites"] += sum(bool(elements[at]) for at in (1, 10, 11) if at < len(elements))
        elif name == "PLB":
            found["provider adjustments"] += len(range(3, len(elements), 2))
    return found


@needs_samples
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_it_is_read_as_it_stands(path: Path) -> None:
    report = read_report(path)
    assert report["interchanges"]
    for problem in report["problems"]:
        assert 1 <= problem["segment_number"] <= report["segments"]
        assert problem["message"]
    with path.open("rb") as stream:
        assert read_report(stream) == report == read_report(path.read_bytes())
    assert all(finding.message for finding in validate(path))


@needs_samples
def test_none_is_refused_whole() -> None:
    """Line ends as terminators, wrong widths, text before ISA, wraps, missing trailers: all are read."""
    refused = []
    for path in SAMPLES:
        try:
            read_report(path)
        except NotX12 as refusal:
            refused.append((path.name, refusal.detail))
    assert refused == []


def transactions_of(report: Any) -> list[Any]:
    return [item for one in report["interchanges"] for group in one["groups"] for item in group["transactions"]]


@needs_samples
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_counts_and_sums_agree_with_a_plain_counting(path: Path) -> None:
    report = read_report(path)
    found, counted = transactions_of(report), plain_counts(path)
    assert len(found) == counted["ST"]
    answers = [answer for one in report["interchanges"] for answer in one["acknowledgements"]]
    assert len(answers) == counted["TA1"]
    checks = {"835": payments_agree, "837": claims_agree, "271": benefits_agree, "277": statuses_agree, "999": errors_agree}
    kinds = {item["type"].replace("997", "999") for item in found}
    if len(kinds) == 1 and (check := checks.get(kinds.pop())) is not None:
        check(found, counted)


def payments_agree(found: list[Any], counted: Counter[str]) -> None:
    claims = [claim for item in found for claim in item["claims"]]
    lines = [line for claim in claims for line in claim["lines"]]
    adjustments = [item for part in (*claims, *lines) for item in part["adjustments"]]
    assert sum(item["payment_cents"] for item in found) == counted["BPR02"]
    assert sum(len(item["provider_adjustments"]) for item in found) == counted["provider adjustments"]
    assert (len(claims), len(lines), len(adjustments)) == (counted["CLP"], counted["SVC"], counted["triplets"])
    assert sum(claim["charge_cents"] for claim in claims) == counted["CLP03"]
    assert sum(claim["paid_cents"] for claim in claims) == counted["CLP04"]
    assert sum(line["charge_cents"] for line in lines) == counted["SVC02"]
    assert sum(line["paid_cents"] for line in lines) == counted["SVC03"]
    assert sum(item["amount_cents"] for item in adjustments) == counted["adjusted"]


def claims_agree(found: list[Any], counted: Counter[str]) -> None:
    claims = [claim for item in found for claim in item["claims"]]
    assert len(claims) == counted["CLM"]
    assert sum(claim["charge_cents"] for claim in claims) == counted["CLM02"]
    assert sum(len(claim["lines"]) for claim in claims) == counted["LX"]
    assert sum(line["charge_cents"] for claim in claims for line in claim["lines"]) == counted["line charges"]
    decided = [one for claim in claims for line in claim["lines"] for one in line.get("adjudications", ())]
    assert len(decided) == counted["SVD"]
    others = [payer for claim in claims for payer in claim["other_payers"]]
    assert sum(len(one["adjustments"]) for one in (*others, *decided)) == counted["triplets"]


def benefits_agree(found: list[Any], counted: Counter[str]) -> None:
    benefits = [benefit for item in found for benefit in item["benefits"]]
    assert len(benefits) == counted["EB"]
    assert sum(benefit["amount_cents"] or 0 for benefit in benefits) == counted["EB07"]
    assert sum(len(item["rejections"]) for item in found) == counted["AAA"]


def statuses_agree(found: list[Any], counted: Counter[str]) -> None:
    assert sum(len(item["statuses"]) for item in found) == counted["composites"]


def errors_agree(found: list[Any], counted: Counter[str]) -> None:
    elements = counted["IK4"] + counted["AK4"]
    segments = counted["IK3"] + counted["AK3"]
    assert elements <= sum(len(item["errors"]) for item in found) <= elements + segments
    assert sum(len(item["sets"]) for item in found) == counted["AK2"]


@needs_samples
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_everything_is_shown(path: Path) -> None:
    lines = list(lines_of(path))
    assert Counter(line.id for line in lines) == Counter(elements[0] for elements in plain_segments(path))
    assert "".join(as_text(path)).count("\n") >= len(lines)
    assert "".join(as_html(path, path.name)).count('<div class="s">') == len(lines)


@needs_samples
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_segments_are_written_as_they_were_read(path: Path) -> None:
    read = list(read_segments(path))
    written = b"".join(write_segments(read))
    assert list(read_segments(written)) == read
    assert read_report(written)["interchanges"] == read_report(path)["interchanges"]


STRUCTURE = {"HL": {1, 2, 3, 4}, "NM1": {2}, "DTP": {2}, "DMG": {1}, "BHT": {1, 4, 5}, "LS": {1}, "LE": {1}, "STC": set[int]()}
"""Elements that say where something stands, or in which form, and are no value of their own."""
KEPT_READERS = {
    "270": read_eligibility_inquiries,
    "271": read_eligibility_answers,
    "276": read_claim_status_inquiries,
    "277": read_claim_status_answers,
}


def leaves(value: Any) -> Iterator[str]:
    """Every text in a typed value; amounts, dates and truths as X12 writes them."""
    if isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from leaves(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, bool):
        yield "Y" if value else "N"
    elif isinstance(value, int):
        yield f"{Decimal(value) / 100:.2f}"
    elif isinstance(value, date):
        yield f"{value:%Y%m%d}"
    elif value is not None:
        yield str(value)


@needs_samples
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nothing_of_questions_and_answers_is_dropped(path: Path) -> None:
    """Each element of 270, 271, 276 and 277 is somewhere in the typed values, or in their raw segments."""
    kinds = {item["kind"] for item in transactions_of(read_report(path))}
    if len(kinds) != 1 or not kinds <= set(KEPT_READERS):
        return
    typed = {piece for value in KEPT_READERS[kinds.pop()](path) for leaf in leaves(value) for piece in pieces(leaf)}
    for elements in plain_segments(path):
        if elements[0] not in {"ISA", "GS", "ST", "SE", "GE", "IEA"}:
            for place, element in enumerate(elements[1:], 1):
                if place not in STRUCTURE.get(elements[0], set()):
                    assert set(pieces(element)) <= typed, (elements, place)


def pieces(text: str) -> Iterator[str]:
    """The parts of an element or a raw segment; amounts with two decimals."""
    for piece in re.split(r"[*|:^~-]", text):
        if re.fullmatch(r"\d+(\.\d*)?|\.\d+", piece):
            yield f"{Decimal(piece):.2f}"
        elif piece:
            yield piece
