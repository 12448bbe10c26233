"""HTTP in, one handler, HTTP out."""

from coding_svc.api import codes, encounters, figures, grouping, raw_inputs, suggestions

ROUTERS = (encounters.router, suggestions.router, grouping.router, raw_inputs.router, codes.router, figures.router)
