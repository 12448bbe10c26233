"""HTTP in, one handler, HTTP out."""

from claims_svc.api import (
    acknowledgements,
    billing_providers,
    claims,
    edits,
    enrolments,
    figures,
    organisation,
    payers,
    receivers,
    submissions,
    tasks,
)

ROUTERS = (
    organisation.router,
    receivers.router,
    payers.router,
    billing_providers.router,
    enrolments.router,
    claims.router,
    edits.router,
    submissions.router,
    acknowledgements.router,
    tasks.router,
    figures.router,
)
