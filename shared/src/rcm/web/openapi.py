"""The OpenAPI document: who may, what it takes, what it answers, how it refuses; complete enough to write a client from.

Bodies are read by hand (that is what keeps them fast and lets refusals be ours), so an endpoint documents its own:

    @router.post("/v1/encounters", status_code=201, response_model=EncounterState, openapi_extra=json_body(EncounterIn))
    @router.post("/v1/remittances", status_code=201, openapi_extra=raw_body({"application/edi-x12": "ISA*00*..."}))
"""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel

from rcm.identity import Role
from rcm.web.auth import Allowed
from rcm.web.examples import complete_examples
from rcm.web.problems import MEDIA_TYPE, Problem

REF = "#/components/schemas/"
WRITING = ("post", "put", "patch", "delete")
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "A JWT (EdDSA or ES256) with the claims `org` (one organisation) and `role`",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Yours, new for each request: a request sent again with its key has one effect, and its answer is replayed",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
    "example": "0198f5d0-5c00-7000-8000-00000000f001",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of what was read: nobody overwrites a change that he has not seen",
    "schema": {"type": "string"},
    "example": '"3"',
}
REFUSALS: Mapping[int, tuple[str, str, str]] = {
    400: ("bad-request", "The request can't be read", "The address holds a NUL character"),
    401: ("unauthenticated", "A valid bearer token is needed", "The token has expired"),
    403: ("forbidden", "The token's role may not do this", "This is for biller; the token's role is ehr"),
    404: ("not-found", "There is no such thing here", "There is no such thing in this organisation"),
    409: ("conflict", "The state does not allow this", "A request with this Idempotency-Key is being worked on"),
    412: ("version-mismatch", "The thing has changed since it was read", "The thing has changed since it was read"),
    413: ("body-too-large", "The body is too large", "The body is larger than 33554432 bytes"),
    422: ("invalid-body", "The body can't be taken as it is", "The body does not have the expected form"),
    428: ("version-required", "If-Match is needed for a change", "If-Match is needed for a change"),
    503: ("unavailable", "Try again in a moment", "The database does not answer now"),
}


def json_body(model: type[BaseModel], *more: Mapping[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    """`openapi_extra` of an endpoint that reads `model` by hand; `more` are other bodies that it takes as well."""
    schema = model.model_json_schema(mode="validation", ref_template=REF + "{model}")
    extra: dict[str, Any] = {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}
    for other in more:
        extra["requestBody"]["content"].update(other["requestBody"]["content"])
    return extra


def raw_body(examples: Mapping[str, str]) -> dict[str, Any]:
    """`openapi_extra` of an endpoint that takes text of other kinds: an example by media type."""
    content = {kind: {"schema": {"type": "string"}, "example": example} for kind, example in examples.items()}
    return {"requestBody": {"required": True, "content": content}}


def object_body(media_type: str, example: Mapping[str, Any]) -> dict[str, Any]:
    """`openapi_extra` of an endpoint that takes JSON whose schema stands elsewhere (FHIR, a merge patch)."""
    return {
        "requestBody": {"required": True, "content": {media_type: {"schema": {"type": "object"}, "example": dict(example)}}}
    }


def versioned(extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """`openapi_extra` of an endpoint that calls `required_version`: `versioned(json_body(Change))`."""
    return {**(extra or {}), "parameters": [*(extra or {}).get("parameters", ()), IF_MATCH]}


def install(app: FastAPI) -> None:
    """Makes `app.openapi` ours."""
    made: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not made:
            made.update(document(app))
        return made

    app.openapi = openapi  # type: ignore[method-assign]


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document of an app."""
    found = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    schemas: dict[str, Any] = found.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template=REF + "{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    found["components"]["securitySchemes"] = {"bearer": BEARER}
    for path, method, allowed in endpoints(app):
        operation = found["paths"][path][method]
        _hoist(operation, schemas)
        _tell_roles(operation, method, allowed)
        _tell_refusals(operation, path, method, allowed)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    complete_examples(found)
    return found


def endpoints(app: FastAPI) -> Iterator[tuple[str, str, Allowed | None]]:
    """(path, method in lower case, who may) of every documented endpoint."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.include_in_schema:
            allowed = next((d.call for d in route.dependant.dependencies if isinstance(d.call, Allowed)), None)
            for method in sorted(context.methods or ()):
                yield str(context.path_format), method.lower(), allowed


def _hoist(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Moves what a hand-read body's schema defines inside itself to the components, under names that are free."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = content.get("schema", {})
        definitions: dict[str, Any] = schema.pop("$defs", {})
        names = {}
        if "title" in schema and "properties" in schema:
            definitions[schema["title"]] = dict(schema)
        for name, definition in definitions.items():
            same = schemas.get(name) in (None, definition)
            names[name] = name if same else f"{name}Input"
        for name, definition in definitions.items():
            schemas[names[name]] = _renamed(definition, names)
        if "title" in schema and "properties" in schema:
            content["schema"] = {"$ref": REF + names[schema["title"]]}
        elif names:
            content["schema"] = _renamed(schema, names)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The schema with its references changed to `names`."""
    if isinstance(value, dict):
        return {
            key: REF + names.get(inner.removeprefix(REF), inner.removeprefix(REF))
            if key == "$ref" and isinstance(inner, str)
            else _renamed(inner, names)
            for key, inner in value.items()
        }
    return [_renamed(item, names) for item in value] if isinstance(value, list) else value


def _tell_roles(operation: dict[str, Any], method: str, allowed: Allowed | None) -> None:
    if allowed is None:
        operation["security"] = []
        return
    operation["security"] = [{"bearer": []}]
    roles = [str(role) for role in Role if role in allowed.serves(method.upper())]
    operation["x-roles"] = roles
    told = f"For {', '.join(roles)}{' of the operating organisation' if allowed.operator else ''}."
    operation["description"] = f"{operation['description'].rstrip()}\n\n{told}" if operation.get("description") else told


def _tell_refusals(operation: dict[str, Any], path: str, method: str, allowed: Allowed | None) -> None:
    """The statuses that every endpoint of this kind may answer, beside those that it names itself."""
    responses: dict[str, Any] = operation["responses"]
    statuses = {400, 422} if operation.get("parameters") or operation.get("requestBody") else set()
    if allowed is not None:
        statuses |= {401, 403, 503}
    if "{" in path:
        statuses |= {404}
    if method in WRITING and allowed is not None:
        parameters = operation.setdefault("parameters", [])
        if not any(parameter.get("name") == "Idempotency-Key" for parameter in parameters):
            parameters.append(IDEMPOTENCY_KEY)
        statuses |= {409, 413, 422}
    if any(parameter.get("name", "").lower() == "if-match" for parameter in operation.get("parameters", ())):
        statuses |= {412, 428}
    if not statuses & {422} and "422" in responses:
        del responses["422"]
    for status in sorted(statuses | {int(code) for code in responses if code.isdigit() and int(code) >= 400}):
        told = responses.get(str(status), {})
        if MEDIA_TYPE not in told.get("content", {}) and not _of_its_own(status, told):
            responses[str(status)] = _refusal(status, told.get("description"))


def _of_its_own(status: int, told: Mapping[str, Any]) -> bool:
    """True where the endpoint itself documents this refusal's content (an OperationOutcome, an ACK); FastAPI's 422 is none."""
    content = told.get("content", {})
    return bool(content) and not (status == 422 and "HTTPValidationError" in str(content))


def _refusal(status: int, description: str | None) -> dict[str, Any]:
    code, title, detail = REFUSALS.get(status, (f"http-{status}", "The request was refused", "The request was refused"))
    example = {
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "retryable": status == 503,
        "errors": [],
    }
    own = description if description and description != "Validation Error" else title
    return {"description": own, "content": {MEDIA_TYPE: {"schema": {"$ref": REF + "Problem"}, "example": example}}}
