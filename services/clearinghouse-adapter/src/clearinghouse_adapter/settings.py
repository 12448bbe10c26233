"""The adapter's environment."""

from pathlib import Path
from uuid import UUID

from pydantic import Field, field_validator

from rcm.settings import PlatformSettings


class AdapterSettings(PlatformSettings):
    """The platform's settings, whom the adapter serves, and where it carries files to and from."""

    port: int = 8105
    claims_url: str = "http://127.0.0.1:8102"
    payments_url: str = "http://127.0.0.1:8103"
    organisation_id: UUID | None = None
    """The one organisation of a local system; in production `accounts` names several."""
    mailbox: Path = Path(".rcm/mailbox")
    """That organisation's mailbox: inbound/ (to the payer) and outbound/ (from the payer)."""
    keys: Path | None = None
    """A folder with a signing key, to issue the adapter's own short tokens locally."""
    accounts: Path | None = None
    """A JSON file: [{"organisation_id", "mailbox", "token_file"}], one for each organisation."""
    poll_seconds: float = Field(0.1, gt=0)
    """How often mailboxes are looked into."""

    @field_validator("organisation_id", "keys", "accounts", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        """An empty variable says nothing: a path must not become the folder that we happen to stand in."""
        return None if value == "" else value
