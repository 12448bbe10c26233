"""Sentences for the segments of 270 and 271, of 276 and 278, and for what institutional and dental claims have besides."""

from collections.abc import Callable, Mapping

from rcm.x12.segments import Segment
from rcm.x12.show import words as codes
from rcm.x12.show.phrases import day, money, percent, word


def _types(segment: Segment, place: int) -> str:
    """Service types in words."""
    mark = segment.delimiters.repetition
    found = segment.get(place).split(mark) if mark else [segment.get(place)]
    return ", ".join(word(codes.SERVICE_TYPES, code) for code in found if code)


def _benefit(segment: Segment) -> str:
    """EB: what, for whom, of what, how much, how often, in which network."""
    told = [word(codes.BENEFITS, segment.get(1))]
    if segment.get(2):
        told.append(word(codes.COVERAGE_LEVELS, segment.get(2)))
    types = _types(segment, 3)
    figures = [money(segment.get(7))] if segment.get(7) else []
    figures += [percent(segment.get(8))] if segment.get(8) else []
    figures += [f"{segment.get(10)} {word(codes.QUANTITIES, segment.get(9))}"] if segment.get(10) else []
    if segment.get(6):
        figures.append(f"for {word(codes.PERIODS, segment.get(6))}")
    parts = [" ".join(told) + (f": {types}" if types else ""), " ".join(figures), segment.get(5)]
    parts.append({"Y": "in the network", "N": "outside of the network"}.get(segment.get(12), ""))
    parts.append("authorisation is needed" if segment.get(11) == "Y" else "")
    return "; ".join(part for part in parts if part) + "."


def _question(segment: Segment) -> str:
    types = _types(segment, 1)
    procedure = f"procedure {segment.parts(2)[1]}" if len(segment.parts(2)) > 1 else ""
    return f"What is covered: {', '.join(part for part in (types, procedure) if part) or 'everything'}?"


def _refusal(segment: Segment) -> str:
    reason = f"reason {segment.get(3)}"
    words = codes.REFUSALS.get(segment.get(3))
    advice = codes.FOLLOW_UPS.get(segment.get(4))
    return f"Not answered, {reason}" + (f" ({words})" if words else "") + (f"; {advice}." if advice else ".")


def _delivery(segment: Segment) -> str:
    quantity = f"{segment.get(2)} {word(codes.QUANTITIES, segment.get(1))}".strip()
    often = f"{segment.get(4)} for each {word(codes.DELIVERY_UNITS, segment.get(3))}" if segment.get(3) else ""
    during = f"for {segment.get(6) or 1} of {word(codes.PERIODS, segment.get(5))}" if segment.get(5) else ""
    return f"{', '.join(part for part in (quantity, often.strip(), during) if part)}."


def _member(segment: Segment) -> str:
    relations = {"18": "The insured person", "01": "The spouse", "19": "A child"}
    return f"{word(relations, segment.get(2)) or 'A member'}."


def _institutional(segment: Segment) -> str:
    procedure = segment.parts(2)
    code = f", {procedure[1]}" if len(procedure) > 1 else ""
    modifiers = f" with modifier {', '.join(procedure[2:6])}" if any(procedure[2:6]) else ""
    return f"Revenue code {segment.get(1)}{code}{modifiers}: {segment.get(5)} x, {money(segment.get(3))}."


def _dental(segment: Segment) -> str:
    procedure = segment.parts(1)
    return f"{procedure[1] if len(procedure) > 1 else segment.get(1)}: {money(segment.get(2))}."


def _decided(segment: Segment) -> str:
    procedure = segment.parts(3)
    code = procedure[1] if len(procedure) > 1 else segment.get(3)
    return f"The payer {segment.get(1)} paid {money(segment.get(2))} for {code}, {segment.get(5)} x."


def _admission(segment: Segment) -> str:
    told = (("type", 1), ("source", 2), ("patient status", 3))
    return f"Admission: {', '.join(f'{name} {segment.get(place)}' for name, place in told if segment.get(place))}."


def _attachment(segment: Segment) -> str:
    return f"An attachment of kind {segment.get(1)}, number {segment.get(6)}."


def _quantity(segment: Segment) -> str:
    kinds = {"90": "Accepted", "AA": "Refused", "QA": "Accepted", "QC": "Refused", "CA": "Covered days", "PT": "Patients"}
    return f"{word(kinds, segment.get(1))}: {segment.get(2)}."


def _spoken_of(segment: Segment) -> str:
    return f"About transaction {segment.get(9) or segment.get(3)}: {word(codes.ACCEPTANCES, segment.get(1)[1:])}."


BENEFIT_EXPLAINERS: Mapping[str, Callable[[Segment], str]] = {
    "AAA": _refusal,
    "BGN": lambda s: f"Number {s.get(2)}, made on {day(s.get(3))}.",
    "CL1": _admission,
    "EB": _benefit,
    "EQ": _question,
    "HD": lambda s: f"Coverage of kind {s.get(3)} {s.get(4)}.",
    "HSD": _delivery,
    "INS": _member,
    "MSG": lambda s: f"The payer says: {s.get(1)}",
    "OTI": _spoken_of,
    "PWK": _attachment,
    "QTY": _quantity,
    "RMR": lambda s: f"{s.get(2)}: {money(s.get(4))}.",
    "SV2": _institutional,
    "SV3": _dental,
    "SVD": _decided,
    "TED": lambda s: f"Error {s.get(1)}: {s.get(2)}",
}
