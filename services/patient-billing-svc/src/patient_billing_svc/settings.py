"""What the environment says: the timing of statements."""

from datetime import timedelta

from pydantic import Field

from patient_billing_svc.domain.cycle import StatementPolicy
from rcm.settings import PlatformSettings


class PatientBillingSettings(PlatformSettings):
    """The platform's settings and the timing of statements."""

    statement_grace_hours: float = Field(24, ge=0, description="How long a new responsibility rests before it is billed.")
    statement_interval_days: float = Field(30, gt=0, description="The least time between two statements of an account.")
    statement_term_days: float = Field(30, ge=0, description="From a statement's issue to the day its payment is due.")

    @property
    def policy(self) -> StatementPolicy:
        return StatementPolicy(
            grace=timedelta(hours=self.statement_grace_hours),
            interval=timedelta(days=self.statement_interval_days),
            term=timedelta(days=self.statement_term_days),
        )
