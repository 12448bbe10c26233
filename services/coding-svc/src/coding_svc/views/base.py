"""What all views share."""

from typing import Any

from pydantic import ConfigDict

ENCOUNTER_ID = "0198f5d0-5c00-7000-8000-0000000000e1"
RAW_INPUT_ID = "0198f5d0-5c00-7000-8000-0000000000f1"
SUGGESTION_ID = "0198f5d0-5c00-7000-8000-0000000000a1"
INSTANT = "2026-03-02T15:04:05Z"


def example(values: dict[str, Any]) -> ConfigDict:
    """A model's configuration: an example for OpenAPI."""
    return ConfigDict(json_schema_extra={"examples": [values]})


def taken(values: dict[str, Any]) -> ConfigDict:
    """The configuration of a body: unknown fields are refused."""
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [values]})
