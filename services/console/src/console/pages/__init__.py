"""The pages, one file per thing that staff look at."""

from console.pages import accounts, claims, encounters, flow, remittances, session, statements, tasks

ROUTERS = (
    session.router,
    flow.router,
    encounters.router,
    tasks.router,
    claims.router,
    remittances.router,
    statements.router,
    accounts.router,
)
