"""The sandbox payer's environment."""

from pathlib import Path

from pydantic import Field

from rcm.settings import PlatformSettings


class SandboxSettings(PlatformSettings):
    """The platform's settings, and where the sandbox lives."""

    port: int = 8106
    mailbox: Path = Path(".rcm/mailbox")
    """The folder shared with the adapter: inbound/ and outbound/."""
    sandbox_folder: Path = Path(".rcm/sandbox")
    """The sandbox's own memory."""
    sandbox_day_seconds: float = Field(86_400, gt=0)
    """How long one day of waiting for an answer takes."""
    sandbox_poll_seconds: float = Field(0.05, gt=0)
    """How often it looks into its mailbox."""
