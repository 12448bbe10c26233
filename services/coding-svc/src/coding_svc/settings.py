"""coding-svc's environment: the platform's part, and where the code sets are."""

from pathlib import Path

from pydantic import field_validator

from rcm.settings import PlatformSettings


class CodingSettings(PlatformSettings):
    """What a coding-svc process is told when it starts (names begin with RCM_)."""

    compiled_codes: Path | None = None
    """The code sets that the set-up compiled; unset: where it puts them, in the environment that runs us."""
    loaded_codes: Path | None = None
    """The lists that `rcm codes load` brought; need not exist. Unset: codesets.sqlite in the data folder."""

    @field_validator("compiled_codes", "loaded_codes", mode="before")
    @classmethod
    def _unnamed(cls, value: object) -> object:
        """An empty setting says nothing."""
        return None if value == "" else value
