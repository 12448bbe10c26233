"""Examples as they really come: an answer carries every field, also one that is null or has its default.

FastAPI drops every null of the document, those of the examples too; here they come back.
"""

from collections.abc import Mapping
from typing import Any


def complete_examples(document: Mapping[str, Any]) -> None:
    """Fills what is required and has a default into every schema's examples, at any depth, in place."""
    schemas: Mapping[str, Any] = document["components"]["schemas"]
    for schema in schemas.values():
        if "examples" in schema:
            schema["examples"] = [_completed(schemas, schema, example) for example in schema["examples"]]


def _completed(schemas: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> Any:
    schema = _resolved(schemas, schema, value)
    if isinstance(value, list) and "items" in schema:
        return [_completed(schemas, schema["items"], item) for item in value]
    if not isinstance(value, dict) or "properties" not in schema:
        return value
    properties: Mapping[str, Any] = schema["properties"]
    missing = {
        name: properties[name].get("default")
        for name in schema.get("required", ())
        if name not in value and _may_be_left_out(properties.get(name, {}))
    }
    known = {name: _completed(schemas, properties[name], item) if name in properties else item for name, item in value.items()}
    return {**known, **missing}


def _may_be_left_out(schema: Mapping[str, Any]) -> bool:
    return "default" in schema or {"type": "null"} in schema.get("anyOf", ())


def _resolved(schemas: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
    """The schema that a reference leads to; of alternatives the first that is of the value's kind."""
    if "$ref" in schema:
        return _resolved(schemas, schemas[schema["$ref"].rpartition("/")[2]], value)
    kind = "object" if isinstance(value, dict) else "array"
    for alternative in schema.get("anyOf", ()) if isinstance(value, dict | list) else ():
        found = _resolved(schemas, alternative, value)
        if found.get("type") == kind:
            return found
    return schema
