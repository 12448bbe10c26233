"""Reads 837D files claim by claim."""

from collections.abc import Iterator
from typing import ClassVar

from rcm.x12.claim.parts import ClaimPart, Handlers, LinePart
from rcm.x12.claim.reader import ClaimReader, accident_of
from rcm.x12.dental_claim.values import DentalClaim, DentalClaimInFile, DentalLine, Orthodontics, Tooth, ToothStatus
from rcm.x12.elements import has_digits
from rcm.x12.grammar import Source
from rcm.x12.interchange import Segment, TransactionSet, at
from rcm.x12.problems import Problem
from rcm.x12.transaction_sets import read_sets

_CLAIM_ROLES = frozenset({"82", "DN", "P3", "77", "FA", "DD", "DQ"})
_OWN_CLAIM_ROLES = frozenset({"82", "DN", "77", "FA", "DD", "DQ"})
_LINE_ROLES = frozenset({"82", "DD", "DQ", "77"})
_OWN_LINE_ROLES = frozenset({"82"})
_DIAGNOSES = frozenset({"ABK", "ABF", "BK", "BF", "TQ"})


class _ClaimPart(ClaimPart):
    __slots__ = ()

    def dn1(self, elements: Segment) -> bool:
        """DN1."""
        return "DN1" not in self.segments and self.once(elements)

    handlers: ClassVar[Handlers] = {**ClaimPart.handlers, "DN1": dn1, "DN2": ClaimPart.once}


class _LinePart(LinePart):
    __slots__ = ()
    handlers: ClassVar[Handlers] = {**LinePart.handlers, "TOO": LinePart.once}


def is_dental(transaction: TransactionSet) -> bool:
    """Whether an 837 is a dental one, in 5010 (X224) or 4010 (X097)."""
    return transaction.identifier == "837" and ("X224" in transaction.version or "X097" in transaction.version)


def read_dental_claims(source: Source, problems: list[Problem] | None = None) -> Iterator[DentalClaimInFile]:
    """Every claim of every 837D in the file, one at a time.

    Raises NotX12, and WrongTransaction at the end where the file held no 837D. Faults are added to `problems` where a list is
    given. What has no typed place stands in `raw` of the party, claim or line that it belongs to.
    """
    return read_sets(source, problems, "837D", is_dental, lambda *one_set: DentalClaimReader(*one_set).claims())


class DentalClaimReader(ClaimReader[DentalClaim]):
    """One 837D transaction set."""

    claim_part = _ClaimPart
    line_part = _LinePart

    def claim(self, text: str, number: int) -> DentalClaim:
        """2300 with its lines."""
        cut = self.cut_claim(text, number)
        clm, part = cut.clm, cut.part
        place, _, frequency = (*clm[5].split(part.component), "", "")[:3]
        providers = self.roled(cut.providers, part.raw, _CLAIM_ROLES)
        authorisation, referral, original, clearinghouse, record = part.named("G1", "9F", "F8", "D9", "EA")
        diagnoses = tuple([one[1] for one in part.codes if len(one) == 2 and one[0] in _DIAGNOSES])
        part.keep_codes([one for one in part.codes if len(one) != 2 or one[0] not in _DIAGNOSES])
        accident, paid, served = accident_of(clm[11], part), part.amount("F5"), part.day_alone("472")
        self.faults.number = number
        return DentalClaim(
            clm[1], self.faults.money(clm, 2), self.billing_provider, self.subscriber, self.payer, self.patient,
            frequency or "1", clm[7], clm[8], clm[9], clm[20], authorisation, referral, original, clearinghouse, record,
            part.note(), providers.get("82"), providers.get("DN"), providers.get("77") or providers.get("FA"),
            tuple(part.references), tuple(part.dates), tuple(part.amounts), tuple(part.notes), tuple(part.attachments),
            self.others(providers, _OWN_CLAIM_ROLES), cut.other_payers, self.pay_to, tuple(part.raw),
            place_of_service=place,
            lines=tuple([self._line(line, first) for line, first in cut.lines]),
            diagnoses=diagnoses,
            signature_on_file=clm[6] == "Y",
            patient_signature=clm[10],
            special_program=clm[12],
            predetermination=clm[19] == "PB",
            accident=accident,
            date_of_service=served,
            patient_paid_cents=paid or 0,
            orthodontics=_orthodontics(part.segments.get("DN1", [[]])[0]),
            tooth_statuses=tuple([ToothStatus(at(one, 1), at(one, 2)) for one in part.segments.get("DN2", [])]),
            supervising_provider=providers.get("DQ"),
            assistant_surgeon=providers.get("DD"),
        )  # fmt: skip

    def _line(self, text: str, number: int) -> DentalLine:
        """2400 with what stands below it."""
        cut = self.cut_line(text, number)
        part = cut.part
        sv3 = part.service
        procedure = sv3[1].split(part.component)
        procedure += [""] * (7 - len(procedure))
        providers = self.roled(cut.providers, part.raw, _LINE_ROLES)
        control_number, authorisation = part.named("6R", "G1")
        served = part.day_alone("472")
        teeth = [
            Tooth(at(one, 2), tuple(filter(None, at(one, 3).split(part.component)))) for one in part.segments.get("TOO", [])
        ]
        self.faults.number = number + 1
        return DentalLine(
            procedure[1], self.faults.money(sv3, 2), control_number, tuple(filter(None, procedure[2:6])), sv3[6] or "1",
            procedure[6], procedure[0] or "AD", part.whole_drug(), part.note(), authorisation, cut.number,
            tuple(part.references), tuple(part.dates), tuple(part.amounts), tuple(part.quantities), tuple(part.notes),
            tuple(part.attachments), self.others(providers, _OWN_LINE_ROLES), cut.adjudications, tuple(part.raw), number,
            date_of_service=served,
            place_of_service=sv3[3],
            oral_cavity=tuple(filter(None, sv3[4].split(part.component))),
            prosthesis=sv3[5],
            diagnosis_pointers=tuple([int(one) for one in sv3[11].split(part.component) if has_digits(one, 1, 2)]),
            teeth=tuple(teeth),
            rendering_provider=providers.get("82"),
        )  # fmt: skip


def _orthodontics(elements: Segment) -> Orthodontics | None:
    """DN1."""
    if not elements:
        return None
    return Orthodontics(at(elements, 1), at(elements, 2), "Y" in {at(elements, 3), at(elements, 4)})
