"""HTTP in, one handler, HTTP out: the app that every service gets, with its refusals, keys, pages, audit and health."""
