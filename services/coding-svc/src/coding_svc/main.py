"""coding-svc, put together."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from coding_svc.api import ROUTERS
from coding_svc.commands import edits, suggestions, visits
from coding_svc.consumers import SUBSCRIPTIONS
from coding_svc.domain.engine import Engine
from coding_svc.domain.lists import DatedLists, read_lists
from coding_svc.domain.visits.levels import level_of
from coding_svc.domain.visits.procedures import procedures_in
from coding_svc.domain.visits.words import Vocabulary, read_words
from coding_svc.handlers.code_meanings import InstalledMeanings
from coding_svc.handlers.code_sets import InstalledCodes
from coding_svc.handlers.codebook import CodeBook
from coding_svc.handlers.suggesting import read_next
from coding_svc.settings import CodingSettings as Settings
from rcm.codesets.book import CodeSets, installed_code_sets
from rcm.codesets.place_of_service import is_place_of_service
from rcm.codesets.search.index import installed_search
from rcm.identity import Role
from rcm.service import Periodic, Service

__all__ = ["COMMANDS", "Settings", "build", "code_book"]
LISTS = Path(__file__).parent / "lists" / "coding.tsv"
VISIT_WORDS = LISTS.with_name("visits.tsv")
LOOK_EVERY = timedelta(seconds=1)


def code_book(sets: CodeSets | None = None) -> CodeBook:
    """The code sets of this installation, or others, and our own dated lists."""
    sets = sets or installed_code_sets()
    lists = DatedLists(read_lists(LISTS.read_text()))
    vocabulary = Vocabulary(read_words(VISIT_WORDS.read_text()))
    codes = InstalledCodes(sets, lists)
    return CodeBook(
        codes,
        is_place_of_service,
        cache(lambda: Engine(InstalledMeanings(sets, installed_search()))),
        lambda text, on, service, patient: level_of(
            text, on, service=service, vocabulary=vocabulary, lists=lists, patient=patient
        ),
        lambda text, on: list(procedures_in(text, on, vocabulary, codes.procedure_terms())),
        sets,
        installed_search,
    )


@cache
def _engine() -> Engine:
    """The commands' engine, opened at the first note."""
    return Engine(InstalledMeanings(installed_code_sets(), installed_search()))


COMMANDS: Mapping[str, Callable[..., Iterator[dict[str, Any]]]] = {
    "edit": lambda body, today, loaded: edits.edit(code_book(CodeSets.open(loaded=loaded)), body, today),
    "suggest": lambda name, body, on, setting: suggestions.suggest(
        _engine(), installed_code_sets().uncovered(on), name, body, on, setting
    ),
    "assert": suggestions.assertions,
    "visit": lambda body, on, service, patient: visits.level(code_book(), body, on, service, patient),
}
"""What `rcm codes` runs without a service; each yields one object for each thing that it was given."""


def build(settings: Settings, book: CodeBook | None = None) -> Service:
    """The service, with the code sets that its settings name, or with others."""
    named = settings.compiled_codes or settings.loaded_codes
    book = book or code_book(CodeSets.open(settings.compiled_codes, settings.loaded_codes) if named else None)
    return Service(
        name="coding-svc",
        title="Encounters",
        description="Encounters come in as JSON, FHIR R4 or HL7 v2; they are checked, and coded or held.",
        topic="rcm.encounters",
        routers=ROUTERS,
        migrations=Path(__file__).parent / "migrations",
        subscriptions=SUBSCRIPTIONS,
        periodics=[Periodic("read notes", LOOK_EVERY, partial(read_next, book=book))],
        readers=(Role.CODER, Role.BILLER),
        context=book,
        tags=(
            {"name": "encounters", "description": "Sent by an EHR, completed by a coder"},
            {"name": "suggestions", "description": "What the notes say in codes, and what is decided on it"},
            {"name": "worklist", "description": "What waits for a person"},
            {"name": "raw inputs", "description": "The quarantine of what could not be read"},
            {"name": "codes", "description": "Codes by date, and from words to codes"},
            {"name": "edits", "description": "The rules that an encounter must pass"},
            {"name": "figures", "description": "Counts and sums"},
        ),
    )


if __name__ == "__main__":
    from rcm.hosting import run_alone

    run_alone(build, Settings())
