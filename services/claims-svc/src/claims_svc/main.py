"""The composition root: everything this service is, and nothing decided."""

from datetime import timedelta
from pathlib import Path

from claims_svc.api import ROUTERS
from claims_svc.consumers import subscriptions
from claims_svc.handlers.context import Context
from claims_svc.handlers.editing import recheck
from claims_svc.handlers.submissions import cut_due_files
from claims_svc.settings import ClaimsSettings
from rcm.hosting import run_alone
from rcm.identity import Role
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.service import Periodic, Service

Settings = ClaimsSettings
LOOK_EVERY = timedelta(milliseconds=250)
RECHECK_EVERY = timedelta(milliseconds=500)


def build(settings: ClaimsSettings) -> Service:
    """The service as the platform runs it."""
    context = Context(policy=settings.policy)

    async def cut_files(unit: UnitOfWork) -> bool:
        return await cut_due_files(unit, context.setups, context.contents, context.policy)

    async def recheck_claims(unit: UnitOfWork) -> bool:
        return await recheck(unit, context.setups)

    return Service(
        name="claims-svc",
        title="Claims",
        topic="rcm.claims",
        routers=ROUTERS,
        migrations=Path(__file__).parent / "migrations",
        subscriptions=subscriptions(context),
        periodics=[Periodic("recheck claims", RECHECK_EVERY, recheck_claims), Periodic("cut files", LOOK_EVERY, cut_files)],
        readers=(Role.ADAPTER, Role.BILLER),
        context=context,
        description="Claims from coded encounter to adjudication: set-up, edits, 837P, acknowledgements, who is asked next.",
        tags=[
            {"name": "set-up", "description": "The organisation, its payers, receivers, billing providers and enrolments"},
            {"name": "claims", "description": "Claims, their corrections and timelines, and the catalogue of edits"},
            {"name": "submissions", "description": "Files of claims, and their transmissions"},
            {"name": "acknowledgements", "description": "TA1, 999 and 277CA as they come back"},
            {"name": "tasks", "description": "Work for people: denials, replacements, cancellations"},
            {"name": "figures", "description": "Counts, and each claim's figures to be compared with the ledger"},
        ],
    )


if __name__ == "__main__":
    run_alone(build, ClaimsSettings())
