"""Reads 837P files claim by claim: ours, and other people's with everything that the guide has."""

from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from rcm.x12.claim.parts import ClaimPart, Handlers, LinePart, Part
from rcm.x12.claim.reader import ClaimReader, accident_of
from rcm.x12.claim.values import NO_DATE, Place, Provider
from rcm.x12.elements import has_digits
from rcm.x12.grammar import Source
from rcm.x12.interchange import TransactionSet, Walker
from rcm.x12.problems import Problem
from rcm.x12.professional_claim.quick import QuickClaims
from rcm.x12.professional_claim.values import ClaimInFile, ProfessionalClaim, ServiceLine
from rcm.x12.transaction_sets import read_sets

_CLAIM_ROLES = frozenset({"82", "DN", "P3", "77", "FA", "DQ"})
_OWN_CLAIM_ROLES = frozenset({"82", "DN", "77", "FA", "DQ"})
"""Those that have a field; FA is 4010's facility."""
_LINE_ROLES = frozenset({"82", "DN", "P3", "77", "DQ", "DK", "QB"})
_OWN_LINE_ROLES = frozenset({"82"})
_PLACES = frozenset({"PW", "45"})
_DIAGNOSES = frozenset({"ABK", "ABF", "BK", "BF"})
_NO_PLACES: dict[str, Place] = {}
_NO_PROVIDERS: dict[str, Provider] = {}
_ANAESTHESIA = frozenset({"BP", "BO"})


class _ClaimPart(ClaimPart):
    __slots__ = ()
    handlers: ClassVar[Handlers] = {**ClaimPart.handlers, "CR1": ClaimPart.cr1, "CRC": ClaimPart.crc}


class _LinePart(LinePart):
    __slots__ = ()
    handlers: ClassVar[Handlers] = {**LinePart.handlers, "CR1": LinePart.cr1, "CRC": LinePart.crc}


def is_professional(transaction: TransactionSet) -> bool:
    """Whether an 837 is a professional one, in 5010 (X222) or 4010 (X098); one that names no guide may be."""
    version = transaction.version
    return transaction.identifier == "837" and ("X222" in version or "X098" in version or "X" not in version)


def read_professional_claims(source: Source, problems: list[Problem] | None = None) -> Iterator[ClaimInFile]:
    """Every claim of every 837P in the file, one at a time.

    Raises NotX12, and WrongTransaction at the end where the file held no 837P. Faults are added to `problems` where a list is
    given. What has no typed place stands in `raw` of the party, claim or line that it belongs to.
    """
    return read_sets(source, problems, "837P", is_professional, lambda *one_set: ProfessionalClaimReader(*one_set).claims())


class ProfessionalClaimReader(ClaimReader[ProfessionalClaim]):
    """One 837P transaction set."""

    claim_part = _ClaimPart
    line_part = _LinePart

    def __init__(self, walker: Walker, transaction: TransactionSet, problems: list[Problem]) -> None:
        super().__init__(walker, transaction, problems)
        self._quick = QuickClaims(self.delimiters, self.parties)

    def claim(self, text: str, number: int) -> ProfessionalClaim:
        """2300 with its lines."""
        parties = (self.billing_provider, self.subscriber, self.payer, self.patient, self.pay_to)
        return self._quick.read(text, number, parties) or self._by_loops(text, number)

    def _by_loops(self, text: str, number: int) -> ProfessionalClaim:
        """The same of whatever stands in it."""
        cut = self.cut_claim(text, number)
        clm, part = cut.clm, cut.part
        place, _, frequency = (*clm[5].split(part.component), "", "")[:3]
        places, providers = self._places_and_providers(cut.providers, part, _CLAIM_ROLES)
        authorisation, referral, original, clearinghouse, record = part.named("G1", "9F", "F8", "D9", "EA")
        accident = accident_of(clm[11], part)
        onset, admitted, discharged = (part.day_alone(kind) for kind in ("431", "435", "096"))
        diagnoses, anaesthesia, conditions, version = _codes(part)
        paid = part.amount("F5")
        self.faults.number = number
        return ProfessionalClaim(
            clm[1], self.faults.money(clm, 2), self.billing_provider, self.subscriber, self.payer, self.patient,
            frequency or "1", clm[7], clm[8], clm[9], clm[20], authorisation, referral, original, clearinghouse, record,
            part.note(), providers.get("82"), providers.get("DN"), providers.get("77") or providers.get("FA"),
            tuple(part.references), tuple(part.dates), tuple(part.amounts), tuple(part.notes), tuple(part.attachments),
            self.others(providers, _OWN_CLAIM_ROLES), cut.other_payers, self.pay_to, tuple(part.raw),
            place_of_service=place,
            diagnoses=diagnoses,
            lines=tuple([self._line(line, first) for line, first in cut.lines]),
            signature_on_file=clm[6] == "Y",
            patient_signature=clm[10],
            special_program=clm[12],
            accident=accident,
            onset_on=onset,
            admitted_on=admitted,
            discharged_on=discharged,
            patient_paid_cents=paid or 0,
            supervising_provider=providers.get("DQ"),
            ambulance=part.ambulance,
            certifications=tuple(part.certifications),
            anaesthesia_procedures=anaesthesia,
            condition_codes=conditions,
            pickup=places.get("PW"),
            dropoff=places.get("45"),
            diagnosis_version=version,
        )  # fmt: skip

    def _places_and_providers(
        self, loops: list[tuple[str, str, int]], part: Part, roles: frozenset[str]
    ) -> tuple[dict[str, Place], dict[str, Provider]]:
        """Of loops 2310 or 2420 where an ambulance went, and the others, each by NM101."""
        if not loops:
            return _NO_PLACES, _NO_PROVIDERS
        places: dict[str, Place] = {}
        others = []
        for one in loops:
            role, loop, _ = one
            if role in _PLACES and role not in places:
                places[role] = self.parties.place(loop)
            else:
                others.append(one)
        return places, self.roled(others, part.raw, roles)

    def _line(self, text: str, number: int) -> ServiceLine:
        """2400 with what stands below it."""
        found = self._quick.line(text, number)
        if found is not None:
            return found
        cut = self.cut_line(text, number)
        part = cut.part
        sv1 = part.service
        procedure = sv1[1].split(part.component)
        procedure += [""] * (7 - len(procedure))
        places, providers = self._places_and_providers(cut.providers, part, _LINE_ROLES)
        control_number, authorisation = part.named("6R", "G1")
        served = part.day("472")
        self.faults.number = number + 1
        return ServiceLine(
            procedure[1], self.faults.money(sv1, 2), control_number, tuple(filter(None, procedure[2:6])), sv1[4], procedure[6],
            procedure[0] or "HC", part.whole_drug(), part.note(), authorisation, cut.number, tuple(part.references),
            tuple(part.dates), tuple(part.amounts), tuple(part.quantities), tuple(part.notes), tuple(part.attachments),
            self.others(providers, _OWN_LINE_ROLES), cut.adjudications, tuple(part.raw), number,
            diagnosis_pointers=_pointers(sv1[7], part.component),
            date_of_service=served.first if served else NO_DATE,
            date_of_service_to=served.last if served else None,
            unit=sv1[3],
            place_of_service=sv1[5],
            emergency=sv1[9] == "Y",
            epsdt=sv1[11] == "Y",
            family_planning=sv1[12] == "Y",
            copay_exempt=sv1[15] == "0",
            rendering_provider=providers.get("82"),
            ambulance=part.ambulance,
            certifications=tuple(part.certifications),
            pickup=places.get("PW"),
            dropoff=places.get("45"),
        )  # fmt: skip


@lru_cache(4096)
def _pointers(text: str, component: str) -> tuple[int, ...]:
    """SV107, as far as it is one."""
    return tuple([int(one) for one in text.split(component) if has_digits(one, 1, 2)])


def _codes(part: ClaimPart) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], int]:
    """HI: diagnoses, anaesthesia's surgery, conditions, and the version of ICD."""
    diagnoses: list[str] = []
    anaesthesia: list[str] = []
    conditions: list[str] = []
    version = 10
    others: list[list[str]] = []
    for composite in part.codes:
        if len(composite) != 2:
            others.append(composite)
        elif composite[0] in _DIAGNOSES:
            diagnoses.append(composite[1])
            version = 9 if composite[0] in {"BK", "BF"} else version
        elif composite[0] in _ANAESTHESIA:
            anaesthesia.append(composite[1])
        elif composite[0] == "BG":
            conditions.append(composite[1])
        else:
            others.append(composite)
    part.keep_codes(others)
    return tuple(diagnoses), tuple(anaesthesia), tuple(conditions), version
