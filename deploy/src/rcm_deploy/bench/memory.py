"""The most memory that this process has held since it became this program."""

import resource
import sys


def peak_bytes() -> int:
    """Its peak of resident memory.

    Linux hands `ru_maxrss` on through fork and exec, so a small child of a large program would answer the parent's peak there.
    """
    if sys.platform == "linux":
        with open("/proc/self/status", encoding="ascii") as file:
            kilobytes = next(line.split()[1] for line in file if line.startswith("VmHWM:"))
        return int(kilobytes) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def peak_mib() -> float:
    """The same in MiB."""
    return round(peak_bytes() / 2**20, 1)
