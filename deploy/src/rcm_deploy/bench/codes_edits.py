"""What the coding edits cost: encounters with many different codes, each as `rcm codes edit` reads and judges it."""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from rcm.codesets.book import installed_code_sets
from rcm_deploy.cli.codes_files import told
from rcm_deploy.samples.encounters import sample_encounters

ENCOUNTERS = 10_000
CODES = 2_000
"""So many different diagnoses stand in them: a large practice's year."""
DAY = date(2026, 3, 10)


def encounters(count: int) -> Iterator[bytes]:
    """The demo's encounters with diagnoses drawn from many, one to four each, as NDJSON lines."""
    random = Random("bench edits")  # noqa: S311 - samples, no secrets
    known = random.sample(list(installed_code_sets().billable_codes(DAY)), CODES)
    for encounter in sample_encounters(count, 7, DAY):
        encounter["diagnoses"] = [{"code": code} for code in random.sample(known, random.randint(1, 4))]
        for line in encounter["lines"]:
            line["diagnosis_pointers"] = [1]
        yield orjson.dumps(encounter) + b"\n"


def measure(count: int = ENCOUNTERS) -> dict[str, Any]:
    """Microseconds of processor time for each encounter, reading included; the code sets are opened before."""
    with TemporaryDirectory() as folder:
        one, many = Path(folder) / "one.ndjson", Path(folder) / "many.ndjson"
        one.write_bytes(next(encounters(1)))
        many.write_bytes(b"".join(encounters(count)))
        list(told(one, "edit", DAY, None))
        started = time.process_time()
        held = sum(result["state"] != "coded" for result in told(many, "edit", DAY, None))
        each = (time.process_time() - started) / count
    return {"edited_encounters": count, "edited_held": held, "edit_us_each": round(each * 1e6, 1)}
