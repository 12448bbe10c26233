"""Published files whose sources call them valid: no error of syntax, structure, balance or situation but those that are there.

They were made up: their NPIs fail the check digit and their ZIPs have five digits, which our validator must and does find.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rcm.x12.acknowledgement.answer import answer, header_back
from rcm.x12.problems import WrongTransaction
from rcm.x12.remittance import claim_differences, read_remittances, transaction_difference
from rcm.x12.validation import check, validate

FOLDER = Path(os.environ.get("RCM_SHARED_DATA", "../shared")) / "x12-samples"
INVENTED = frozenset({"npi", "billing-zip", "zip-form"})
"""What made-up providers have wrong, in nearly every file."""
_COMPONENTS = {"element-code", "element-long", "element-missing", "element-number", "segment-missing", "segment-unexpected",
               "no-diagnosis", "place-form"}  # fmt: skip
"""What follows when a file writes ">" and its ISA says ":"."""
_OLD = "CLM06 of the guide before it"
FAULTY: dict[str, tuple[str, set[str]]] = {
    "demo-file__demo.835": ("an excerpt: no PER*BL; TS309 and TS311 of 4010", {"segment-missing", "element-unused"}),
    "demo-file__demo.837i": (f"{_OLD}; DTP*434 with a single day; no NM1*71", {"attending", "element-code", "element-unused"}),
    "subscriber-health-benefit-check-error.271": ("SE02 is not ST02", {"set-number"}),
    "cob-contractural-adjustment.835": ("an excerpt: BPR ends early, no PER*BL; \">\"", {*_COMPONENTS}),
    "secondary-payment.835": ("as before", {*_COMPONENTS}),
    "tertiary-payment.835": ("as before, and SVC in which an element is lacking", {
        *_COMPONENTS, "balance-claim", "balance-line", "element-short", "procedure-form",
    }),
    "managed-care.835": ("an excerpt: no PER*BL; BPR16 is no day", {"segment-missing", "element-date"}),
    "demo.ambulance.example5.837": ("CLM05 of one component", {"element-missing"}),
    "demo.cob.2ndary.example4.837": ("\">\"", _COMPONENTS),
    "demo.cob.example3.A.837": ("no 2330B", {"loop-missing"}),
    "demo.cob.example4.837": ("AMT*F2 of 4010", {"segment-unexpected"}),
    "demo.example9.837": ("\">\"", _COMPONENTS),
    "demo.example11.837": ("\">\"; a post office box", {*_COMPONENTS, "billing-street"}),
    "demo.example12.837": ("\">\"", _COMPONENTS),
    "out-of-network-repriced-claim.837i": (f"\">\"; {_OLD}", {*_COMPONENTS, "element-unused"}),
    "ppo-repriced-claim.837i": (f"\">\"; {_OLD}", {*_COMPONENTS, "element-unused"}),
    "two-claims-single-provider.837i": (_OLD, {"element-unused"}),
}  # fmt: skip
"""File name (its end) -> why it is not valid after all, and the rules that say so."""
SOURCES = ("LinuxForHealth__x12", "keironstoddart__edi-835-parser", "canabrook__berrywave-python")
SAMPLES = [path for source in SOURCES for path in sorted((FOLDER / source).glob("*")) if b"*005010X" in path.read_bytes()]


@pytest.mark.skipif(not SAMPLES, reason=f"no published samples at {FOLDER}")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_valid_file_is_valid(path: Path) -> None:
    errors = {one.rule for one in validate(path) if one.severity == "error"} - INVENTED
    expected = next((rules for name, (_, rules) in FAULTY.items() if path.name.endswith(name)), set())
    assert errors <= expected
    assert bool(errors) is bool(expected)


EVERYTHING = [path for path in sorted(FOLDER.rglob("*")) if path.is_file() and not path.name.startswith("README")]


@pytest.mark.skipif(not SAMPLES, reason=f"no published samples at {FOLDER}")
def test_every_file_is_answered_by_a_good_answer() -> None:
    """Whatever came, the TA1 and 999 are valid; but what AK2 says is what was sent."""
    at, wrong = datetime(2026, 3, 3, 8, 0, tzinfo=UTC), {}
    for path in EVERYTHING:
        for interchange in check(path):
            found = validate(answer(interchange, header_back(interchange, 1, at)))
            if rules := {one.rule for one in found if one.segment != "AK2"}:
                wrong[path.name] = rules
    assert wrong == {}


REMITTANCES = [path for path in sorted(FOLDER.rglob("*.*")) if path.is_file() and b"*005010X221" in path.read_bytes()[:4_000]]


@pytest.mark.skipif(not SAMPLES, reason=f"no published samples at {FOLDER}")
@pytest.mark.parametrize("path", REMITTANCES, ids=lambda path: path.name)
def test_the_balances_are_those_of_the_reader(path: Path) -> None:
    """Two implementations: the validator walks segments, the reader makes values."""
    expected = set()
    try:
        for whole in read_remittances(path):
            if (difference := transaction_difference(whole)) is not None:
                expected.add(("balance-transaction", difference.segment_number))
            for claim in whole.claims:
                expected |= {
                    ("balance-line" if one.level == "line" else "balance-claim", one.segment_number)
                    for one in claim_differences(claim)
                }
    except WrongTransaction:
        pytest.skip("no 835 after all")
    assert {(one.rule, one.segment_number) for one in validate(path) if one.rule.startswith("balance-")} == expected
