"""Every program's OpenAPI: valid, with examples that are true to their schemas, and clear about who may."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from rcm.identity import Role
from tests.conformance.subjects import PROGRAMS, SERVICES, Operation, document, operations

ALL = pytest.mark.parametrize("package", [*SERVICES, *PROGRAMS])
OPEN = frozenset({"/livez", "/readyz", "/metrics", "/problems/{code}"})
"""What needs no token."""


def validator(told: Mapping[str, Any], schema: Mapping[str, Any]) -> Draft202012Validator:
    """A validator of one schema of a document, its references resolved within the document."""
    registry: Registry[Any] = Registry().with_resource("doc:", Resource.from_contents(told, default_specification=DRAFT202012))
    return Draft202012Validator(absolute(schema), registry=registry, format_checker=FormatChecker())


def absolute(schema: Any) -> Any:
    """References to the document's components, as seen from a schema of its own."""
    if isinstance(schema, dict):
        return {k: f"doc:{v}" if k == "$ref" and isinstance(v, str) else absolute(v) for k, v in schema.items()}
    return [absolute(item) for item in schema] if isinstance(schema, list) else schema


def resolved(told: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that a reference leads to."""
    while "$ref" in schema:
        schema = told["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def examples(told: Mapping[str, Any], content: Mapping[str, Any]) -> list[Any]:
    """A media type's examples: its own, those of its schema, or for a list or page the schema's of its items."""
    if "example" in content:
        return [content["example"]]
    if "examples" in content:
        return [example["value"] for example in content["examples"].values()]
    schema = resolved(told, content.get("schema", {}))
    found: list[Any] = list(schema.get("examples", []))
    if found:
        return found
    items = schema.get("items") or schema.get("properties", {}).get("items", {}).get("items")
    if items:
        of_items = examples(told, {"schema": items})
        return [of_items] if schema.get("type") == "array" else [{"items": of_items, "next": None}]
    return []


def contents(operation: Operation) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(what, media type, content) of the body that an endpoint takes and of every answer that it documents."""
    for kind, content in operation.told.get("requestBody", {}).get("content", {}).items():
        yield "body", kind, content
    for status, answer in operation.told["responses"].items():
        for kind, content in answer.get("content", {}).items():
            yield status, kind, content


@ALL
def test_the_document_is_valid(package: str) -> None:
    validate(document(package))


@ALL
def test_every_json_has_an_example_and_it_is_true(package: str) -> None:
    told = document(package)
    wrong = []
    for operation in operations(told):
        for what, kind, content in contents(operation):
            is_json = kind == "application/json" or kind.endswith("+json")
            found = examples(told, content)
            if not found and (is_json or what == "body"):
                wrong.append(f"{operation} {what} {kind}: no example")
            checks = validator(told, content.get("schema", {}))
            wrong += [
                f"{operation} {what} {kind}: {error.json_path} {error.message[:120]}"
                for example in (found if is_json else ())
                for error in checks.iter_errors(example)
            ]
    assert not wrong, "\n".join(wrong)


@ALL
def test_every_example_of_a_schema_is_true(package: str) -> None:
    told = document(package)
    wrong = [
        f"{name}: {error.json_path} {error.message[:120]}"
        for name, schema in told["components"]["schemas"].items()
        for example in schema.get("examples", [])
        for error in validator(told, schema).iter_errors(example)
    ]
    assert not wrong, "\n".join(wrong)


@ALL
def test_every_endpoint_names_its_roles_or_is_open_on_purpose(package: str) -> None:
    known = {str(role) for role in Role}
    for operation in operations(document(package)):
        if operation.path in OPEN:
            assert operation.told["security"] == []
        else:
            assert set(operation.roles) <= known
            assert operation.roles, f"{operation} does not say who may"
            assert {"401", "403"} <= operation.told["responses"].keys()


@ALL
def test_what_staff_may_read_dashboard_and_admin_may_read(package: str) -> None:
    for operation in operations(document(package)):
        if operation.method == "get" and {"biller", "coder"} & set(operation.roles):
            assert {"dashboard", "admin"} <= set(operation.roles), str(operation)


@ALL
def test_every_endpoint_says_what_it_does(package: str) -> None:
    silent = [str(operation) for operation in operations(document(package)) if not operation.told.get("summary")]
    assert not silent
