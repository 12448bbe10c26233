"""X12 made readable: the segments of one claim, each with what it says in our own words."""
