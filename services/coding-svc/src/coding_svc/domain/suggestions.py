"""Codes that the engine suggests from an encounter's notes, and what a coder or a rule of the organisation decides on them.

Nothing that is suggested is billed by itself. A suggestion is accepted, changed (another code for the same finding) or refused;
what the coder found alone is added. Each decision keeps its evidence, and from all decisions the engine is measured.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from coding_svc.domain.edits.diagnoses import bare
from coding_svc.domain.encounter import Encounter

READ_MAX = 100_000
"""So many characters of one document are read; what stands behind them is told as unread."""
DOCUMENTS_MAX = 50
"""So many documents of one encounter are read, the first ones."""
ENCOUNTER_READ_MAX = 300_000
"""So many characters of one encounter are read: a few seconds, in which its transaction is open."""


class Kind(StrEnum):
    """What a suggestion is for."""

    DIAGNOSIS = "diagnosis"
    VISIT = "visit"
    """The level of an evaluation and management service, for a line's procedure."""
    PROCEDURE = "procedure"
    """Another procedure, for a line's; only from lists that are loaded."""


class Span(Protocol):
    """Characters of a document, from `start` to before `end`."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def text(self) -> str: ...


class Suggested(Protocol):
    """A code that the engine would give, with what it read."""

    @property
    def code(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def assertion(self) -> str: ...
    @property
    def evidence(self) -> Sequence[Span]: ...
    @property
    def why(self) -> str: ...


class Passed(Protocol):
    """What the engine read and would not code, and why."""

    @property
    def code(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def assertion(self) -> str: ...
    @property
    def evidence(self) -> Sequence[Span]: ...
    @property
    def reason(self) -> str: ...


class Reading(Protocol):
    """What one document says."""

    @property
    def suggestions(self) -> Sequence[Suggested]: ...
    @property
    def not_coded(self) -> Sequence[Passed]: ...
    @property
    def problem(self) -> str:
        """Why the document was not, or not wholly, read; "" where it was."""


class Suggester(Protocol):
    """The engine. `version` changes when its answers do."""

    @property
    def version(self) -> str: ...

    def suggest(self, text: str, on: date, setting: str) -> Reading:
        """Reads one document; `setting` is "outpatient" or "inpatient". Never raises, whatever the text."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where it stands: `document` is a JSON pointer into the encounter, `start` and `end` count its characters."""

    document: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One code with all its evidence, of every document of the encounter."""

    kind: Kind
    code: str
    description: str
    score: float
    assertion: str
    why: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class NotCoded:
    """What was read and is not to be coded."""

    code: str
    description: str
    assertion: str
    reason: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A document (JSON pointer) that was not read, or not to its end."""

    document: str
    why: str


@dataclass(frozen=True, slots=True)
class Reader:
    """What the engine read in one encounter, merged over its documents, in the engine's order: it is the order to code in."""

    suggestions: tuple[Suggestion, ...]
    not_coded: tuple[NotCoded, ...]
    unread: tuple[Unread, ...]


def texts_of(encounter: Encounter) -> Iterator[tuple[str, str]]:
    """Every note and document that is text, with its JSON pointer."""
    for place, note in enumerate(encounter.notes):
        if note.strip():
            yield f"/notes/{place}", note
    for place, document in enumerate(encounter.documents):
        if document.text.strip():
            yield f"/documents/{place}/text", document.text


def illegible(encounter: Encounter) -> Iterator[Unread]:
    """Every document that came without its text: a picture, a PDF, or bytes that are no text."""
    for place, document in enumerate(encounter.documents):
        if document.content_base64 and not document.text.strip():
            why = f"it came as {document.media_type or 'bytes'} without its text, which goes into `text`"
            yield Unread(f"/documents/{place}/content_base64", why)


def wants_suggestions(encounter: Encounter) -> bool:
    """Notes came, and codes did not: no diagnosis, or a line without its procedure."""
    if not (encounter.notes or encounter.documents) or encounter.date_of_service is None:
        return False
    uncoded = not encounter.diagnoses or any(not line.procedure for line in encounter.lines)
    return uncoded and (any(True for _ in texts_of(encounter)) or any(True for _ in illegible(encounter)))


def within_reach(texts: Iterable[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[Unread]]:
    """What of an encounter's documents is read, and what is not and why."""
    read: list[tuple[str, str]] = []
    unread: list[Unread] = []
    left = ENCOUNTER_READ_MAX
    for place, text in texts:
        if len(read) >= DOCUMENTS_MAX:
            unread.append(Unread(place, f"only the first {DOCUMENTS_MAX} documents are read"))
            continue
        most = min(READ_MAX, left)
        if len(text) > most:
            unread.append(Unread(place, f"only {most:,} of {len(text):,} characters are read"))
        if most:
            read.append((place, text[:most]))
            left -= min(len(text), most)
    return read, unread


def read_all(engine: Suggester, texts: Iterable[tuple[str, str]], on: date, setting: str) -> Reader:
    """Reads every document and merges what they say: a code's score is its best, its evidence all of it.

    A code keeps the place that it has in the first document that names it.
    """
    merged: dict[str, Suggestion] = {}
    passed: list[NotCoded] = []
    reached, unread = within_reach(texts)
    for place, text in reached:
        reading = engine.suggest(text, on, setting)
        if reading.problem:
            unread.append(Unread(place, reading.problem))
        for each in reading.suggestions:
            before = merged.get(each.code)
            merged[each.code] = _merged(before, each, _evidence(place, each.evidence))
        passed += (
            NotCoded(each.code, each.description, each.assertion, each.reason, _evidence(place, each.evidence))
            for each in reading.not_coded
        )
    return Reader(tuple(merged.values()), tuple(one for one in passed if one.code not in merged), tuple(unread))


def _merged(before: Suggestion | None, each: Suggested, evidence: tuple[Evidence, ...]) -> Suggestion:
    """A code that another document named as well keeps what the better of both said."""
    if before is not None and before.score >= each.score:
        return replace(before, evidence=before.evidence + evidence)
    told = (each.code, each.description, each.score, each.assertion, each.why)
    return Suggestion(Kind.DIAGNOSIS, *told, (before.evidence if before else ()) + evidence)


def _evidence(place: str, spans: Iterable[Span]) -> tuple[Evidence, ...]:
    return tuple(Evidence(place, span.start, span.end, span.text) for span in spans)


class Action(StrEnum):
    """What was decided on a code."""

    ACCEPTED = "accepted"
    CHANGED = "changed"
    """Another code for the same finding."""
    REFUSED = "refused"
    ADDED = "added"
    """The engine had not suggested it."""


class DecidedBy(StrEnum):
    """Who decided."""

    CODER = "coder"
    RULE = "rule"
    """A rule of the organisation, that nobody looked over."""


@dataclass(frozen=True, slots=True)
class CodeRange:
    """Codes from `first` to `last`, compared without dots over the length of each: A00 to R99 holds for E11.9."""

    first: str
    last: str

    @property
    def is_empty(self) -> bool:
        """Whether it ends before it begins, so that no code can lie in it."""
        last = bare(self.last)
        return last < bare(self.first)[: len(last)]

    def holds(self, code: str) -> bool:
        """Whether the code lies in it."""
        plain, first, last = bare(code), bare(self.first), bare(self.last)
        return first <= plain[: len(first)] and plain[: len(last)] <= last


@dataclass(frozen=True, slots=True)
class AcceptanceRule:
    """What an organisation takes without a person: suggestions from a score on, in ranges of codes. None by default."""

    version: int
    enabled: bool
    minimum_score: float
    ranges: tuple[CodeRange, ...] = field(default=())

    def takes(self, suggestions: Sequence[Suggestion]) -> bool:
        """Whether it decides on an encounter: only where it takes every suggestion, for the rest would go unbilled unseen."""
        return self.enabled and bool(suggestions) and all(self._takes(each) for each in suggestions)

    def _takes(self, each: Suggestion) -> bool:
        in_range = any(wanted.holds(each.code) for wanted in self.ranges)
        return each.kind is Kind.DIAGNOSIS and each.score >= self.minimum_score and in_range
