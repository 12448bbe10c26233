"""Whatever bytes are handed in, a loader refuses by name or loads; and any text can be checked on any day."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rcm.codesets.book import installed_code_sets
from rcm.codesets.loading.kinds import KINDS
from rcm.codesets.loading.source import BadFile
from rcm.codesets.loading.store import releases
from tests.shared.codesets.lists import (
    ADD_ONS,
    AMOUNTS,
    INDEX,
    LABORATORY,
    PAIRS,
    RELATIVE_VALUES,
    TABULAR,
    TAXONOMY,
    UNIT_LIMITS,
    Shelf,
    hcpcs_line,
    order_line,
)

SAMPLES = {
    "icd-10-cm-order": order_line(1, "E119", "1", "Invented").encode(),
    "icd-10-cm-tabular": TABULAR,
    "icd-10-cm-index": INDEX,
    "hcpcs": (hcpcs_line("3", "A0001", 1, "x") + hcpcs_line("4", "A0001", 2, "y")).encode(),
    "ncci-pairs": PAIRS.encode(),
    "mue": UNIT_LIMITS.encode(),
    "add-on": ADD_ONS.encode(),
    "pfs-rvu": RELATIVE_VALUES.encode(),
    "pfs-amounts": AMOUNTS.encode(),
    "clfs": LABORATORY.encode(),
    "taxonomy": TAXONOMY.encode(),
    "cpt": b"code,long\n10001,words\n",
    "poa-exempt": b"E119\nI10\n",
    "lcd": b"procedure,diagnosis\n10001,E119\n",
}


@pytest.mark.parametrize("kind", SAMPLES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 2_000), cut=st.integers(0, 40), put=st.binary(max_size=12))
def test_a_damaged_file_is_refused_or_loaded(kind: str, tmp_path: Path, at: int, cut: int, put: bytes) -> None:
    sample = SAMPLES[kind]
    place = at % len(sample)
    damaged = sample[:place] + put + sample[place + cut :]
    shelf = Shelf(tmp_path)
    shelf.path.unlink(missing_ok=True)
    with suppress(BadFile):
        shelf.load(kind, "list.txt", damaged, effective_from=date(2026, 10, 1), acknowledged_by="A", setting="practitioner")
        assert [release.kind for release in releases(shelf.path)] == [KINDS[kind].name]
        return
    assert not shelf.path.exists()


@given(code=st.text(max_size=12), on=st.dates())
def test_any_text_can_be_checked(code: str, on: date) -> None:
    sets = installed_code_sets()
    found = sets.check(code, on)
    assert (found.reason is None) is (found.billable is True)
    assert found.valid is not None or found.billable is None
    sets.standing(code, on)
    sets.diagnosis(code, on)
    assert sets.excludes1_between(code, "E11.9", on) is None or found.system
