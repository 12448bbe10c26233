"""Every published file is read as it stands or refused with a reason; counts and sums agree with a second, plain counting."""

import os
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from rcm.x12.problems import NotX12
from rcm.x12.report import read_report
from rcm.x12.validation import validate

FOLDER = Path(os.environ.get("RCM_SHARED_DATA", "../shared")) / "x12-samples"
SAMPLES = sorted(path for path in FOLDER.rglob("*") if path.is_file() and not path.name.startswith("README"))
needs_samples = pytest.mark.skipif(not SAMPLES, reason=f"no published samples at {FOLDER}")


def plain_counts(path: Path) -> Counter[str]:
    """How often each segment occurs, and some sums, counted without our codec: by the three marks of the first ISA."""
    data = path.read_bytes().decode("latin-1")
    data = data[data.index("ISA") :]
    separator = data[3]
    place = -1
    for _ in range(16):
        place = data.index(separator, place + 1)
    terminator = data[place + 2]
    if terminator not in "\r\n":
        data = data.replace("\r", "").replace("\n", "")
    found: Counter[str] = Counter()
    for segment in data.split(terminator):
        elements = segment.strip().split(separator)
        name = elements[0]
        found[name] += 1
        if name == "CLP":
            found["CLP04"] += int(Decimal(elements[4]) * 100)
        if name == "CAS":
            found["triplets"] += sum(bool(elements[at]) for at in range(2, len(elements), 3))
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


@needs_samples
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_counts_and_sums_agree_with_a_plain_counting(path: Path) -> None:
    report = read_report(path)
    transactions = [item for one in report["interchanges"] for group in one["groups"] for item in group["transactions"]]
    counted = plain_counts(path)
    assert len(transactions) == counted["ST"]
    if len({item["type"] for item in transactions}) != 1 or not all("claims" in item for item in transactions):
        return
    claims = [claim for item in transactions for claim in item["claims"]]
    if transactions[0]["type"] == "835":
        assert len(claims) == counted["CLP"]
        assert sum(len(claim["lines"]) for claim in claims) == counted["SVC"]
        assert sum(claim["paid_cents"] for claim in claims) == counted["CLP04"]
        lines = [line for claim in claims for line in claim["lines"]]
        assert sum(len(item["adjustments"]) for item in [*claims, *lines]) == counted["triplets"]
    else:
        assert len(claims) == counted["CLM"]
        assert sum(len(claim["lines"]) for claim in claims) == counted["LX"]
