"""Bad input at every door of the running system: a named refusal that says where, never a 5xx."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import orjson
import pytest

from tests.conformance.subjects import Operation
from tests.conformance.walk import NOBODYS_ID, PARAMETER, Known, Walker, example_body

BODIES: Mapping[str, bytes] = {
    "nothing": b"",
    "cut": b'{"a": [1, ',
    "no JSON": b"<xml/>",
    "latin 1": b'{"name": "M\xfcller"}',
    "binary": bytes(range(256)),
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "NUL": b'{"name": "a\\u0000b", "reason": "\\u0000"}',
    "lone surrogate": b'{"name": "\\ud800", "reason": "\\ud800"}',
    "a list": b"[]",
    "null": b"null",
    "deep": b"[" * 5_000,
    "BOM alone": b"\xef\xbb\xbf",
    "HL7 cut": b"MSH|^~\\&|A|B\rPID|1",
    "X12 cut": b"ISA*00*          *00*          *ZZ*SBX            *ZZ*RCM            *2509",
}
VALUES: tuple[Any, ...] = (
    None,
    -1,
    2**70,
    "x" * 20_000,
    "\x00",
    "2025-13-45",
    [],
    {},
    True,
    1.5,
    "NaN",
    "'; drop table claim; --",
)
QUERIES = ("", "%FF", "%00", "x" * 600, "-1", "9" * 40, "é", "null", "2025-13-45")
PER_LEAF = 4
"""So many of the values stand in for each leaf, in turn."""


OF_ITS_OWN = ("application/fhir+json", "application/hl7-v2", "x-application/hl7-v2")
"""An OperationOutcome or an ACK refuses in its own form."""


def unknown(answer: httpx.Response) -> str:
    """What is wrong with an answer to bad input; nothing where it is as it should be."""
    kind = answer.headers.get("content-type", "")
    told = ""
    if answer.status_code >= 500:
        told = "a defect"
    elif answer.status_code >= 400 and kind.startswith("application/problem+json"):
        problem = answer.json()
        if not problem["code"] or not problem["detail"]:
            told = "says too little"
        elif answer.status_code == 422 and not (problem["errors"] and all(error["message"] for error in problem["errors"])):
            told = "does not say where or why"
        elif answer.status_code == 422 and not all(error["fix"] for error in problem["errors"]):
            told = "does not say how to mend it"
    elif answer.status_code >= 400 and not kind.startswith(OF_ITS_OWN):
        told = f"is no problem+json: {kind}"
    return f"{answer.status_code} {told}: {answer.text[:400]}" if told else ""


def leaves(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of everything in an example that holds no more."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    inner = list(items)
    if not inner:
        yield at
    for name, item in inner:
        yield from leaves(item, (*at, name))


def spoiled(example: Any) -> Iterator[bytes]:
    """The example with each leaf spoiled, with each field left out, with a field too many."""
    for number, place in enumerate(leaves(example)):
        if not place:
            continue
        for step in range(PER_LEAF):
            value = VALUES[(number * PER_LEAF + step) % len(VALUES)]
            yield (
                orjson.dumps(changed(example, place, value)) if value != 2**70 else b'{"charge_cents": 1180591620717411303424}'
            )
        yield orjson.dumps(changed(example, place, ...))
    if isinstance(example, dict):
        yield orjson.dumps({**example, "nobody_knows_this": 1})


def changed(example: Any, place: tuple[Any, ...], value: Any) -> Any:
    made = copy.deepcopy(example)
    holder = made
    for step in place[:-1]:
        holder = holder[step]
    if value is ...:
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    return made


def doors(walker: Walker) -> Iterator[tuple[str, Operation]]:
    """All but those that open without an end, or move the whole system's clock."""
    for place, operation in walker.doors():
        if "stream" not in operation.path and "/admin/" not in operation.path:
            yield place, operation


async def call(
    walker: Walker, place: str, operation: Operation, path: str, body: bytes | None = None, kind: str = ""
) -> httpx.Response:
    role = operation.roles[0]
    headers = {"Authorization": f"Bearer {walker.token(walker.running.organisation_id, role)}", "If-Match": "*"}
    if kind:
        headers["Content-Type"] = kind
    url = walker.running.urls[place] + path
    return await walker.client.request(operation.method, url, content=body, headers=headers)


async def test_bodies_that_are_none(walker: Walker, known: Known) -> None:
    wrong = []
    for place, operation in doors(walker):
        for kind in operation.told.get("requestBody", {}).get("content", {}):
            for name, body in BODIES.items():
                answer = await call(walker, place, operation, known.path(operation)[0], body, kind)
                if told := unknown(answer):
                    wrong.append(f"{place} {operation} {kind}, {name}: {told}")
                if (
                    name in ("cut", "no JSON", "binary")
                    and "json" in kind
                    and "ndjson" not in kind
                    and answer.status_code < 400
                ):
                    wrong.append(f"{place} {operation} {kind}, {name}: taken with {answer.status_code}")
    assert not wrong, "\n".join(wrong)


async def test_bodies_with_one_thing_wrong(walker: Walker, known: Known) -> None:
    wrong = []
    for place, operation in doors(walker):
        body, kind = example_body(walker.documents[place], operation)
        if body is None or "json" not in kind or "ndjson" in kind:
            continue
        for spoiled_body in spoiled(orjson.loads(body)):
            answer = await call(walker, place, operation, known.path(operation)[0], spoiled_body, kind)
            if told := unknown(answer):
                wrong.append(f"{place} {operation} {spoiled_body[:150]!r}: {told}")
    assert not wrong, "\n".join(wrong[:40])


async def test_a_content_type_that_nobody_reads_is_a_415(walker: Walker, known: Known) -> None:
    wrong = []
    for place, operation in doors(walker):
        body, _ = example_body(walker.documents[place], operation)
        if body is not None and len(operation.told["requestBody"]["content"]) > 1:
            answer = await call(walker, place, operation, known.path(operation)[0], body, "text/html")
            if answer.status_code != 415:
                wrong.append(f"{place} {operation}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("text", QUERIES)
async def test_queries_and_paths_that_are_nonsense(walker: Walker, known: Known, text: str) -> None:
    wrong = []
    for place, operation in doors(walker):
        names = [p["name"] for p in operation.told.get("parameters", ()) if p["in"] == "query"]
        plain = known.path(operation)[0].partition("?")[0]
        paths = [f"{plain}?{name}={text}" for name in names]
        if "{" in operation.path and text:
            paths.append(PARAMETER.sub(text, operation.path))
            paths.append(PARAMETER.sub(NOBODYS_ID, operation.path))
        for path in paths:
            body, kind = example_body(walker.documents[place], operation)
            answer = await call(walker, place, operation, path, body, kind)
            if told := unknown(answer):
                wrong.append(f"{place} {operation.method} {path[:150]}: {told}")
    assert not wrong, "\n".join(wrong[:40])
