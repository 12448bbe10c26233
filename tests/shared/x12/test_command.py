"""`rcm x12 read` and `rcm x12 validate`, as a person and as a program call them."""

import importlib
import re
from pathlib import Path
from random import Random

import orjson
import pytest
from typer.testing import CliRunner

from rcm.x12.professional_claim import write_professional_claims
from rcm.x12.remittance import write_remittances
from rcm_deploy.cli import x12, x12_files
from tests.shared.x12 import generate_answers
from tests.shared.x12.generate import HEADER, RECEIVER, SUBMITTER, claims

RUNNER = CliRunner()
REMITTANCE = generate_answers.remittance(Random(6), 4)
PAID = write_remittances(generate_answers.HEADER, [REMITTANCE])
CLAIMS = write_professional_claims(HEADER, SUBMITTER, RECEIVER, claims(6, 4), reference="SUB1")


@pytest.fixture
def paid(tmp_path: Path) -> Path:
    path = tmp_path / "paid.835"
    path.write_bytes(PAID)
    return path


def test_read_as_json(paid: Path) -> None:
    answer = RUNNER.invoke(x12.app, ["read", str(paid), "--json"])
    assert answer.exit_code == 0
    (interchange,) = orjson.loads(answer.stdout)["interchanges"]
    (transaction,) = interchange["groups"][0]["transactions"]
    assert transaction["type"] == "835"
    assert transaction["payment_cents"] == REMITTANCE.payment_cents
    assert transaction["balances"]["transaction"] == {"ok": True, "difference_cents": 0}
    for told, claim in zip(transaction["claims"], REMITTANCE.claims, strict=True):
        assert told["patient_control_number"] == claim.patient_control_number
        assert told["paid_cents"] == claim.paid_cents
        assert len(told["adjustments"]) == len(claim.adjustments)
        assert [line["procedure"] for line in told["lines"]] == [line.procedure for line in claim.lines]


def test_read_claims_from_standard_input() -> None:
    answer = RUNNER.invoke(x12.app, ["read", "-", "--json"], input=CLAIMS)
    assert answer.exit_code == 0
    report = orjson.loads(answer.stdout)
    assert report["problems"] == []
    transaction = report["interchanges"][0]["groups"][0]["transactions"][0]
    assert {claim["patient_control_number"] for claim in transaction["claims"]} == {f"PCN{n:07d}" for n in range(4)}


def test_read_for_people(paid: Path) -> None:
    answer = RUNNER.invoke(x12.app, ["read", str(paid), "--summary"])
    assert answer.exit_code == 0
    assert "835" in answer.stdout
    assert "0 problems" in answer.stdout


def test_validate(paid: Path) -> None:
    good = RUNNER.invoke(x12.app, ["validate", str(paid), "--json"])
    assert (good.exit_code, orjson.loads(good.stdout)) == (0, {"ok": True, "findings": []})
    paid.write_bytes(PAID.replace(b"BPR*I*", b"BPR*I*9"))
    bad = RUNNER.invoke(x12.app, ["validate", str(paid), "--json"])
    assert bad.exit_code == 1
    (finding,) = orjson.loads(bad.stdout)["findings"]
    assert (finding["rule"], finding["snip"], finding["segment"]) == ("balance-transaction", 3, "BPR")
    shown = RUNNER.invoke(x12.app, ["validate", str(paid)])
    assert shown.exit_code == 1
    assert "1 error" in shown.stdout


def test_a_warning_passes(paid: Path) -> None:
    paid.write_bytes(PAID.replace(b"ST*835*0001", b"ST*835*0001*005010X221A1"))
    answer = RUNNER.invoke(x12.app, ["validate", str(paid), "--json"])
    assert answer.exit_code == 0
    assert [one["severity"] for one in orjson.loads(answer.stdout)["findings"]] == ["warning"]


@pytest.mark.parametrize("command", ["read", "validate"])
def test_what_can_not_be_read_ends_with_1(command: str, tmp_path: Path) -> None:
    odd = tmp_path / "odd.txt"
    odd.write_text("hello")
    for place in (odd, tmp_path / "missing", tmp_path):
        assert RUNNER.invoke(x12.app, [command, str(place)]).exit_code == 1


def test_a_long_file_has_a_bar(paid: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(x12_files, "BAR_FROM_BYTES", 10)
    answer = RUNNER.invoke(x12.app, ["read", str(paid), "--json"])
    assert answer.exit_code == 0
    assert orjson.loads(answer.stdout)["segments"] == PAID.count(b"~")


def test_the_page_about_it_names_every_command_and_package() -> None:
    """docs/x12.md against the code: its commands, their options, its packages."""
    page = (Path(__file__).parents[3] / "docs/x12.md").read_text()
    commands = {command.name or getattr(command.callback, "__name__", "") for command in x12.app.registered_commands}
    assert set(re.findall(r"rcm x12 (\w+)", page)) == commands
    for command, option in re.findall(r"^\| `rcm x12 (\w+) [^`]*?(--[a-z]+)", page, re.MULTILINE):
        assert option in RUNNER.invoke(x12.app, [command, "--help"], env={"COLUMNS": "200"}).stdout
    for package in re.findall(r"^\| `(rcm\.x12\.\w+)`", page, re.MULTILINE):
        assert importlib.import_module(package)
