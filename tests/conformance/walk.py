"""A whole system with one organisation's data in it, and what a walker needs to try every door of it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import orjson

from rcm.identity import Role
from rcm.tokens import SigningKey, issue_token
from rcm_deploy.remote import Running
from tests.conformance.subjects import Operation, operations

PLACES = ("coding", "claims", "payments", "patient-billing", "adapter")
ENCOUNTERS = 40
STRANGER = UUID("0198f5d0-5c00-7000-8000-0000000000bb")
NOBODYS_ID = "0198f5d0-5c00-7000-8000-00000000dead"
SECRET_KEYS = frozenset({"last_name", "first_name", "member_id", "external_id", "line1", "patient_control_number", "name"})
"""Fields whose values tell of the practice and its patients."""
SECRET_LENGTH_MIN = 6
"""A shorter value may stand anywhere by chance."""
PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass
class Known:
    """What the first organisation has, as its own administrator sees it."""

    values: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By field name: what may stand in a path."""
    secrets: set[str] = field(default_factory=set)
    """What no stranger may be shown."""

    def learn(self, value: Any, key: str = "") -> None:
        """Takes in an answer, at any depth."""
        if isinstance(value, Mapping):
            for name, item in value.items():
                self.learn(item, name)
        elif isinstance(value, list):
            for item in value:
                self.learn(item, key)
        elif isinstance(value, str) and value:
            if value not in self.values[key]:
                self.values[key].append(value)
            if (key.endswith("_id") or key in SECRET_KEYS) and key != "edit_id" and len(value) >= SECRET_LENGTH_MIN:
                self.secrets.add(value)

    def path(self, operation: Operation, choice: int = 0) -> tuple[str, bool]:
        """The operation's path with this organisation's own values, and whether each value is a real one.

        What belongs to no organisation (a code of a public code set) is the document's own example, as is a query it requires.
        """
        real = True
        told = {each["name"]: example for each in operation.told.get("parameters", []) if (example := example_of(each))}

        def fill(found: re.Match[str]) -> str:
            nonlocal real
            values = [told[found[1]]] if found[1] in told else self.values.get(found[1], [])
            real = real and bool(values)
            return values[choice % len(values)] if values else NOBODYS_ID

        required = {
            each["name"]: told[each["name"]]
            for each in operation.told.get("parameters", [])
            if each["in"] == "query" and each["required"]
        }
        return PARAMETER.sub(fill, operation.path) + (f"?{urlencode(required)}" if required else ""), real


@dataclass
class Walker:
    """Calls every endpoint of a running system with whatever token it is told."""

    running: Running
    key: SigningKey
    client: httpx.AsyncClient
    documents: Mapping[str, Mapping[str, Any]]

    def doors(self) -> Iterator[tuple[str, Operation]]:
        """Every endpoint that wants a token: (place, operation)."""
        for place, document in self.documents.items():
            for operation in operations(dict(document)):
                if operation.roles:
                    yield place, operation

    def token(self, organisation: UUID, role: str) -> str:
        """A good token."""
        return issue_token(self.key, organisation_id=organisation, role=Role(role))

    async def call(self, place: str, operation: Operation, path: str, token: str | None) -> tuple[int, str]:
        """Status and text; of a stream only its beginning."""
        headers = {"If-Match": "*", **({"Authorization": f"Bearer {token}"} if token else {})}
        content, kind = example_body(self.documents[place], operation)
        if kind:
            headers["Content-Type"] = kind
        url = self.running.urls[place] + path
        async with self.client.stream(operation.method.upper(), url, headers=headers, content=content) as response:
            if response.headers.get("content-type", "").startswith("text/event-stream"):
                return response.status_code, (await anext(response.aiter_bytes())).decode()
            return response.status_code, (await response.aread()).decode("utf-8", "replace")


def example_body(document: Mapping[str, Any], operation: Operation) -> tuple[bytes | None, str]:
    """The first body that the document shows for an endpoint, and its media type."""
    for kind, content in operation.told.get("requestBody", {}).get("content", {}).items():
        schema = content.get("schema", {})
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        values: Iterable[Any] = [
            *([content["example"]] if "example" in content else []),
            *(example["value"] for example in content.get("examples", {}).values()),
            *schema.get("examples", []),
        ]
        for value in values:
            return (value.encode() if isinstance(value, str) else orjson.dumps(value)), kind
    return None, ""


def example_of(parameter: Mapping[str, Any]) -> str:
    """The first example of a parameter, empty where the document shows none."""
    return next(iter(parameter.get("schema", {}).get("examples", [])), "")


def parsed(text: str) -> Any:
    """JSON."""
    return orjson.loads(text)


async def own(walker: Walker, place: str, operation: Operation, path: str) -> tuple[int, str]:
    """The call of the organisation's own administrator, or of the first who may."""
    role = "admin" if "admin" in operation.roles else operation.roles[0]
    return await walker.call(place, operation, path, walker.token(walker.running.organisation_id, role))
