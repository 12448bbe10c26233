"""One sentence for each segment: what it says, with the values it carries, in our own words."""

from collections.abc import Callable, Mapping

from rcm.x12.segments import Segment
from rcm.x12.show import words as codes
from rcm.x12.show.benefits import BENEFIT_EXPLAINERS
from rcm.x12.show.phrases import capital, day, dotted, money, word

Explainer = Callable[[Segment], str]


def explain(segment: Segment, kind: str = "") -> str:
    """What the segment says; "" for one that we have no words for. `kind` is its transaction's: 835, 837P, ..."""
    explainer = EXPLAINERS.get(segment.id)
    if segment.id == "HL" and not kind.startswith("837"):
        explainer = _any_level
    elif segment.id == "TRN" and kind not in {"", "835"}:
        explainer = _trace
    return explainer(segment) if explainer else ""


def _name(segment: Segment) -> str:
    who = word(codes.ENTITIES, segment.get(1))
    name = " ".join(part for part in (segment.get(4), segment.get(5), segment.get(3)) if part)
    numbers = {"XX": "NPI", "MI": "member id", "PI": "payer id", "46": "sender id", "FI": "tax number", "XV": "plan id"}
    number = f"{word(numbers, segment.get(8))} {segment.get(9)}" if segment.get(9) else ""
    return ": ".join([who, ", ".join(part for part in (name, number) if part)]).rstrip(": ") + "."


def _party(segment: Segment) -> str:
    number = {"XX": "NPI", "FI": "tax number", "XV": "plan id"}.get(segment.get(3), segment.get(3))
    told = f", {number} {segment.get(4)}" if segment.get(4) else ""
    return f"{word(codes.ENTITIES, segment.get(1))}: {segment.get(2)}{told}."


def _level(segment: Segment) -> str:
    return "From here on: who bills." if segment.get(3) == "20" else word(codes.LEVELS, segment.get(3))


def _any_level(segment: Segment) -> str:
    return word(codes.LEVELS, segment.get(3))


def _trace(segment: Segment) -> str:
    whose = "The number of what is answered" if segment.get(1) == "2" else "The sender's own number of this"
    return f"{whose}: {segment.get(2)}."


def _subscriber(segment: Segment) -> str:
    rank = word(codes.RANKS, segment.get(1))
    relation = "; the patient is the insured person" if segment.get(2) == "18" else ""
    filing = word(codes.FILING, segment.get(9))
    return f"The {rank} coverage, {filing}{relation}." if filing else f"The {rank} coverage{relation}."


def _claim(segment: Segment) -> str:
    place, qualifier, frequency = [*segment.parts(5), "", "", ""][:3]
    kind = word(codes.CLAIM_FREQUENCY, frequency)
    where = f"type of bill {place}{frequency}" if qualifier == "A" else f"place of service {place}"
    return f"The claim {segment.get(1)} over {money(segment.get(2))}, {where}; {kind}."


def _codes(segment: Segment) -> str:
    """HI: its first qualifier tells what all of its codes are."""
    found = [(*segment.parts(place), "", "", "", "")[:5] for place in range(1, len(segment.elements)) if segment.get(place)]
    what = codes.CODE_KINDS.get(found[0][0], "Codes") if found else "Codes"
    told = []
    for qualifier, code, form, value, amount in found:
        shown = dotted(code) if qualifier in codes.DIAGNOSES else code
        if form in {"D8", "RD8"} and value:
            shown += f" on {day(value)}"
        elif amount:
            shown += f" = {amount}"
        told.append(shown)
    return f"{what}: {', '.join(filter(None, told))}."


def _service(segment: Segment) -> str:
    procedure = segment.parts(1)
    modifiers = f" with modifier {', '.join(procedure[2:6])}" if any(procedure[2:6]) else ""
    pointers = ", ".join(segment.parts(7))
    told = f" for diagnosis {pointers}" if pointers else ""
    return f"{procedure[1] if len(procedure) > 1 else ''}{modifiers}: {segment.get(4)} x, {money(segment.get(2))}{told}."


def _date(segment: Segment) -> str:
    what = word(codes.DATES, segment.get(1))
    value = segment.get(3) if segment.id == "DTP" else segment.get(2)
    return f"{capital(what)}: {day(value)}."


def _reference(segment: Segment) -> str:
    what = word(codes.REFERENCES, segment.get(1))
    named = f" ({segment.get(3)})" if segment.get(3) else ""
    return f"{capital(what)}: {segment.get(2)}{named}."


def _payment(segment: Segment) -> str:
    how = word(codes.PAYMENT_METHODS, segment.get(4))
    return f"The payment: {money(segment.get(2))}, {how}, on {day(segment.get(16))}."


def _paid_claim(segment: Segment) -> str:
    status = word(codes.CLAIM_STATUS, segment.get(2))
    owed = f"; {money(segment.get(5))} is the patient's" if segment.get(5) else ""
    number = f" The payer's number: {segment.get(7)}." if segment.get(7) else ""
    return f"Claim {segment.get(1)}, {status}: charged {money(segment.get(3))}, paid {money(segment.get(4))}{owed}.{number}"


def _adjustment(segment: Segment) -> str:
    group = word(codes.GROUPS, segment.get(1))
    told = []
    for place in range(2, min(len(segment.elements), 20), 3):
        reason = segment.get(place)
        if reason:
            words = codes.REASONS.get(reason)
            told.append(f"{money(segment.get(place + 1))} for reason {reason}" + (f" ({words})" if words else ""))
    return f"Not paid, {group}: {'; '.join(told)}."


def _paid_service(segment: Segment) -> str:
    procedure = segment.parts(1)
    modifiers = f" with modifier {', '.join(procedure[2:6])}" if any(procedure[2:6]) else ""
    code = procedure[1] if len(procedure) > 1 else segment.get(1)
    return f"{code}{modifiers}: charged {money(segment.get(2))}, paid {money(segment.get(3))}."


def _amount(segment: Segment) -> str:
    kinds = {
        "B6": "Allowed by the payer",
        "AU": "Covered",
        "EAF": "Left for the patient or the next payer",
        "R": "To be spent down",
        "T3": "Charged",
        "YU": "Accepted",
        "YY": "Refused",
        "I": "Interest",
        "F5": "Paid by the patient",
        "D": "Paid by the payer",
    }
    return f"{word(kinds, segment.get(1))}: {money(segment.get(2))}."


def _provider_adjustment(segment: Segment) -> str:
    told = []
    for place in range(3, min(len(segment.elements), 15), 2):
        code = segment.parts(place)
        told.append(f"{money(segment.get(place + 1))}, {word(codes.PROVIDER_ADJUSTMENTS, code[0])}")
    return f"Outside of any claim the payment is lowered by: {'; '.join(told)}."


def _birth(segment: Segment) -> str:
    sexes = {"F": ", female", "M": ", male"}
    return f"Born {day(segment.get(2))}{sexes.get(segment.get(3), '')}."


def _remarks(segment: Segment) -> str:
    found = [segment.get(place) for place in range(3, 8) if segment.get(place)]
    return f"Remarks of the payer: {', '.join(found)}." if found else "Remarks of the payer."


def _kind(segment: Segment) -> str:
    return codes.SETS.get(segment.get(1), "A transaction begins.")


def _status(segment: Segment) -> str:
    told = []
    for place in (1, 10, 11):
        if segment.get(place):
            category, code, entity = (*segment.parts(place), "", "")[:3]
            words = codes.STATUS_CATEGORIES.get(category)
            whom = f" ({codes.ENTITIES[entity].lower()})" if entity in codes.ENTITIES else ""
            told.append((f"{category} ({words})" if words else category) + f", code {code}{whom}")
    since = f", on {day(segment.get(2))}" if segment.get(2) else ""
    paid = f" Paid {money(segment.get(5))}." if segment.get(5) else ""
    return f"Status: {'; '.join(told)}{since}.{paid}"


def _accepted(segment: Segment) -> str:
    place = {"TA1": 4, "AK9": 1, "IK5": 1, "AK5": 1}[segment.id]
    about = {"TA1": "The envelope", "AK9": "The group", "IK5": "The transaction", "AK5": "The transaction"}[segment.id]
    return f"{about} is {word(codes.ACCEPTANCES, segment.get(place))}."


EXPLAINERS: Mapping[str, Explainer] = {
    "ISA": lambda s: f"The envelope: from {s.get(6).strip()} to {s.get(8).strip()}, number {s.get(13)}.",
    "GS": lambda s: f"A group of one kind of transactions, in the guide {s.get(8)}.",
    "ST": _kind,
    "BHT": lambda s: f"Made on {day(s.get(4))}; the sender's number {s.get(3)}.",
    "NM1": _name,
    "N1": _party,
    "N3": lambda s: f"Address: {', '.join(part for part in s.elements[1:3] if part)}.",
    "N4": lambda s: f"{s.get(1)}, {s.get(2)} {s.get(3)}.",
    "PER": lambda s: f"Whom to ask: {' '.join(part for part in (s.get(2), s.get(4), s.get(6)) if part)}.",
    "HL": _level,
    "PRV": lambda s: f"Taxonomy (kind of provider): {s.get(3)}.",
    "SBR": _subscriber,
    "PAT": lambda _: "The patient's relation to the insured person.",
    "DMG": _birth,
    "CLM": _claim,
    "HI": _codes,
    **BENEFIT_EXPLAINERS,
    "LX": lambda s: f"Number {s.get(1)} of what follows.",
    "SV1": _service,
    "DTP": _date,
    "DTM": _date,
    "REF": _reference,
    "LIN": lambda s: f"Drug: NDC {s.get(3)}.",
    "CTP": lambda s: f"Quantity of the drug: {s.get(4)} {s.parts(5)[0]}.",
    "NTE": lambda s: f"A note: {s.get(2)}.",
    "BPR": _payment,
    "TRN": lambda s: f"Trace number {s.get(2)}: it ties this remittance to its bank payment. Payer {s.get(3)}.",
    "CLP": _paid_claim,
    "CAS": _adjustment,
    "SVC": _paid_service,
    "AMT": _amount,
    "LQ": lambda s: f"Remark of the payer: {s.get(2)}.",
    "STC": _status,
    "TA1": _accepted,
    "AK9": _accepted,
    "IK5": _accepted,
    "AK5": _accepted,
    "AK1": lambda s: f"About the group {s.get(2)}.",
    "AK2": lambda s: f"About the transaction {s.get(2)}.",
    "IK3": lambda s: f"Something is wrong in segment {s.get(2)}, {s.get(1)}.",
    "IK4": lambda s: f"Element {s.get(1)} of it is wrong.",
    "MOA": _remarks,
    "MIA": _remarks,
    "TS3": lambda s: f"A group of {s.get(4)} claims over {money(s.get(5))}.",
    "PLB": _provider_adjustment,
    "SE": lambda s: f"The transaction ends: {s.get(1)} segments.",
    "GE": lambda _: "The group ends.",
    "IEA": lambda _: "The envelope ends.",
}
