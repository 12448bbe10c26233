"""Where in a note a finding stands, and how the note asserts it: by its sentences' words and its sections' headings."""

from bisect import bisect_right
from collections.abc import Sequence

from coding_svc.domain.engine.assertion import Assertion, Sentence
from coding_svc.domain.engine.evidence import Candidate
from coding_svc.domain.engine.sections import Section, Sections
from coding_svc.domain.engine.text import sentences

PASSED_OVER = {
    Section.MEDICATION: "stands among the medication",
    Section.ALLERGY: "stands among the allergies",
    Section.INSTRUCTIONS: "stands among instructions to the patient",
}
"""Sections whose findings are not the patient's diseases of the day, and why."""
_FAMILY_REACHES = 250
"""So many characters after its heading a family history tells of the family; what follows is the patient's again."""


class NoteReader:
    """A note's sentences and sections, each sentence's triggers found once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans = sentences(text)
        self._starts = [start for start, _ in self._spans]
        self._read: dict[int, Sentence] = {}
        self._sections = Sections(text)

    def assertion(self, spans: Sequence[tuple[int, int]]) -> tuple[Assertion, list[tuple[int, int]]]:
        """How a finding is asserted over all its places (one that affirms it is enough), and the places that say so."""
        by_assertion: dict[Assertion, list[tuple[int, int]]] = {}
        for span in spans:
            by_assertion.setdefault(self.one(span), []).append(span)
        order = (
            Assertion.AFFIRMED,
            Assertion.HISTORY,
            Assertion.POSSIBLE,
            Assertion.FAMILY,
            Assertion.HYPOTHETICAL,
            Assertion.NEGATED,
        )
        best = next(each for each in order if each in by_assertion)
        return best, by_assertion[best]

    def one(self, span: tuple[int, int]) -> Assertion:
        """How one place is asserted, by its sentence and its section."""
        at = bisect_right(self._starts, span[0]) - 1
        if at < 0:
            return Assertion.AFFIRMED
        start, end = self._spans[at]
        if at not in self._read:
            self._read[at] = Sentence(self._text[start:end])
        found = self._read[at].of(span[0] - start, span[1] - start)
        section = self._sections.at(span[0])
        if section is Section.FAMILY and found is not Assertion.NEGATED and self._sections.since(span[0]) <= _FAMILY_REACHES:
            return Assertion.FAMILY
        if section is Section.PAST and found is Assertion.AFFIRMED:
            return Assertion.HISTORY
        if section is Section.INSTRUCTIONS and found is Assertion.AFFIRMED:
            return Assertion.HYPOTHETICAL
        return found

    def best_section(self, spans: Sequence[tuple[int, int]]) -> Section:
        """An assessment where any place is in one; else the first place that is in no list of drugs, allergies or advice."""
        sections = [self._sections.at(start) for start, _ in spans]
        if Section.ASSESSMENT in sections:
            return Section.ASSESSMENT
        return next((section for section in sections if section not in PASSED_OVER), sections[0] if sections else Section.OTHER)

    def why(self, text: str, spans: Sequence[tuple[int, int]], candidate: Candidate | None, section: Section) -> str:
        """In words, what the code rests on."""
        start, end = spans[0]
        words = " ".join(text[start:end].split())[:80]
        times = "" if len(spans) == 1 else f", {len(spans)} times"
        where = "" if section is Section.OTHER else f" in the {section.value}"
        by = "words that coders gave this code for"
        if candidate is None:
            by = "stated in the title's own words"
        elif candidate.term is not None:
            by = "a term of the code set"
        return f"“{words}”{where}{times}: {by}"
