"""HTTP in, one handler, HTTP out."""

from patient_billing_svc.api import accounts, figures, statements

ROUTERS = (accounts.router, statements.router, figures.router)
