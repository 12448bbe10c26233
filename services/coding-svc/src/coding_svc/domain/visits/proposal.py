"""A visit's level as a suggestion, with the elements behind it told one by one."""

from coding_svc.domain.suggestions import Kind, Suggestion
from coding_svc.domain.visits.levels import VisitLevel

_HOSPITAL, _EMERGENCY = frozenset({"21", "51", "61"}), "23"
_OFFICE = frozenset({"02", "10", "11", "17", "18", "19", "20", "22", "24", "49", "50", "71", "72"})
SURE, LIKELY = 0.8, 0.6
"""Both ways agree and the note tells whose visit it is; or not. A level has no probability: the score ranks it alone."""


def service_at(place_of_service: str) -> str:
    """Which table of levels a place of service has: office, hospital, emergency; "" where none is known here."""
    if place_of_service in _HOSPITAL:
        return "hospital"
    if place_of_service == _EMERGENCY:
        return "emergency"
    return "office" if place_of_service in _OFFICE else ""


def why_of(level: VisitLevel) -> str:
    """Both ways, and each element, in one sentence."""
    elements = (("problems", level.problems), ("data", level.data), ("risk", level.risk))
    told = "; ".join(f"{name} {element.grade.word}: {element.why}" for name, element in elements)
    mdm, time = level.by_mdm, level.by_time
    return f"by decision making {mdm.code or 'none'} ({told}); by time {time.code or 'none'} ({time.why})"


def suggestion_of(level: VisitLevel, document: str) -> Suggestion | None:
    """What is proposed; None where the note tells nothing that a level could rest on."""
    found = (*level.problems.evidence, *level.data.evidence, *level.risk.evidence, *level.time_evidence)
    if not level.code or not found:
        return None
    sure = level.by == "both" and level.patient_told
    return Suggestion(
        Kind.VISIT,
        level.code,
        f"{level.service} visit, {level.patient}",
        SURE if sure else LIKELY,
        "affirmed",
        why_of(level),
        tuple(each.evidence(document) for each in found),
    )
