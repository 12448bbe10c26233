"""`rcm codes load|releases|check` as a person or a program runs them."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from rcm_deploy.cli.app import app
from tests.shared.codesets.lists import UNIT_LIMITS

MUE = "MCR_MUE_PractitionerServices_Eff_10-01-2026.csv"
FIELDS = ["code", "system", "valid", "billable", "valid_from", "valid_to", "reason"]


def run(folder: Path, *arguments: str, standard_input: bytes | None = None) -> Result:
    options = [] if arguments[0] == "edit" else ["--data-folder", str(folder)]
    return CliRunner().invoke(app, ["codes", *arguments, *options], input=standard_input)


def test_one_code(tmp_path: Path) -> None:
    done = run(tmp_path, "check", "E11.9", "--date", "2026-03-02", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert list(told) == FIELDS
    assert told == {
        "code": "E11.9",
        "system": "icd-10-cm",
        "valid": True,
        "billable": True,
        "valid_from": "2015-10-01",
        "valid_to": "2027-03-31",
        "reason": None,
    }
    assert "needs more characters" in run(tmp_path, "check", "E11", "--date", "2026-03-02").stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["check", "E11.9"], "--date"),
        (["check", "E11.9", "--date", "tomorrow"], "is no day"),
        (["check", "E11.9", "--date", "2026-03-02", "--system", "snomed"], "is no code system"),
        (["check", "--file", "/no/such/file"], "No such file"),
        (["load", "nonsense", "x.txt", "--release", "R"], "is no kind of list"),
        (["load", "mue", "/no/such/file", "--release", "R"], "No such file"),
        (["load", "cpt", "/no/such/file", "--release", "R", "--column", "code"], "MEANING=HEADING"),
    ],
)
def test_what_can_not_be_is_named(tmp_path: Path, arguments: list[str], complaint: str) -> None:
    done = run(tmp_path, *arguments)
    assert done.exit_code in {1, 2}
    assert complaint in " ".join(done.output.split()).replace("│ ", "")
    assert "Traceback" not in done.output


def test_many_codes_in_their_order(tmp_path: Path) -> None:
    lines = "E11.9\t2026-03-02\nB880\t2025-10-01\n\nE11.9\t2031-01-01\nnonsense!\t2026-01-01\nE11.9\tsoon\nE11.9\r\n"
    done = run(tmp_path, "check", "--file", "-", "--json", standard_input=lines.encode())
    assert done.exit_code == 0
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["code"], one["valid"], one["billable"]) for one in told] == [
        ("E11.9", True, True),
        ("B880", False, False),
        ("E11.9", None, None),
        ("nonsense!", False, False),
        ("E11.9", None, None),
        ("E11.9", None, None),
    ]
    assert told[1]["valid_to"] == "2025-09-30"
    assert told[2]["valid_to"] is None
    assert "no day" in told[4]["reason"]


def test_a_line_may_name_its_system(tmp_path: Path) -> None:
    lines = b"J1100\t2026-03-02\tHCPCS\nJ1100\t2026-03-02\t\n25\t2026-03-02\tmodifier\nX\t2026-03-02\tsnomed\n"
    done = run(tmp_path, "check", "--file", "-", standard_input=lines)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["system"] for one in told] == ["hcpcs", "icd-10-cm", "modifier", "snomed"]
    assert "is no code system" in told[3]["reason"]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    done = run(tmp_path, "check", "--file", "-", standard_input=b"\xff\xfe\x00E")
    assert done.exit_code == 1
    assert "no text" in done.output


def test_a_list_is_loaded_once_and_listed(tmp_path: Path) -> None:
    file = tmp_path / MUE
    file.write_text(UNIT_LIMITS, encoding="latin-1", newline="")
    for repeated in (False, True):
        done = run(tmp_path, "load", "mue", str(file), "--release", "2026-Q4", "--json")
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["repeated"] is repeated
    listed = json.loads(run(tmp_path, "releases", "--json").stdout)
    assert listed["compiled"]["msdrg"]
    (release,) = listed["loaded"]
    assert (release["kind"], release["release"], release["setting"]) == ("mue", "2026-Q4", "practitioner")
    assert date.fromisoformat(release["effective_to"]) == date(2026, 12, 31)
    assert "2026-Q4" in run(tmp_path, "releases").stdout


def test_a_bad_row_is_told_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / MUE
    file.write_text(UNIT_LIMITS + '"10003","x","2 y","z"\r\n', encoding="latin-1", newline="")
    done = run(tmp_path, "load", "mue", str(file), "--release", "2026-Q4")
    assert done.exit_code == 1
    assert "row 7" in done.output
    assert "nothing was loaded" in done.output
    assert json.loads(run(tmp_path, "releases", "--json").stdout)["loaded"] == []
