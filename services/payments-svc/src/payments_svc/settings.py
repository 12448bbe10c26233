"""What the environment says: how long a remittance waits for its claims."""

from pydantic import Field

from rcm.settings import PlatformSettings


class PaymentsSettings(PlatformSettings):
    """The platform's settings and the patience with remittances that come too early."""

    remittance_wait_seconds: float = Field(
        1, ge=0, le=5, description="A file with unknown claims waits while claims are heard of, and so long after the last one."
    )
