"""Claims as JSON: written as X12, refused by path, described by a schema."""

from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from typer.testing import CliRunner

from rcm.x12.documents import KINDS, InstitutionalFile, ProfessionalFile, schema, write_document
from rcm.x12.institutional_claim import write_institutional_claims
from rcm.x12.problems import CannotWrite
from rcm.x12.professional_claim import read_professional_claims, write_professional_claims
from rcm.x12.validation import validate
from rcm_deploy.cli import x12
from tests.shared.x12.generate import HEADER, RECEIVER, SUBMITTER, claims
from tests.shared.x12.generate_institutional import generate_institutional

RUNNER = CliRunner()
CLAIMS = claims(7, 12)
DOCUMENT = ProfessionalFile(HEADER, SUBMITTER, RECEIVER, CLAIMS, "SUB1")
CONTENT = msgspec.json.encode(DOCUMENT)


def changed(**fields: Any) -> bytes:
    """The document with other fields in its fourth claim's first line."""
    whole = orjson.loads(CONTENT)
    whole["claims"][3]["lines"][0].update(fields)
    return orjson.dumps(whole)


def test_a_document_becomes_the_file_that_the_typed_values_become() -> None:
    assert write_document("837p", CONTENT) == write_professional_claims(HEADER, SUBMITTER, RECEIVER, CLAIMS, reference="SUB1")


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (changed(charge_cents="12"), "claims[3].lines[0].charge_cents"),
        (changed(date_of_service="2026-02-30"), "claims[3].lines[0].date_of_service"),
        (changed(chargecents=5), "claims[3].lines[0].chargecents"),
        (changed(procedure="99 213*"), "claims[3].lines[0].procedure"),
        (changed(charge_cents=-5), "claims[3]"),
        (b'{"claims": []', "the document"),
        (b"{}", "the document"),
    ],
)
def test_what_is_wrong_is_refused_by_its_path(content: bytes, path: str) -> None:
    with pytest.raises(CannotWrite) as refusal:
        write_document("837p", content)
    assert refusal.value.path.startswith(path)


@pytest.mark.parametrize(
    ("content", "path", "told"),
    [
        (changed(date_of_service_to="2020-01-01"), "claims[3]", "DTP03 of 2400: a period that ends before it begins"),
        (changed(certifications=[{"category": "99", "applies": True, "codes": ["01"]}]), "claims[3]", "CRC of 2400"),
        (CONTENT.replace(b'"line1":"', b'"line1":"PO BOX 7, ', 1), "the document", "N301 of 2010AA"),
        (changed(charge_cents=10**18), "claims[3].lines[0].charge_cents", "is more than any amount"),
        (b"\xff", "the document", "JSON is malformed"),
    ],
)
def test_what_the_guide_forbids_is_not_written(content: bytes, path: str, told: str) -> None:
    with pytest.raises(CannotWrite) as refusal:
        write_document("837p", content)
    assert refusal.value.path == path
    assert refusal.value.reason.startswith(told)


def test_the_example_on_the_page_is_a_claim_that_passes() -> None:
    page = (Path(__file__).parents[3] / "docs/x12.md").read_text()
    content = page[page.index("```json") + 7 :]
    written = write_document("837p", content[: content.index("```")].encode())
    assert [found.claim.patient_control_number for found in read_professional_claims(written)] == ["PCN1"]
    assert validate(written) == []


def test_institutional_claims_too() -> None:
    made = generate_institutional(5, 8)
    content = msgspec.json.encode(InstitutionalFile(HEADER, SUBMITTER, RECEIVER, made, "SUB1"))
    assert write_document("837i", content) == write_institutional_claims(HEADER, SUBMITTER, RECEIVER, made, reference="SUB1")


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_names_every_field(kind: str) -> None:
    told = orjson.loads(schema(kind))
    names = set(told["$defs"])
    assert {"Provider", "Subscriber", "Payer", "InterchangeHeader"} <= names
    for name, definition in told["$defs"].items():
        assert definition["type"] == "object", name
    assert told["$defs"]["InterchangeHeader"]["properties"]["control_number"]["description"]


def test_the_command(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    path.write_bytes(CONTENT)
    written = RUNNER.invoke(x12.app, ["write", "837p", str(path)])
    assert written.exit_code == 0
    assert len(list(read_professional_claims(written.stdout_bytes))) == len(CLAIMS)
    assert RUNNER.invoke(x12.app, ["write", "837p", "-"], input=CONTENT).stdout_bytes == written.stdout_bytes
    refused = RUNNER.invoke(x12.app, ["write", "837p", "-"], input=changed(units="many"))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "claims[3].lines[0].units" in refused.stderr
    shown = RUNNER.invoke(x12.app, ["write", "837p", "--schema"])
    assert orjson.loads(shown.stdout) == orjson.loads(schema("837p"))
    assert RUNNER.invoke(x12.app, ["write", "837p"]).exit_code == 2
    assert RUNNER.invoke(x12.app, ["write", "835", str(path)]).exit_code == 2
