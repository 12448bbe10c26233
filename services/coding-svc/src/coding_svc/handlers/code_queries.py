"""What a code means on a day, and which codes words mean."""

import asyncio
from datetime import date

from coding_svc.handlers.codebook import CodeBook
from coding_svc.views.codes import CodeView, DiagnosisView, FoundCode, FoundCodes, NoticeView
from rcm.codesets.book import CodeSets
from rcm.codesets.systems import System, UnknownSystem, system_of, with_dot
from rcm.errors import NotFound
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.edge import Answer


class UnknownCodeSystem(NotFound):
    """There is no code system of this name; the detail names those that there are."""

    code = "unknown-code-system"
    title = "There is no code system of this name"
    pointer = "{system}"
    fix = "Name one of the systems that the detail lists."


async def show(unit: UnitOfWork, book: CodeBook, system: str, code: str, on: date | None) -> Answer:
    """A code by its system and day."""
    try:
        known = system_of(system)
    except UnknownSystem as error:
        raise UnknownCodeSystem(str(error)) from None
    day = on or unit.clock.now().date()
    sets = book.sets
    found = sets.check(code, day, known)
    written = with_dot(code.strip().upper(), known)
    words = sets.words(known, written, day) if found.valid is not False or found.valid_from else ""
    diagnosis = _diagnosis(sets, written, day) if known is System.ICD_10_CM and words else None
    return Answer(CodeView(**{**found.as_dict(), "code": written}, date=day, description=words, diagnosis=diagnosis))


def _diagnosis(sets: CodeSets, code: str, on: date) -> DiagnosisView | None:
    told = sets.diagnosis(code, on)
    if told is None:
        return None
    return DiagnosisView(
        own_words=told.own_words,
        parent=told.parent,
        ancestors=list(told.ancestors),
        children=list(told.children),
        notices=[
            NoticeView(kind=notice.kind, text=notice.text, of=notice.of, references=list(notice.references))
            for notice in told.notices
        ],
        seventh_characters=told.seventh_characters,
        attributes=sorted(sets.attributes(code, on)),
    )


async def search(unit: UnitOfWork, book: CodeBook, phrase: str, on: date | None, limit: int) -> Answer:
    """Billable codes for words; in a thread, for some phrases take milliseconds."""
    day = on or unit.clock.now().date()
    hits = await asyncio.to_thread(lambda: book.search().search(phrase, book.sets, day, limit))
    problem = book.sets.uncovered(day) or None
    return Answer(FoundCodes(date=day, results=[FoundCode(**hit._asdict()) for hit in hits], problem=problem))
