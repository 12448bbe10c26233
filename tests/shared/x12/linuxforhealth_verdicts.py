"""Runs within the judge's own environment: for each path on standard input one line of JSON, the errors that it finds."""

import json
import sys

from linuxforhealth.x12.io import X12ModelReader  # type: ignore[import-not-found] # in the judge's environment alone
from pydantic import ValidationError


def errors_of(path: str) -> list[str]:
    """Everything that the models complain of: the place, and what is wrong."""
    try:
        with open(path) as file, X12ModelReader(file.read()) as reader:
            list(reader.models())
    except ValidationError as error:
        found = []
        for one in error.errors():
            place = ".".join(str(part) for part in one["loc"] if isinstance(part, str))
            found.append(f"{place}: {one['msg']}")
        return sorted(set(found))
    except Exception as error:  # the judge's own crash is a verdict too
        return [repr(error)]
    return []


for line in sys.stdin:
    sys.stdout.write(json.dumps(errors_of(line.strip())) + "\n")
