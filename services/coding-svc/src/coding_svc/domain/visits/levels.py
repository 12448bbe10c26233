"""From a note to a level: problems, data and risk, two of three of which count, or the total time, which must be reached.

Sources: CPT's evaluation and management guidelines of 2021 (office) and 2023 (hospital, emergency), in our own words. Emergency
visits are never by time. Both ways are shown; the higher one that the note supports is proposed. Nothing is billed by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from coding_svc.domain.lists import DatedLists
from coding_svc.domain.visits.note import Note
from coding_svc.domain.visits.words import Found, Vocabulary


class Grade(IntEnum):
    """How complex an element is."""

    STRAIGHTFORWARD = 0
    LOW = 1
    MODERATE = 2
    HIGH = 3

    @property
    def word(self) -> str:
        """As tables write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Element:
    """One of the three elements of medical decision making."""

    grade: Grade
    why: str
    evidence: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A level by one of the two ways; `code` is empty where it reaches none."""

    code: str
    why: str


@dataclass(frozen=True, slots=True)
class VisitLevel:
    """What a note supports."""

    service: str
    """office, hospital or emergency."""
    patient: str
    """new or established; initial or subsequent; any in an emergency."""
    patient_told: bool
    """Whether the caller or the note told it; else the lower is taken."""
    problems: Element
    data: Element
    risk: Element
    minutes: int | None
    time_evidence: tuple[Found, ...]
    by_mdm: Way
    by_time: Way
    code: str
    """The higher of both; empty where the day has no rule."""
    by: str
    """mdm, time, both, or empty."""


_CHRONIC_MANY = 2
_LISTED_LIMITED, _LISTED_MODERATE = 2, 3
_CATEGORIES_EXTENSIVE = 2
OFFICE, ESTABLISHED = "office", "established"
NEW_PATIENT_YEARS = 3
"""A patient whom the practice has not seen for so long is a new one."""
_KINDS = {OFFICE: ("new", ESTABLISHED), "hospital": ("initial", "subsequent"), "emergency": ("any",)}


def level_of(text: str, on: date, *, service: str, vocabulary: Vocabulary, lists: DatedLists, patient: str = "") -> VisitLevel:
    """The level of a visit. `service` is office, hospital or emergency; `patient` overrides what the note says of it."""
    note = Note(text, vocabulary, on)
    told = patient or _patient(note, service)
    kind = told or _KINDS[service][-1]
    elements = problems_of(note), data_of(note), risk_of(note)
    minutes, evidence = minutes_of(note)
    levels = [
        (code, Grade[grade.upper()], int(least))
        for code, value in lists.rows("visit-level", on)
        for named, whose, grade, least in [value.split(" ")]
        if (named, whose) == (service, kind)
    ]
    by_mdm, by_time = _by_mdm(elements, levels), _by_time(minutes, levels)
    best = max(by_mdm.code, by_time.code)
    by = "" if not best else "both" if by_mdm.code == by_time.code else "mdm" if best == by_mdm.code else "time"
    return VisitLevel(service, kind, bool(told), *elements, minutes, evidence, by_mdm, by_time, best, by)


def seen_since(on: date) -> date:
    """The first day of the span within which an earlier visit makes a patient an established one."""
    try:
        return on.replace(year=on.year - NEW_PATIENT_YEARS)
    except ValueError:  # 29 February
        return on.replace(year=on.year - NEW_PATIENT_YEARS, day=28)


def _patient(note: Note, service: str) -> str:
    kinds = _KINDS[service]
    return next((found.kind for found in note.find("patient") if found.kind in kinds), "")


def _by_mdm(elements: Sequence[Element], levels: Sequence[tuple[str, Grade, int]]) -> Way:
    """Two of the three elements must reach a grade: the second highest. What rests on no word of the note is no level."""
    if not any(element.evidence for element in elements):
        return Way("", "the note names no problem, no data and no management")
    grade = sorted((element.grade for element in elements), reverse=True)[1]
    reached = [code for code, needed, _ in levels if needed <= grade]
    why = f"two of three elements are {grade.word}"
    return Way(reached[-1], why) if reached else Way("", "no rule of this day is known for such a visit")


def _by_time(minutes: int | None, levels: Sequence[tuple[str, Grade, int]]) -> Way:
    """The total time of the day must be reached."""
    if minutes is None:
        return Way("", "the note tells no total time")
    if not any(least for _, _, least in levels):
        return Way("", "such a visit is never by time")
    reached = [(code, least) for code, _, least in levels if least <= minutes]
    if not reached:
        return Way("", f"{minutes} minutes reach no level")
    code, least = reached[-1]
    return Way(code, f"{minutes} minutes reach {least}")


def problems_of(note: Note) -> Element:
    """How many problems were addressed, and how complex they are."""
    found = note.find("problem", addressed=True)
    of = {kind: [each for each in found if each.kind == kind] for kind in {each.kind for each in found}}
    chronic = _distinct(of.get("chronic", ()))
    worse = [each for each in chronic if note.beside(each, "problem", ("worse", "severe"))]
    severe = [each for each in chronic if note.beside(each, "problem", ("severe",))]
    minor, acute = _distinct(of.get("minor", ())), _distinct(of.get("acute", ()))
    rules: tuple[tuple[Grade, str, Sequence[Found]], ...] = (
        (Grade.HIGH, "a threat to life or bodily function", of.get("threat", ())),
        (Grade.HIGH, "a chronic illness with severe exacerbation", severe),
        (Grade.MODERATE, "a chronic illness that got worse", worse),
        (Grade.MODERATE, "two or more chronic illnesses", chronic if len(chronic) >= _CHRONIC_MANY else ()),
        (Grade.MODERATE, "a new problem with uncertain prognosis", of.get("uncertain", ())),
        (Grade.MODERATE, "an acute illness with systemic symptoms", of.get("systemic", ())),
        (Grade.MODERATE, "an acute complicated injury", of.get("injury", ())),
        (Grade.LOW, "a stable chronic illness", chronic),
        (Grade.LOW, "an acute uncomplicated illness or injury", acute),
        (Grade.LOW, "two or more minor problems", minor if len(minor) >= _CHRONIC_MANY else ()),
        (Grade.STRAIGHTFORWARD, "a minor problem", minor),
    )
    return _first(rules, "no problem is named")


def data_of(note: Note) -> Element:
    """Tests and records (each unique one counts once), an independent historian, interpretation, discussion."""
    found = note.find("data")
    tests = _distinct([each for each in found if each.kind == "test"])
    records, historian = (_distinct([each for each in found if each.kind == kind]) for kind in ("external", "historian"))
    others = [_distinct([each for each in found if each.kind == kind]) for kind in ("interpretation", "discussion")]
    listed = [*tests, *records, *historian]
    categories = (len(listed) >= _LISTED_MODERATE) + sum(bool(other) for other in others)
    every = (*listed, *(each for other in others for each in other))
    if categories >= _CATEGORIES_EXTENSIVE:
        return Element(Grade.HIGH, "two categories of extensive data", every)
    if categories:
        return Element(Grade.MODERATE, "one category of moderate data", every)
    if len(tests) + len(records) >= _LISTED_LIMITED or historian:
        return Element(Grade.LOW, "two tests or records, or another historian", every)
    return Element(Grade.STRAIGHTFORWARD, "minimal data, or none", every)


def risk_of(note: Note) -> Element:
    """What the management could do to the patient."""
    found = note.find("risk", addressed=True)
    rules = tuple(
        (grade, why, [each for each in found if each.kind == kind])
        for grade, why, kind in (
            (Grade.HIGH, "management of high risk", "high"),
            (Grade.MODERATE, "prescription drugs, or what limits the treatment", "moderate"),
            (Grade.LOW, "management of low risk", "low"),
            (Grade.STRAIGHTFORWARD, "management of minimal risk", "minimal"),
        )
    )
    return _first(rules, "no management is named")


def minutes_of(note: Note) -> tuple[int | None, tuple[Found, ...]]:
    """The total time that the note states; what is called total counts before what was spent."""
    found = note.find("time")
    for kind in ("total", "spent"):
        told = [each for each in found if each.kind == kind]
        if told:
            return max(each.number for each in told), tuple(told)
    return None, ()


def _first(rules: Sequence[tuple[Grade, str, Sequence[Found]]], otherwise: str) -> Element:
    for grade, why, evidence in rules:
        if evidence:
            return Element(grade, why, tuple(evidence))
    return Element(Grade.STRAIGHTFORWARD, otherwise, ())


def _distinct(found: Sequence[Found]) -> list[Found]:
    """Each thing once, by its words."""
    return list({each.text.lower(): each for each in reversed(found)}.values())[::-1]
