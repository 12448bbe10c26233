"""Free ports of the loopback: chosen now, listened on seconds later, and again when a system has died and comes back."""

import fcntl
import os
import random
import socket
import tempfile
from itertools import chain, islice
from pathlib import Path
from typing import IO

FIRST, LAST = 20_000, 32_000
"""Below those that Linux hands to whoever connects or names no port (from 32768): nobody is given one of these by chance."""


def free_ports(count: int) -> list[int]:
    """So many different ports that nobody listens on now.

    All processes of a user are given them in turn, so that none is given one that another has chosen and not yet taken, or
    that a killed system wants again. Where no file can keep whose turn it is, chance begins.
    """
    with _turn() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        kept = turn.read()
        begin = int(kept) if kept.isdigit() and FIRST <= int(kept) <= LAST else random.randrange(FIRST, LAST)  # noqa: S311
        found = list(islice(filter(port_is_free, chain(range(begin, LAST), range(FIRST, begin))), count))
        turn.seek(0)
        turn.truncate()
        turn.write(b"%d" % (found[-1] + 1))
    return found


def free_port() -> int:
    """One of them."""
    return free_ports(1)[0]


def port_is_free(port: int) -> bool:
    """Whether we could listen there; an old server on a port would answer for the new one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _turn() -> IO[bytes]:
    """The file that holds the next port; one that nobody else sees where this user can keep none."""
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rcm"
        cache.mkdir(parents=True, exist_ok=True)
        return os.fdopen(os.open(cache / "next-port", os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    except (OSError, RuntimeError):
        return tempfile.TemporaryFile()
