"""What the environment says: when files are cut."""

from datetime import timedelta

from pydantic import Field

from claims_svc.handlers.submissions import CutPolicy
from rcm.settings import PlatformSettings


class ClaimsSettings(PlatformSettings):
    """The platform's settings and the cutting of files."""

    submission_seconds: float = Field(2.0, ge=0, description="A claim waits no longer for others to share its file.")
    submission_claims_wanted: int = Field(500, ge=1, description="So many waiting claims are a file at once.")
    submission_claims_max: int = Field(5_000, ge=1, le=5_000, description="The largest file; X12 allows 5,000 claims.")

    @property
    def policy(self) -> CutPolicy:
        return CutPolicy(
            claims_wanted=self.submission_claims_wanted,
            oldest=timedelta(seconds=self.submission_seconds),
            claims_max=self.submission_claims_max,
        )
