"""`rcm codes em`: the level of a visit from one note."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from coding_svc.domain.suggestions import READ_MAX
from coding_svc.domain.visits.levels import Element, Way
from coding_svc.domain.visits.words import Found
from coding_svc.handlers.codebook import CodeBook
from rcm.errors import Fault, InvalidBody


def level(book: CodeBook, body: bytes, on: date, service: str, patient: str = "") -> Iterator[dict[str, Any]]:
    """The level of one note (UTF-8), by both ways, each element with its evidence; `patient` overrides the note.

    Raises InvalidBody for what is no text.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Fault("", "not-text", f"The note is not UTF-8, at byte {error.start}", "Give a text in UTF-8.")
        raise InvalidBody("The note is no text", faults=[fault]) from error
    found = book.visit_level(text[:READ_MAX], on, service, patient)
    yield {
        "service": found.service,
        "patient": found.patient,
        "patient_told": found.patient_told,
        "problems": _element(found.problems),
        "data": _element(found.data),
        "risk": _element(found.risk),
        "time": {"minutes": found.minutes, "evidence": _spans(found.time_evidence)},
        "by_mdm": _way(found.by_mdm),
        "by_time": _way(found.by_time),
        "proposed": {"code": found.code or None, "by": found.by or None},
        "unread_characters": max(len(text) - READ_MAX, 0),
    }


def _element(element: Element) -> dict[str, Any]:
    return {"grade": element.grade.word, "why": element.why, "evidence": _spans(element.evidence)}


def _way(way: Way) -> dict[str, Any]:
    return {"code": way.code or None, "why": way.why}


def _spans(found: tuple[Found, ...]) -> list[dict[str, Any]]:
    return [{"start": each.start, "end": each.end, "text": each.text} for each in found]
