"""What all views share: their examples, and ids to use in them."""

from typing import Any

from pydantic import ConfigDict

CLAIM_ID = "0198f5d0-5c00-7000-8000-0000000000c1"
ENCOUNTER_ID = "0198f5d0-5c00-7000-8000-0000000000e1"
SUBMISSION_ID = "0198f5d0-5c00-7000-8000-0000000000f1"
ACKNOWLEDGEMENT_ID = "0198f5d0-5c00-7000-8000-0000000000d1"
TASK_ID = "0198f5d0-5c00-7000-8000-0000000000a1"
NPI = r"^[12][0-9]{9}$"
TEXT = r"^[^\x00-\x1f\x7f]*$"
"""No control characters."""


def shown(example: dict[str, Any]) -> ConfigDict:
    """The configuration of what is answered."""
    return ConfigDict(frozen=True, extra="ignore", json_schema_extra={"examples": [example]})


def taken(example: dict[str, Any]) -> ConfigDict:
    """The configuration of a body: unknown fields are refused."""
    return ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [example]})
