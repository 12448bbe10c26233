"""The composition root: everything this service is, and nothing decided."""

from datetime import timedelta
from pathlib import Path

from patient_billing_svc.api import ROUTERS
from patient_billing_svc.consumers import subscriptions
from patient_billing_svc.handlers.figures import fold_tally
from patient_billing_svc.handlers.statements import issue_due_statements
from patient_billing_svc.settings import PatientBillingSettings as Settings
from rcm.hosting import run_alone
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.service import Periodic, Service

__all__ = ["Settings", "build"]

FOLD_EVERY = timedelta(seconds=5)


def build(settings: Settings) -> Service:
    """The service as the platform runs it."""
    policy = settings.policy

    async def statement_cycle(unit: UnitOfWork) -> bool:
        return (await issue_due_statements(unit, policy))[1]

    return Service(
        name="patient-billing-svc",
        title="Patient billing",
        topic="rcm.patient-accounts",
        routers=ROUTERS,
        migrations=Path(__file__).parent / "migrations",
        subscriptions=subscriptions(policy),
        periodics=[
            Periodic("statement cycle", timedelta(seconds=1), statement_cycle),
            Periodic("fold tally", FOLD_EVERY, fold_tally),
        ],
        context=policy,
        description="The patient's account: what is owed after all payers, statements, and payments as they were taken.",
        tags=[
            {"name": "accounts", "description": "A guarantor's account in this organisation"},
            {"name": "statements", "description": "Bills as they were issued, and the cycle that issues them"},
            {"name": "figures", "description": "Sums, and each encounter's figures to be compared with the ledger"},
        ],
    )


if __name__ == "__main__":
    run_alone(build, Settings())
