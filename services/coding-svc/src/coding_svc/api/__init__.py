"""HTTP in, one handler, HTTP out."""

from coding_svc.api import encounters, figures, raw_inputs

ROUTERS = (encounters.router, raw_inputs.router, figures.router)
