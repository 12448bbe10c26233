"""The OpenAPI document of a service: complete, valid, and true about who may and how it refuses."""

from openapi_spec_validator import validate

from rcm.web.app import build_app
from rcm.web.docs_page import page
from tests.shared.web.notebook.service import build

DOCUMENT = build_app(build()).openapi()


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_each_endpoint_says_who_may() -> None:
    posting, reading = DOCUMENT["paths"]["/v1/notes"]["post"], DOCUMENT["paths"]["/v1/notes"]["get"]
    assert posting["x-roles"] == ["ehr"]
    assert reading["x-roles"] == ["biller", "dashboard", "admin"]
    assert posting["security"] == [{"bearer": []}]
    assert DOCUMENT["paths"]["/livez"]["get"]["security"] == []


def test_bodies_that_are_read_by_hand_are_documented_by_reference() -> None:
    content = DOCUMENT["paths"]["/v1/notes"]["post"]["requestBody"]["content"]["application/json"]
    assert content["schema"] == {"$ref": "#/components/schemas/NoteIn"}
    assert DOCUMENT["components"]["schemas"]["NoteIn"]["examples"]


def test_refusals_are_problems_with_examples() -> None:
    responses = DOCUMENT["paths"]["/v1/notes/{note_id}"]["patch"]["responses"]
    assert {"200", "401", "403", "404", "409", "412", "413", "422", "428", "503"} <= responses.keys()
    for status, told in responses.items():
        if int(status) >= 400:
            content = told["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert content["example"]["status"] == int(status)
    assert "HTTPValidationError" not in DOCUMENT["components"]["schemas"]


def test_every_write_takes_an_idempotency_key() -> None:
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            names = [parameter["name"] for parameter in operation.get("parameters", ())]
            writes = method in ("post", "put", "patch", "delete")
            assert ("Idempotency-Key" in names) == writes, (method, path)


def test_the_page_shows_every_endpoint_and_loads_nothing_from_elsewhere() -> None:
    text = page(DOCUMENT, "http://127.0.0.1:8101")
    for path in DOCUMENT["paths"]:
        assert f"<code>{path}</code>" in text
    assert "Buy apples." in text
    assert "<script" not in text
    assert not {word for word in ("src=", "@import", "cdn") if word in text}


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for operations in DOCUMENT["paths"].values() for operation in operations.values()]
    assert len(names) == len(set(names))
