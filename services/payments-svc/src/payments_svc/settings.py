"""What the environment says: nothing beside the platform's settings."""

from rcm.settings import PlatformSettings


class PaymentsSettings(PlatformSettings):
    """Settings of payments-svc."""
