"""What the environment says: where the services are, whose tickets are taken, how long a session lives."""

from datetime import timedelta

from pydantic import Field

from rcm.settings import PlatformSettings


class ConsoleSettings(PlatformSettings):
    """The platform's settings (host, port, JWKS) and the console's own. It has no database."""

    coding_url: str = Field("http://127.0.0.1:8101", description="coding-svc")
    claims_url: str = Field("http://127.0.0.1:8102", description="claims-svc")
    payments_url: str = Field("http://127.0.0.1:8103", description="payments-svc")
    patient_billing_url: str = Field("http://127.0.0.1:8104", description="patient-billing-svc")
    console_keys: str = Field(
        "", description="Folder with signing-key.pem: makes the signed-in person's tokens; for one machine"
    )
    console_secure_cookies: bool = Field(False, description="True behind HTTPS: cookies go over HTTPS only")
    console_session_hours: float = Field(12, gt=0, description="A session's longest life")
    console_idle_minutes: float = Field(120, gt=0, description="A session ends when it was not used for so long")

    @property
    def session_life(self) -> timedelta:
        return timedelta(hours=self.console_session_hours)

    @property
    def session_idle(self) -> timedelta:
        return timedelta(minutes=self.console_idle_minutes)
