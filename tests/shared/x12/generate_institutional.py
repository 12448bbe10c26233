"""Invented institutional claims with every optional part, by seed. No name, number or address is anybody's."""

from datetime import date, datetime, timedelta
from random import Random

from msgspec.structs import replace

from rcm.x12.claim.values import PayTo
from rcm.x12.institutional_claim import (
    Diagnosis,
    InstitutionalClaim,
    Occurrence,
    Procedure,
    RevenueLine,
    ValueCode,
)
from rcm.x12.professional_claim import Drug, Provider
from rcm.x12.values import Amount, Reference
from tests.shared.x12.generate import (
    DIAGNOSES,
    PAYERS,
    adjudicated,
    attachments,
    day,
    maybe,
    note_list,
    patient,
    pay_to,
    provider,
    roled,
    subscriber,
)

REVENUE = (("0120", ""), ("0450", "99284"), ("0636", "J1885"), ("0300", "85025"), ("0250", ""), ("0360", "27130"))
EXTERNAL = ("V00131A", "Y9301", "W010XXA")


def line(random: Random, number: int, *, inpatient: bool) -> RevenueLine:
    revenue, procedure = random.choice(REVENUE)
    room = revenue == "0120"
    on = day(random)
    charge = random.randrange(100, 500_000)
    drug = Drug("00409479620", "2", "ML", maybe(random, "RX77"))
    return RevenueLine(
        procedure=procedure,
        charge_cents=charge,
        line_control_number=f"L{number}X{random.randrange(1000)}",
        modifiers=tuple(random.sample(("25", "59", "RT"), random.choice((0, 0, 1, 2)))) if procedure else (),
        units=str(random.randint(1, 9)),
        description=maybe(random, "Explained", 0.1) if procedure else "",
        revenue_code=revenue,
        unit="DA" if room else "UN",
        non_covered_cents=random.choice((None, None, 0, charge // 3)),
        date_of_service=None if inpatient and random.random() < 0.5 else on,
        date_of_service_to=None,
        drug=drug if procedure == "J1885" else None,
        amounts=tuple(Amount(kind, 250) for kind in ("GT", "N8") if random.random() < 0.05),
        notes=note_list(random, "TPO"),
        attachments=attachments(random, 0.05),
        providers=roled(random, 0.05, "72", "ZZ", "82", "DN"),
    )


def claim(random: Random, number: int, billing: Provider, where: tuple[PayTo, ...] = ()) -> InstitutionalClaim:
    """One claim; `number` makes its patient control number."""
    inpatient = random.random() < 0.5
    is_patient = random.random() < 0.6
    made = tuple(line(random, place, inpatient=inpatient) for place in range(1, random.choice((1, 2, 3, 8)) + 1))
    charge = sum(item.charge_cents for item in made)
    lines, payers = adjudicated(random, made, charge)
    frequency = random.choice("111234578")
    first = date(2026, 1, 2)
    last = first + timedelta(days=random.randrange(1, 9))
    holder = replace(subscriber(random, is_patient=is_patient), died_on=None, weight_pounds="", pregnant=False)

    surgeon = provider(random, person=True)
    made_claim = InstitutionalClaim(
        patient_control_number=f"PCN{number:07d}",
        charge_cents=charge,
        billing_provider=billing,
        pay_to=where,
        subscriber=replace(holder, rank="S", filing_indicator="CI") if payers else holder,
        payer=random.choice(PAYERS),
        patient=None if is_patient else replace(patient(random), pregnant=False),
        bill_type="11" if inpatient else "13",
        lines=tuple(one for one in lines if isinstance(one, RevenueLine)),
        other_payers=payers,
        frequency=frequency,
        assignment=random.choice("AAC"),
        benefits_assigned=random.choice("YN"),
        release_of_information=random.choice("YI"),
        delay_reason=maybe(random, "11", 0.05),
        statement_from=first,
        statement_to=last,
        admission_type=random.choice("123"),
        admission_source=random.choice("12"),
        patient_status="30" if frequency in "23" else "01",
        admitted_at=datetime(2026, 1, 2, 14, 5) if inpatient else None,  # noqa: DTZ001
        admission_has_hour=inpatient,
        discharge_time="1130" if inpatient and frequency in "14" else "",
        estimated_due_cents=random.choice((None, None, 2500)),
        authorisation_number=maybe(random, "AUTH123"),
        referral_number=maybe(random, "REFERRAL7", 0.1),
        payer_claim_control_number="ICN55501" if frequency in "78" else "",
        clearinghouse_number=maybe(random, "CH123", 0.1),
        medical_record_number=maybe(random, "MRN9"),
        references=(Reference("LU", "OR"),) if random.random() < 0.1 else (),
        note=maybe(random, "A note: with *delimiters*~ and ümlauts", 0.1),
        notes=note_list(random, "DCP"),
        attachments=attachments(random),
        attending_provider=provider(random, person=True),
        operating_provider=surgeon if random.random() < 0.3 else None,
        other_operating_provider=None,
        rendering_provider=provider(random, person=True) if random.random() < 0.1 else None,
        service_facility=provider(random, facility=True) if random.random() < 0.2 else None,
        referring_provider=provider(random, person=True) if random.random() < 0.2 else None,
    )
    return coded(random, made_claim, inpatient=inpatient)


def coded(random: Random, claim: InstitutionalClaim, *, inpatient: bool) -> InstitutionalClaim:
    """The claim with diagnoses, procedures, occurrences, values and conditions."""
    first, last = claim.statement_from, claim.statement_to

    def present() -> str:
        return random.choice(("Y", "N", "U", "W", "")) if inpatient else ""

    return replace(
        claim,
        principal_diagnosis=Diagnosis(random.choice(DIAGNOSES), present()),
        admitting_diagnosis=random.choice(DIAGNOSES) if inpatient else "",
        visit_reasons=() if inpatient else tuple(random.sample(DIAGNOSES, random.randint(1, 3))),
        external_causes=tuple(Diagnosis(code, present()) for code in random.sample(EXTERNAL, random.choice((0, 0, 1, 3)))),
        other_diagnoses=tuple(Diagnosis(random.choice(DIAGNOSES), present()) for _ in range(random.choice((0, 1, 5, 20)))),
        drg="470" if inpatient and random.random() < 0.5 else "",
        principal_procedure=Procedure("0SR9019", first) if inpatient and random.random() < 0.4 else None,
        other_procedures=tuple(Procedure("02100Z9", first) for _ in range(random.choice((0, 0, 2, 14)) if inpatient else 0)),
        occurrences=tuple(Occurrence(code, day(random)) for code in ("11", "24")[: random.choice((0, 1, 2))]),
        occurrence_spans=(Occurrence("74", first, last),) if random.random() < 0.2 else (),
        values=tuple(ValueCode(code, cents) for code, cents in (("80", 300), ("A1", 12_345))[: random.choice((0, 1, 2))]),
        condition_codes=("09", "C5")[: random.choice((0, 0, 1, 2))],
        treatment_codes=("A01",) if random.random() < 0.05 else (),
    )


def generate_institutional(seed: int, count: int) -> list[InstitutionalClaim]:
    """`count` claims of a few billing providers."""
    random = Random(seed)
    billing = []
    for _ in range(3):
        found = provider(random, billing=True, facility=True)
        billing.append((replace(found, tax_id_kind="EI"), pay_to(random)))
    return [claim(random, number, *random.choice(billing)) for number in range(count)]
