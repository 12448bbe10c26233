"""What a running system's processes take: their CPU and their memory, as Linux counts them."""

import os
import resource
from collections.abc import Mapping

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(processes: Mapping[str, int]) -> dict[str, float]:
    """User and system time so far of each process that lives, with its children's; one that is many at once is named once."""
    found = {}
    for name, pid in _distinct(processes).items():
        counted = [_cpu_ticks(each) for each in (pid, *(_children(pid) if name == "postgres" else ()))]
        found[name] = sum(counted) / TICKS_PER_SECOND
    return found


def _distinct(processes: Mapping[str, int]) -> dict[str, int]:
    """The embedded process bears every service's name: it stands here once, under its first."""
    first: dict[int, str] = {}
    for name, pid in processes.items():
        first.setdefault(pid, name)
    return {name: pid for pid, name in first.items()}


def _cpu_ticks(pid: int) -> int:
    """User and system time of a process and of its children that have ended, as Linux counts it; 0 for one that is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(field) for field in fields[11:15])


def _children(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(child) for child in file.read().split()]
    except FileNotFoundError:
        return []


def memory_mib(processes: Mapping[str, int]) -> dict[str, float]:
    """Resident memory of each process in MiB."""
    page = resource.getpagesize()
    found = {}
    for name, pid in _distinct(processes).items():
        try:
            with open(f"/proc/{pid}/statm", encoding="ascii") as file:
                found[name] = round(int(file.read().split()[1]) * page / 2**20, 1)
        except FileNotFoundError:
            continue
    return found
