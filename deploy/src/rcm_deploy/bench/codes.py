"""Speed of the code sets, alone: `python -m rcm_deploy.bench.codes` prints it as one JSON object; `make bench` holds it too.

Start and memory are measured in a process of its own, best of five: what importing and opening cost, and what the process has
grown by after 20,000 checks. Everything else is measured here, each code once before it is known and once after.
"""

import random
import subprocess
import sys
from datetime import date
from time import perf_counter
from typing import Any

import orjson

from rcm.codesets.book import CodeSets
from rcm.codesets.systems import System
from rcm_deploy.bench import codes_edits

DAY = date(2026, 3, 2)
STARTS = 5
SEED = 5
_START = """
import resource, sys, time
def resident():
    if sys.platform == "linux":
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
import datetime
before, began = resident(), time.perf_counter()
from rcm.codesets.book import CodeSets
imported = time.perf_counter()
sets = CodeSets.open()
opened = time.perf_counter()
sets.check("E11.9", datetime.date(2026, 3, 2))
first = time.perf_counter()
for place, code in enumerate(sets.billable_codes(datetime.date(2026, 3, 2))):
    if place == 20_000:
        break
    sets.check(code, datetime.date(2026, 3, 2))
    sets.description(code)
print(imported - began, opened - imported, first - opened, resident() - before, resident())
"""


def measure() -> dict[str, Any]:
    """All figures of the code sets, and of what coding-svc does with them."""
    return {"start": _start(), "check": _check(), "edits": codes_edits.measure(), "words": _words()}


def _words() -> dict[str, float]:
    command = [sys.executable, "-m", "rcm_deploy.bench.codes_words"]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own program
    figures: dict[str, float] = orjson.loads(done.stdout)
    return figures


def _start() -> dict[str, float]:
    """Milliseconds to import, to open and to answer the first question; MiB grown by, and of the whole process."""
    runs = []
    for _ in range(STARTS):
        done = subprocess.run([sys.executable, "-c", _START], check=True, capture_output=True, text=True)  # noqa: S603 - our own program
        runs.append([float(figure) for figure in done.stdout.split()])
    best = [min(run[place] for run in runs) for place in range(len(runs[0]))]
    return {
        "import_ms": round(best[0] * 1e3, 1),
        "open_ms": round(best[1] * 1e3, 2),
        "first_check_ms": round(best[2] * 1e3, 2),
        "memory_mib": round(best[3] / 2**20, 1),
        "process_mib": round(best[4] / 2**20, 1),
    }


def _check() -> dict[str, int]:
    """Questions a second: of codes asked for the first time, and again."""
    sets = CodeSets.open()
    codes = list(sets.billable_codes(DAY))
    random.Random(SEED).shuffle(codes)  # noqa: S311 - a sample
    sample = codes[:20_000]
    figures = {
        "checks_per_second_first": _rate(sample, lambda code: sets.check(code, DAY, System.ICD_10_CM)),
        "checks_per_second": _rate(sample, lambda code: sets.check(code, DAY, System.ICD_10_CM)),
        "is_billable_per_second_first": _rate(sample, lambda code: sets.is_billable(code, DAY)),
        "is_billable_per_second": _rate(sample, lambda code: sets.is_billable(code, DAY)),
        "diagnoses_with_notices_per_second": _rate(sample[:2_000], lambda code: sets.diagnosis(code, DAY)),
    }
    pairs = list(zip(sample[:500], sample[500:1_000], strict=True))
    figures["excludes1_pairs_per_second_first"] = _rate(pairs, lambda pair: sets.excludes1_between(pair[0], pair[1], DAY))
    figures["excludes1_pairs_per_second"] = _rate(pairs, lambda pair: sets.excludes1_between(pair[0], pair[1], DAY))
    sets.close()
    return figures


def _rate(items: list[Any], work: Any) -> int:
    began = perf_counter()
    for item in items:
        work(item)
    return round(len(items) / (perf_counter() - began))


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(measure(), option=orjson.OPT_INDENT_2) + b"\n")
