"""coding-svc's environment: the platform's part alone."""

from rcm.settings import PlatformSettings


class CodingSettings(PlatformSettings):
    """What a coding-svc process is told when it starts (names begin with RCM_)."""
