"""Named places where a process can be made to die, so that tests prove what a crash there leaves behind.

RCM_CRASH_POINT=relay.after_publish kills the process (as SIGKILL would: no cleanup) the first time it gets there,
RCM_CRASH_POINT=relay.after_publish:3 the third time.
"""

import os

POINTS = (
    "edge.before_commit",
    "edge.after_commit",
    "relay.before_publish",
    "relay.after_publish",
    "relay.before_cursor",
    "relay.after_cursor",
    "consumer.before_commit",
    "consumer.after_commit",
    "consumer.before_offset",
    "consumer.after_offset",
)
EXIT_CODE = 86


class _Armed:
    name = ""
    left = 0


def arm(setting: str) -> None:
    """Arms one point: `name` or `name:count`; an empty text disarms. Raises ValueError for a name that does not exist."""
    name, _, count = setting.partition(":")
    if name and name not in POINTS:
        raise ValueError(f"no crash point {name!r}; there are {', '.join(POINTS)}")
    _Armed.name, _Armed.left = name, int(count or 1)


def reach(name: str) -> None:
    """Dies here where this point is armed."""
    if _Armed.name == name:
        _Armed.left -= 1
        if _Armed.left == 0:
            os._exit(EXIT_CODE)


arm(os.environ.get("RCM_CRASH_POINT", ""))
