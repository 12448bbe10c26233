"""Whom a code can be given to: the age and the sex that the note tells, against what a code is for."""

import re
from datetime import date
from functools import cache

from coding_svc.domain.engine.findings import Finding
from coding_svc.domain.engine.guidelines.note import Note, kept

_AGE = re.compile(r"\b(\d{1,3})[ -]?(?:years?|yrs?|y/?o|yo)\b(?:[ -]?(?:old|of age)|(?= ?[mf]\b)|(?=[ ,]))", re.IGNORECASE)
_INFANT = re.compile(r"\b\d{1,2}[ -]?(?:months?|weeks?|days?)[ -]old\b|\bnewborn\b|\bneonate\b", re.IGNORECASE)
_SEX = re.compile(
    r"(?:\bold|\d ?y/?o|\bof age|\d yrs?)[ ,-]*(?:[\w-]+ ){0,3}?"
    r"(?:(?P<female>woman|female|girl|lady|f)|(?P<male>man|male|boy|gentleman|m))\b",
    re.IGNORECASE,
)
_FEMALE_TITLE = re.compile(r"\bfemale\b|\bovar|\buter|\bvagin|\bvulv|\bpregnan")
_MALE_TITLE = re.compile(r"\bmale\b|\bprostat|\btestic|\btestis|\bpenis|\bscrot")
_LAST_SEXED_DAY = date(2024, 9, 30)
"""The Medicare Code Editor told sexes until then; the medicine has not changed."""
_AGES = {"newborn": (0, 0), "pediatric": (0, 17), "maternity": (9, 64), "adult": (15, 124)}


@cache
def age_of(text: str) -> int | None:
    """The patient's age in whole years, as the note first tells it; None where it tells none."""
    found = _AGE.search(text)
    infant = _INFANT.search(text)
    if infant and (found is None or infant.start() < found.start()):
        return 0
    return int(found[1]) if found and int(found[1]) <= 124 else None


@cache
def sex_of(text: str) -> str:
    """ "female" or "male" where the note says so beside the age ("58-year-old woman"); else ""."""
    found = _SEX.search(text)
    return str(found.lastgroup) if found else ""


def whose(findings: list[Finding], note: Note) -> None:
    """A code for another age or the other sex is not this patient's; a title that names the sex has its counterpart."""
    age, sex = age_of(note.text), sex_of(note.text)
    for finding in kept(findings):
        reason = _not_theirs(finding.code, age, sex, note)
        if reason:
            counterpart = _counterpart(finding.code, sex, note)
            if counterpart and not any(each.code == counterpart for each in findings):
                finding.code = counterpart
            else:
                finding.dropped = reason


def _not_theirs(code: str, age: int | None, sex: str, note: Note) -> str:
    if sex:
        facts = note.codes.attributes(code, _LAST_SEXED_DAY)
        title = note.codes.description(code).lower()
        female = "female" in facts or bool(_FEMALE_TITLE.search(title))
        male = "male" in facts or bool(_MALE_TITLE.search(title))
        if female is not male and (sex == "male") is female and code[0] not in "PQZ":
            return f"the note is of a {sex} patient"
    if age is not None:
        for name, (youngest, oldest) in _AGES.items():
            if name in note.codes.attributes(code, note.on) and not youngest <= age <= oldest:
                return f"for the age of {youngest} to {oldest}; the note says {age}"
    return ""


def _counterpart(code: str, sex: str, note: Note) -> str:
    """The same for the other sex, where the title differs in that word alone (cancer of the breast)."""
    title = note.codes.description(code).lower()
    wanted = re.sub(r"\b(?:fe)?male\b", sex, title)
    if wanted == title:
        return ""
    return next((hit for hit, _ in note.codes.search(wanted, note.on, 3) if note.codes.description(hit).lower() == wanted), "")
