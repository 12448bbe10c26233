"""`rcm x12 ack` and `rcm x12 validate` over the good and the faulty files."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from rcm.x12.acknowledgement import FunctionalAcknowledgement, read_acknowledgements
from rcm.x12.validation import validate
from rcm_deploy.cli import x12
from tests.shared.x12.faults import GOOD, content

RUNNER = CliRunner()
CLAIMS = content(list(GOOD["professional.837"]))


@pytest.mark.parametrize("place", ["file", "-"])
def test_an_answer_is_written(tmp_path: Path, place: str) -> None:
    path = tmp_path / "claims.837"
    path.write_bytes(CLAIMS.replace(b"NM1*82*1", b"NM1*82*3"))
    shown = str(path) if place == "file" else "-"
    answer = RUNNER.invoke(x12.app, ["ack", shown, "--number", "77"], input=path.read_bytes())
    assert answer.exit_code == 0
    assert validate(answer.stdout_bytes) == []
    ta1, group = read_acknowledgements(answer.stdout_bytes)
    assert not ta1.rejected
    assert isinstance(group, FunctionalAcknowledgement)
    assert group.rejected
    assert group.envelope.control_number == "000000077"
    assert (group.envelope.sender_id, group.envelope.receiver_id) == ("RCMSANDBOX", "MAPLESTREET")


def test_each_interchange_is_answered(tmp_path: Path) -> None:
    path = tmp_path / "two.837"
    path.write_bytes(CLAIMS + CLAIMS)
    answer = RUNNER.invoke(x12.app, ["ack", str(path)])
    assert len(list(read_acknowledgements(answer.stdout_bytes))) == 4


def test_a_nameless_sender_is_answered_too() -> None:
    odd = CLAIMS.replace(b"*ZZ*MAPLESTREET    *", b"*99*               *", 1)
    answer = RUNNER.invoke(x12.app, ["ack", "-"], input=odd)
    assert answer.exit_code == 0
    (ta1,) = read_acknowledgements(answer.stdout_bytes)
    assert ta1.rejected
    assert ta1.envelope.receiver_id == "UNKNOWN"


def test_no_x12_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.txt"
    path.write_text("hello")
    answer = RUNNER.invoke(x12.app, ["ack", str(path)])
    assert answer.exit_code == 1
    assert "Traceback" not in answer.output


def test_a_finding_is_told_with_its_place() -> None:
    answer = RUNNER.invoke(x12.app, ["validate", "-", "--json"], input=CLAIMS.replace(b"HI*ABK:E119", b"HI*ABK:E11.9"))
    assert answer.exit_code == 1
    told = orjson.loads(answer.stdout)
    assert told["ok"] is False
    (finding,) = told["findings"]
    assert {name: finding[name] for name in ("snip", "rule", "segment_number", "segment", "element", "severity")} == {
        "snip": 5, "rule": "diagnosis-form", "segment_number": 35, "segment": "HI", "element": 1, "severity": "error",
    }  # fmt: skip
    assert "E11.9" not in answer.stdout
