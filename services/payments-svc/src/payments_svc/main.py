"""The composition root: everything this service is, and nothing decided."""

from datetime import timedelta
from pathlib import Path

from payments_svc.api import ROUTERS
from payments_svc.consumers import subscriptions
from payments_svc.handlers.arrivals import WaitingRoom
from payments_svc.handlers.patient_payments import apply_again
from payments_svc.handlers.posting import MATCH_AGAIN
from payments_svc.handlers.responsibility import APPLY_AGAIN
from payments_svc.handlers.submissions import match_again
from payments_svc.settings import PaymentsSettings as Settings
from rcm.hosting import run_alone
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.service import Periodic, Service

__all__ = ["Settings", "build"]

AGAIN_EVERY = timedelta(seconds=5)
"""Both of two that missed each other wake it when they have committed, in the process that they run in; this is for two."""


def build(settings: Settings) -> Service:
    """The service as the platform runs it."""
    room = WaitingRoom(settings.remittance_wait_seconds)

    async def match(unit: UnitOfWork) -> bool:
        await room.look(unit)
        return await match_again(unit)

    return Service(
        name="payments-svc",
        title="Payments",
        topic="rcm.payments",
        routers=ROUTERS,
        migrations=Path(__file__).parent / "migrations",
        subscriptions=subscriptions(room),
        periodics=[Periodic(MATCH_AGAIN, AGAIN_EVERY, match), Periodic(APPLY_AGAIN, AGAIN_EVERY, apply_again)],
        context=room,
        description="The ledger of all money: charges, remittances (835), what patients owe, and where their payments went.",
        tags=[
            {"name": "remittances", "description": "Checks as 835 files told them, and quarantine"},
            {"name": "unmatched", "description": "CLPs that wait with their payment in suspense"},
            {"name": "tasks", "description": "What a person should look at"},
            {"name": "ledger", "description": "Double entry, append-only"},
            {"name": "figures", "description": "Sums, and the proofs that they are right"},
        ],
    )


if __name__ == "__main__":
    run_alone(build, Settings())
