"""Reads HI of an 837I: diagnoses, procedures, occurrences, values, conditions."""

from rcm.money import NotMoney
from rcm.x12.claim.parts import ClaimPart
from rcm.x12.elements import cents, day, period
from rcm.x12.institutional_claim.values import Diagnosis, Occurrence, Procedure, ValueCode

_ICD_10 = {"ABK": "BK", "ABJ": "BJ", "APR": "PR", "ABN": "BN", "ABF": "BF", "BBR": "BR", "BBQ": "BQ"}
_ICD_9 = frozenset(_ICD_10.values())
_PRESENT_AT = 8
"""Where in a composite present-on-admission stands."""


class InstitutionalCodes:
    """All composites of a claim's HI by their kind; those of no known kind or form are given back to the claim's raw ones."""

    def __init__(self, part: ClaimPart) -> None:
        self.version = 10
        self.principal: list[Diagnosis] = []
        self.admitting = self.drg = ""
        self.causes: list[Diagnosis] = []
        self.others: list[Diagnosis] = []
        self.principal_procedures: list[Procedure] = []
        self.procedures: list[Procedure] = []
        self.occurrences: list[Occurrence] = []
        self.spans: list[Occurrence] = []
        self.values: list[ValueCode] = []
        self.plain: dict[str, list[str]] = {"PR": [], "BG": [], "TC": []}
        diagnoses = {"BK": self.principal, "BN": self.causes, "BF": self.others}
        procedures = {"BR": self.principal_procedures, "BQ": self.procedures}
        left: list[list[str]] = []
        for composite in part.codes:
            kind = _ICD_10.get(composite[0], composite[0])
            if composite[0] in _ICD_9:
                self.version = 9
            if kind in diagnoses:
                taken = _diagnosis(diagnoses[kind], composite, most=1 if kind == "BK" else 99)
            elif kind in procedures:
                taken = _procedure(procedures[kind], composite, most=1 if kind == "BR" else 99)
            elif kind in self.plain and len(composite) == 2:
                self.plain[kind].append(composite[1])
                taken = True
            else:
                taken = self._other(kind, composite)
            if not taken:
                left.append(composite)
        part.keep_codes(left)

    def _other(self, kind: str, composite: list[str]) -> bool:
        """Admitting diagnosis, DRG, occurrences, values; False where it is none or can't be read."""
        if len(composite) == 2 and kind == "BJ" and not self.admitting:
            self.admitting = composite[1]
        elif len(composite) == 2 and kind == "DR" and not self.drg:
            self.drg = composite[1]
        elif len(composite) == 4 and kind == "BH" and (on := day(composite[3])) is not None:
            self.occurrences.append(Occurrence(composite[1], on))
        elif len(composite) == 4 and kind == "BI":
            first, last = period(composite[3])
            if first is None or last is None:
                return False
            self.spans.append(Occurrence(composite[1], first, last))
        elif len(composite) == 5 and kind == "BE" and not composite[2] and not composite[3]:
            try:
                self.values.append(ValueCode(composite[1], cents(composite[4])))
            except NotMoney:
                return False
        else:
            return False
        return True


def _diagnosis(found: list[Diagnosis], composite: list[str], most: int) -> bool:
    if len(found) >= most or len(composite) < 2 or len(composite) > _PRESENT_AT + 1 or any(composite[2:_PRESENT_AT]):
        return False
    found.append(Diagnosis(composite[1], composite[_PRESENT_AT] if len(composite) > _PRESENT_AT else ""))
    return True


def _procedure(found: list[Procedure], composite: list[str], most: int) -> bool:
    on = day(composite[3]) if len(composite) == 4 else None
    if len(found) >= most or not (len(composite) == 2 or on is not None):
        return False
    found.append(Procedure(composite[1], on))
    return True
