"""What the sandbox payer says of itself at work: if it forgets answers, a system is taken for one at rest that is not."""

from datetime import timedelta
from pathlib import Path

import pytest

from clearinghouse_adapter.files import names_in
from clearinghouse_adapter.sandbox import desk as module
from tests.adapter.test_sandbox import NOW, Payer, file_of, named
from tests.shared.x12.generate import claims


def test_a_file_that_is_taken_while_somebody_asks_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    payer = Payer(tmp_path)
    payer.put("a.837", file_of(named(claims(8, 5), "001")))

    def taken_just_before(folder: Path) -> list[str]:
        with monkeypatch.context() as patched:
            patched.setattr(module, "names_in", names_in)
            payer.desk.take_new()
        return names_in(folder)

    monkeypatch.setattr(module, "names_in", taken_just_before)
    flow = payer.desk.flow()
    assert (flow.pending, flow.unread) == (2, 0)
    assert flow.last_answer_due == NOW + timedelta(days=14)
