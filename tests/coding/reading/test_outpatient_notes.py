"""Short notes of outpatients over the specialties, invented: what is coded, and what never is."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from coding_svc.domain.engine import Engine, NotCoded, Suggestion
from coding_svc.handlers.code_meanings import InstalledMeanings
from rcm.codesets.book import installed_code_sets
from rcm.codesets.search.index import installed_search

DAY = date(2026, 3, 2)
NOTES = Path(__file__).parent / "outpatient_notes.txt"


def notes() -> Iterator[tuple[str, list[str], list[str], str]]:
    """A title, the codes to give, codes never to give, the text: "## title", "codes: ...", "never: ...", then the note."""
    for block in NOTES.read_text("utf-8").removeprefix("## ").split("\n## "):
        title, codes, never, text = block.split("\n", 3)
        yield title, codes.removeprefix("codes:").split(), never.removeprefix("never:").split(), text


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(InstalledMeanings(installed_code_sets(), installed_search()))


@pytest.mark.parametrize(("codes", "never", "text"), [pytest.param(*rest, id=title) for title, *rest in notes()])
def test_a_short_note_is_coded(engine: Engine, codes: list[str], never: list[str], text: str) -> None:
    read = engine.suggest(text, DAY, "outpatient")
    suggested = {each.code for each in read.suggestions}
    assert set(codes) <= suggested
    assert not suggested & set(never)
    told: list[Suggestion | NotCoded] = [*read.suggestions, *read.not_coded]
    assert all(text[span.start : span.end] == span.text for each in told for span in each.evidence)


def test_the_assessment_orders_the_codes(engine: Engine) -> None:
    text = "DISCHARGE DIAGNOSES:\n1. Probable pneumonia.\n2. Acute systolic heart failure.\n3. Acute kidney injury.\n"
    assert [each.code for each in engine.suggest(text, DAY, "inpatient").suggestions] == ["J18.9", "I50.21", "N17.9"]
