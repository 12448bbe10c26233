"""HTTP in, one handler, HTTP out."""

from coding_svc.api import encounters, figures, grouping, raw_inputs, suggestions

ROUTERS = (encounters.router, suggestions.router, grouping.router, raw_inputs.router, figures.router)
