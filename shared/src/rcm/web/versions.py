"""ETag and If-Match: nobody overwrites a change that he has not seen.

version = required_version(request)                       # 428 without If-Match
...in the handler, with the stored row: check_version(version, row["version"])   # 412
Answer(view, headers=etag(row["version"]))
"""

import re

from fastapi import Request

from rcm.errors import Fault, InvalidBody, VersionMismatch, VersionRequired

_TAG = re.compile(r'^(?:W/)?"(\d{1,18})"$')
ANY = -1
"""What `required_version` answers for `If-Match: *`."""


def etag(version: int) -> dict[str, str]:
    """The header of a thing's version."""
    return {"ETag": f'"{version}"'}


def required_version(request: Request) -> int:
    """The version that the caller has read. Raises VersionRequired without If-Match, InvalidBody where it can't be read."""
    given = request.headers.get("if-match")
    if given is None:
        fault = Fault("If-Match:", "missing", "The header is missing", "Read the thing, and send its ETag as If-Match.")
        raise VersionRequired(faults=[fault])
    if given.strip() == "*":
        return ANY
    found = _TAG.match(given.strip())
    if found is None:
        fault = Fault("If-Match:", "etag", "This is not an ETag of ours", 'Send the ETag as it was answered, e.g. "3".')
        raise InvalidBody("If-Match can't be read", faults=[fault])
    return int(found[1])


def check_version(wanted: int, stored: int) -> None:
    """Raises VersionMismatch where the thing has another version than the caller read."""
    if wanted not in (ANY, stored):
        fault = Fault("If-Match:", "version-mismatch", f"The thing is at version {stored}", "Read it again, then change it.")
        raise VersionMismatch(faults=[fault])
