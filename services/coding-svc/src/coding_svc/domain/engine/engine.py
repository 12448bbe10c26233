"""Reads a note: what speaks for which diagnosis, how it is asserted, and what the guidelines make of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from coding_svc.domain.engine.assertion import Assertion
from coding_svc.domain.engine.choice import chosen
from coding_svc.domain.engine.evidence import Candidate, gather
from coding_svc.domain.engine.findings import Finding, NotCoded, Span, Suggestion, Suggestions
from coding_svc.domain.engine.guidelines.note import Note
from coding_svc.domain.engine.guidelines.rules import ALL
from coding_svc.domain.engine.language import is_english
from coding_svc.domain.engine.lexicon import Weights, installed_weights
from coding_svc.domain.engine.meanings import CodeMeanings, NamedTerm
from coding_svc.domain.engine.reader import PASSED_OVER, NoteReader
from coding_svc.domain.engine.sections import Section
from coding_svc.domain.engine.statements import StatementReader

MOST_CHARACTERS = 100_000
"""So much of a note is read; the rest is said to be unread."""
_MOST_SPANS = 5
_ASSESSED = 0.5
"""A finding of an assessment or a diagnosis needs so much of the score that others need."""
_RARE = 7.0
_STATED = 0.95
Named = Mapping[tuple[int, int], str]
"""By place, the code of the term that stands there."""
_NAMED_AT_LEAST = 0.6
"""What is not coded is told from so much of the score on."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


class Engine:
    """Stateless: any thread may ask it, as often as it likes."""

    def __init__(self, codes: CodeMeanings, weights: Weights | None = None) -> None:
        self._codes = codes
        self._weights = weights or installed_weights()
        self.version = self._weights.version

    def suggest(self, text: str, on: date, setting: str = "outpatient") -> Suggestions:
        """What the note supports on the day. Never raises: `problem` says why nothing or not all was read."""
        problem = _problem(text)
        if problem and not problem.startswith("only"):
            return Suggestions((), (), problem)
        text = text[:MOST_CHARACTERS]
        reader = NoteReader(text)
        terms = list(self._terms(text, on))
        findings = list(self._findings(text, on, reader, terms))
        self._add_statements(findings, text, on, reader, {(term.start, term.end): code for code, term in terms})
        note = Note(text, on, setting, self._codes)
        for rule in ALL:
            rule(findings, note)
        coded: dict[str, Suggestion] = {}
        passed: list[NotCoded] = []
        for finding in findings:
            spans = _spans(text, finding.spans)
            title = self._codes.description(finding.code)
            if finding.dropped:
                passed.append(NotCoded(finding.code, title, finding.assertion, spans, finding.dropped))
            elif finding.code not in coded:
                coded[finding.code] = Suggestion(finding.code, title, finding.score, finding.assertion, spans, finding.why)
        return Suggestions(tuple(coded.values()), tuple(each for each in passed if each.code not in coded), problem)

    def knows(self, code: str, on: date) -> bool:
        """Whether a code may be suggested at all on the day."""
        return self._codes.is_billable(code, on)

    def scored(
        self, text: str, on: date, terms: Sequence[tuple[str, NamedTerm]] | None = None
    ) -> Iterator[tuple[Candidate, float]]:
        """Every code that anything in the text speaks for, with how likely a coder gives it; `terms` where they are known."""
        terms = list(self._terms(text, on)) if terms is None else terms
        weights = self._weights
        for candidate in gather(text, weights.entries, weights.notes_with, terms).values():
            total = weights.base + sum(tree.value(candidate.features) for tree in weights.trees)
            yield candidate, 1 / (1 + 2.718281828459045 ** -max(-30.0, min(30.0, total)))

    def _terms(self, text: str, on: date) -> Iterator[tuple[str, NamedTerm]]:
        for term in self._codes.terms(text):
            code = next((code for code in term.codes if self._codes.is_billable(code, on)), term.codes[0])
            yield code, term

    def _add_statements(self, findings: list[Finding], text: str, on: date, reader: NoteReader, named: Named) -> None:
        """What the note states in a title's own words is sure, whatever coders made of the single words elsewhere."""
        for statement in StatementReader(text, self._codes, on, named).statements():
            span = (statement.start, statement.end)
            assertion, holding = reader.assertion([span])
            same = next((each for each in findings if each.code == statement.code and each.assertion is assertion), None)
            if same is None:
                score, why = _STATED * statement.fits, reader.why(text, holding, None, reader.best_section(holding))
                findings.append(Finding(statement.code, round(score, 4), assertion, holding, why, stated=True))
                continue
            same.stated = True
            same.score = max(same.score, round(_STATED * statement.fits, 4))
            same.spans = sorted({span, *same.spans})

    def _findings(self, text: str, on: date, reader: NoteReader, terms: Sequence[tuple[str, NamedTerm]]) -> Iterator[Finding]:
        """The likely codes, with how the note asserts them."""
        scored = [(candidate, score) for candidate, score in self.scored(text, on, terms)]
        likely = chosen({candidate.code: score for candidate, score in scored}, self._weights.threshold)
        for candidate, score in scored:
            spans = sorted(set(candidate.free or candidate.spans))
            section = reader.best_section(spans)
            assessed = section is Section.ASSESSMENT and _says_much(candidate)
            least = self._weights.threshold * (_ASSESSED if assessed else 1.0)
            suggested = score >= least or candidate.code in likely
            if not suggested and score < least * _NAMED_AT_LEAST:
                continue
            code = self._codes.billable_form(candidate.code, on)
            if not code:
                continue
            assertion, holding = reader.assertion(spans)
            finding = Finding(code, round(score, 4), assertion, holding, reader.why(text, holding, candidate, section))
            if not suggested:
                if assertion in (Assertion.AFFIRMED, Assertion.HISTORY):
                    continue
            elif section in PASSED_OVER and assertion is Assertion.AFFIRMED:
                finding.dropped = PASSED_OVER[section]
            yield finding


def _says_much(candidate: Candidate) -> bool:
    """A term of the code set of two words and more, or of a rare one."""
    term = candidate.term
    return term is not None and not term.inherited and (term.words > 1 or term.weight >= _RARE)


def _spans(text: str, spans: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    """The first few places as evidence; one that lies in another is left out."""
    told: list[tuple[int, int]] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if not any(first <= start and end <= last for first, last in told):
            told.append((start, end))
    return tuple(Span(start, end, text[start:end]) for start, end in told[:_MOST_SPANS])


def _problem(text: str) -> str:
    """Why a text is not, or not wholly, read; empty where it is."""
    if not text.strip():
        return "the document is empty"
    sample = text[:MOST_CHARACTERS]
    if len(_CONTROL.findall(sample)) > len(sample) // 100:
        return "these bytes are no text"
    if not is_english(sample):
        return "the document is not in English"
    return f"only the first {MOST_CHARACTERS:,} of {len(text):,} characters were read" if len(text) > MOST_CHARACTERS else ""
