"""HTTP in, one handler, HTTP out."""

from payments_svc.api import figures, ledger, remittances, tasks, unmatched

ROUTERS = (remittances.router, unmatched.router, tasks.router, ledger.router, figures.router)
