"""Reads 837I files claim by claim."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from rcm.x12.claim.parts import ClaimPart, Handlers
from rcm.x12.claim.reader import ClaimReader
from rcm.x12.claim.values import NO_DATE
from rcm.x12.elements import instant
from rcm.x12.grammar import Source
from rcm.x12.institutional_claim.codes import InstitutionalCodes
from rcm.x12.institutional_claim.values import InstitutionalClaim, InstitutionalClaimInFile, RevenueLine
from rcm.x12.interchange import TransactionSet, at
from rcm.x12.problems import Problem
from rcm.x12.reading import BLANKS
from rcm.x12.transaction_sets import read_sets

_CLAIM_ROLES = frozenset({"71", "72", "ZZ", "82", "77", "FA", "DN"})
_LINE_ROLES = frozenset({"72", "ZZ", "82", "DN"})
_NONE: frozenset[str] = frozenset()


class _ClaimPart(ClaimPart):
    __slots__ = ()
    handlers: ClassVar[Handlers] = {**ClaimPart.handlers, "CL1": ClaimPart.once, "CRC": ClaimPart.crc}
    with_times: ClassVar[bool] = True


def is_institutional(transaction: TransactionSet) -> bool:
    """Whether an 837 is an institutional one, in 5010 (X223) or 4010 (X096)."""
    return transaction.identifier == "837" and ("X223" in transaction.version or "X096" in transaction.version)


def read_institutional_claims(source: Source, problems: list[Problem] | None = None) -> Iterator[InstitutionalClaimInFile]:
    """Every claim of every 837I in the file, one at a time.

    Raises NotX12, and WrongTransaction at the end where the file held no 837I. Faults are added to `problems` where a list is
    given. What has no typed place stands in `raw` of the party, claim or line that it belongs to.
    """
    return read_sets(source, problems, "837I", is_institutional, lambda *one_set: InstitutionalClaimReader(*one_set).claims())


class InstitutionalClaimReader(ClaimReader[InstitutionalClaim]):
    """One 837I transaction set."""

    claim_part = _ClaimPart

    def claim(self, text: str, number: int) -> InstitutionalClaim:
        """2300 with its lines."""
        cut = self.cut_claim(text, number)
        clm, part = cut.clm, cut.part
        kind, _, frequency = (*clm[5].split(part.component), "", "")[:3]
        providers = self.roled(cut.providers, part.raw, _CLAIM_ROLES)
        authorisation, referral, original, clearinghouse, record = part.named("G1", "9F", "F8", "D9", "EA")
        statement = part.day("434")
        admission = [*part.segments.get("CL1", [[]])[0], *BLANKS]
        part.raw += [self.delimiters.element.join(more) for more in part.segments.get("CL1", [])[1:]]
        admitted_at, has_hour, discharge = self._times(part)
        codes = InstitutionalCodes(part)
        due = part.amount("F3")
        self.faults.number = number
        return InstitutionalClaim(
            clm[1], self.faults.money(clm, 2), self.billing_provider, self.subscriber, self.payer, self.patient,
            frequency or "1", clm[7], clm[8], clm[9], clm[20], authorisation, referral, original, clearinghouse, record,
            part.note(), providers.get("82"), providers.get("DN"), providers.get("77") or providers.get("FA"),
            tuple(part.references), tuple(part.dates), tuple(part.amounts), tuple(part.notes), tuple(part.attachments),
            (), cut.other_payers, self.pay_to, tuple(part.raw),
            bill_type=kind,
            lines=tuple([self._line(line, first) for line, first in cut.lines]),
            statement_from=statement.first if statement else NO_DATE,
            statement_to=(statement.last or statement.first) if statement else NO_DATE,
            principal_diagnosis=codes.principal[0] if codes.principal else None,
            admitting_diagnosis=codes.admitting,
            visit_reasons=tuple(codes.plain["PR"]),
            external_causes=tuple(codes.causes),
            other_diagnoses=tuple(codes.others),
            drg=codes.drg,
            principal_procedure=codes.principal_procedures[0] if codes.principal_procedures else None,
            other_procedures=tuple(codes.procedures),
            occurrences=tuple(codes.occurrences),
            occurrence_spans=tuple(codes.spans),
            values=tuple(codes.values),
            condition_codes=tuple(codes.plain["BG"]),
            treatment_codes=tuple(codes.plain["TC"]),
            diagnosis_version=codes.version,
            admission_type=admission[1],
            admission_source=admission[2],
            patient_status=admission[3],
            admitted_at=admitted_at,
            admission_has_hour=has_hour,
            discharge_time=discharge,
            estimated_due_cents=due,
            attending_provider=providers.get("71"),
            operating_provider=providers.get("72"),
            other_operating_provider=providers.get("ZZ"),
            certifications=tuple(part.certifications),
        )  # fmt: skip

    def _times(self, part: ClaimPart) -> tuple[datetime | None, bool, str]:
        """DTP*435 with or without an hour, and DTP*096."""
        admitted_at, has_hour, discharge = None, False, ""
        rest: list[list[str]] = []
        for elements in part.times:
            kind, form, text = elements[1], elements[2], at(elements, 3)
            if kind == "435" and form == "DT" and (found := instant(text[:8], text[8:])) is not None and admitted_at is None:
                admitted_at, has_hour = found, True
            elif kind == "096" and form == "TM" and not discharge:
                discharge = text
            else:
                rest.append(elements)
        part.raw += [self.delimiters.element.join(elements) for elements in rest]
        if admitted_at is None and (on := part.day_alone("435")) is not None:
            admitted_at = datetime(on.year, on.month, on.day)  # noqa: DTZ001
        return admitted_at, has_hour, discharge

    def _line(self, text: str, number: int) -> RevenueLine:
        """2400 with what stands below it."""
        cut = self.cut_line(text, number)
        part = cut.part
        sv2 = part.service
        procedure = sv2[2].split(part.component)
        procedure += [""] * (7 - len(procedure))
        providers = self.roled(cut.providers, part.raw, _LINE_ROLES)
        control_number, authorisation = part.named("6R", "G1")
        served = part.day("472")
        self.faults.number = number + 1
        return RevenueLine(
            procedure[1], self.faults.money(sv2, 3), control_number, tuple(filter(None, procedure[2:6])), sv2[5], procedure[6],
            procedure[0] or "HC", part.whole_drug(), part.note(), authorisation, cut.number, tuple(part.references),
            tuple(part.dates), tuple(part.amounts), tuple(part.quantities), tuple(part.notes), tuple(part.attachments),
            self.others(providers, _NONE), cut.adjudications, tuple(part.raw), number,
            revenue_code=sv2[1],
            unit=sv2[4],
            non_covered_cents=self.faults.money_if_any(sv2, 7),
            date_of_service=served.first if served else None,
            date_of_service_to=served.last if served else None,
        )  # fmt: skip
