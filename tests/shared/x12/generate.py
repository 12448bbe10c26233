"""Invented claims with every optional part, by seed. No name, number or address is anybody's."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from msgspec.structs import replace

from rcm.x12.claim.coordination import LineAdjudication, OtherPayer, OtherSubscriber
from rcm.x12.claim.values import Ambulance, Attachment, Certification, Note, PayTo, Place, RoledProvider
from rcm.x12.institutional_claim import RevenueLine
from rcm.x12.professional_claim import (
    Accident,
    Drug,
    Patient,
    Payer,
    ProfessionalClaim,
    Provider,
    Receiver,
    ServiceLine,
    Submitter,
    Subscriber,
)
from rcm.x12.text import is_npi
from rcm.x12.values import (
    Address,
    Adjustment,
    Amount,
    Dated,
    InterchangeHeader,
    OutpatientAdjudication,
    Quantity,
    Reference,
)

AnyLine = ServiceLine | RevenueLine

CREATED = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
HEADER = InterchangeHeader("MAPLESTREET", "RCMSANDBOX", 42, CREATED)
SUBMITTER = Submitter("Maple Street Family Practice", "MAPLE01", "Billing Office", "5035550100", "billing@maple.example")
RECEIVER = Receiver("RCM Sandbox", "RCMSANDBOX")
DIAGNOSES = ("E119", "I10", "J069", "M545", "N390", "R0789", "Z0000", "F411", "K219", "E785", "G43909", "L209")
PROCEDURES = ("99213", "99214", "93000", "85025", "36415", "J1885", "G0008", "00142", "71046", "97110")
PAYERS = (Payer("Evergreen Mutual", "SBX01"), Payer("Harbor Health Plan", "SBX02", Address("PO BOX 7", "SALEM", "OR", "97301")))
LAST_NAMES = ("Alder", "Birch", "Cedar", "O'Maple", "Muñoz", "Van Willow", "Hazel-Rowan")
FIRST_NAMES = ("Ada", "Benno", "Chloé", "Dora", "Emil", "")


def npi(random: Random) -> str:
    """Ten digits with a right check digit, of the range that is given to nobody (1993...)."""
    stem = f"1993{random.randrange(10**5):05d}"
    return next(stem + str(digit) for digit in range(10) if is_npi(stem + str(digit)))


def address(random: Random, digits: int = 9) -> Address:
    postal_code = "".join(random.choice("123456789") for _ in range(digits))
    line2 = random.choice(("", "Suite 4"))
    return Address(f"{random.randrange(1, 999)} Invented Way", random.choice(("Portland", "Bend")), "OR", postal_code, line2)


def provider(random: Random, *, billing: bool = False, facility: bool = False, person: bool = False) -> Provider:
    person = person or (not facility and random.random() < 0.6)
    return Provider(
        npi(random),
        random.choice(LAST_NAMES) if person else "Maple Street Clinic",
        random.choice(FIRST_NAMES[:-1]) if person else "",
        random.choice(("", "Q")) if person else "",
        random.choice(("207Q00000X", "")),
        f"{random.randrange(10**9):09d}" if billing else "",
        random.choice(("EI", "SY")) if billing else "EI",
        address(random) if billing or facility else None,
        *(("Front Desk", "5035550133") if billing and random.random() < 0.3 else ("", "")),
    )


def day(random: Random, first: date = date(2026, 1, 2), days: int = 50) -> date:
    return first + timedelta(days=random.randrange(days))


def maybe(random: Random, value: str, chance: float = 0.3) -> str:
    return value if random.random() < chance else ""


def note_list(random: Random, *kinds: str) -> tuple[Note, ...]:
    return tuple(Note(kind, f"NOTE OF KIND {kind}") for kind in kinds if random.random() < 0.1)


def attachments(random: Random, chance: float = 0.1) -> tuple[Attachment, ...]:
    all_of_them = (Attachment("OZ", "EL", "ATTACHMENT7"), Attachment("B4", "AA"))
    return all_of_them[: random.choice((1, 2))] if random.random() < chance else ()


def roled(random: Random, chance: float, *roles: str) -> tuple[RoledProvider, ...]:
    """Providers of a line: an ordering one with its address and contact."""
    made = []
    for role in roles:
        if random.random() < chance:
            found = provider(random, person=role not in {"QB", "77"}, facility=role == "77")
            if role == "DK":
                found = replace(found, address=address(random), contact_name="DESK", phone="5035550177")
            if role == "QB":
                found = Provider(found.npi, "")
            made.append(RoledProvider(role, replace(found, taxonomy="")))
    return tuple(made)


AMBULANCE = Ambulance("A", "12", "150", "RETURNED", "COULD NOT STAND")
TRANSPORT = Certification("07", applies=True, codes=("01", "05"))


def line(random: Random, number: int, diagnoses: int, ride: bool) -> ServiceLine:
    on = day(random)
    procedure = random.choice(PROCEDURES)
    pointers = random.sample(range(1, diagnoses + 1), random.randint(1, min(4, diagnoses)))
    drug = Drug("00409479620", random.choice(("1", "2.5", "10")), random.choice(("ML", "UN", "GR")), maybe(random, "RX77"))
    anaesthesia = procedure == "00142"
    return ServiceLine(
        procedure=procedure,
        charge_cents=random.randrange(100, 100_000),
        diagnosis_pointers=tuple(pointers),
        date_of_service=on,
        line_control_number=f"L{number}X{random.randrange(1000)}",
        modifiers=tuple(random.sample(("25", "59", "RT", "GA", "76"), random.choice((0, 0, 1, 2, 4)))),
        units=str(random.randint(10, 90)) if anaesthesia else random.choice(("1", "2", "3.5")),
        unit="MJ" if anaesthesia else "UN",
        date_of_service_to=on + timedelta(days=2) if random.random() < 0.2 else None,
        place_of_service=maybe(random, "22", 0.1),
        emergency=random.random() < 0.1,
        epsdt=random.random() < 0.05,
        family_planning=random.random() < 0.05,
        copay_exempt=random.random() < 0.05,
        description=maybe(random, "Long visit", 0.1),
        drug=drug if procedure == "J1885" else None,
        rendering_provider=provider(random) if random.random() < 0.1 else None,
        note=maybe(random, "Note of the line", 0.1),
        notes=note_list(random, "TPO"),
        authorisation_number=maybe(random, "AUTH9", 0.1),
        references=(Reference("EW", "MAMMO77"),) if random.random() < 0.05 else (),
        dates=tuple(Dated(kind, day(random)) for kind in ("304", "455", "454") if random.random() < 0.05),
        amounts=(Amount("T", 125),) if random.random() < 0.05 else (),
        quantities=(Quantity("FL", "3"),) if anaesthesia else (),
        attachments=attachments(random, 0.05),
        ambulance=replace(AMBULANCE, miles="3") if ride and random.random() < 0.3 else None,
        providers=roled(random, 0.04, "QB", "77", "DQ", "DK", "DN"),
    )


def adjudicated(
    random: Random, lines: tuple[AnyLine, ...], claim_charge: int
) -> tuple[tuple[AnyLine, ...], tuple[OtherPayer, ...]]:
    """Lines and other payers that balance with each other: of the first payer line by line, of a second in sum."""
    if random.random() < 0.7:
        return lines, ()
    by_line = random.random() < 0.7
    paid_total, made = 0, []
    for one in lines:
        paid = random.randrange(one.charge_cents + 1)
        left = one.charge_cents - paid
        cuts = [Adjustment("CO", "45", left // 2), Adjustment("PR", "2", left - left // 2, maybe(random, "1", 0.2))]
        paid_total += paid
        code = one.procedure
        adjudication = LineAdjudication(
            "SBX77", paid, code, one.modifiers if code else (), one.units, tuple(cuts), date(2026, 2, 20),
            random.choice((None, 7)), revenue_code=one.revenue_code if isinstance(one, RevenueLine) else "",
        )  # fmt: skip
        made.append(replace(one, adjudications=(adjudication,)))
    first = OtherPayer(
        "SBX77",
        "OTHER HEALTH PLAN",
        OtherSubscriber("OTH1", "BIRCH", "BENNO", address=address(random) if random.random() < 0.5 else None),
        relationship=random.choice(("18", "01", "19")),
        group_number=maybe(random, "GRP9"),
        filing_indicator="CI",
        paid_cents=paid_total,
        adjustments=() if by_line else (Adjustment("CO", "45", claim_charge - paid_total),),
        outpatient=OutpatientAdjudication("", None, ("MA01",)) if random.random() < 0.5 else None,
        adjudicated_on=None if by_line else date(2026, 2, 20),
        references=(Reference("F8", "OTHERICN1"),) if random.random() < 0.5 else (),
        remaining_liability_cents=None if by_line else 700,
        address=address(random, 5) if random.random() < 0.3 else None,
    )
    second = OtherPayer(
        "SBX78", "THIRD HEALTH PLAN", OtherSubscriber("OTH2", "BIRCH"), rank="T", filing_indicator="HM", paid_cents=0,
        adjustments=(Adjustment("OA", "23", claim_charge),), adjudicated_on=date(2026, 2, 21),
    )  # fmt: skip
    payers = (first, second) if random.random() < 0.3 else (first,)
    return (tuple(made) if by_line else lines), payers


def subscriber(random: Random, *, is_patient: bool) -> Subscriber:
    full = is_patient or random.random() < 0.5
    return Subscriber(
        f"ABC{random.randrange(10**9):09d}",
        random.choice(LAST_NAMES),
        random.choice(FIRST_NAMES),
        random.choice(("", "M")),
        day(random, date(1950, 1, 1), 20_000) if full else None,
        random.choice("MFU") if full else "U",
        address(random, random.choice((5, 9))) if full else None,
        "P",
        maybe(random, "GRP-0042"),
        "",
        random.choice(("CI", "MB", "HM", "BL")),
        suffix=maybe(random, "JR", 0.1),
        died_on=day(random) if is_patient and random.random() < 0.05 else None,
        weight_pounds=maybe(random, "7.5", 0.05) if is_patient else "",
        pregnant=is_patient and random.random() < 0.05,
        references=(Reference("SY", "123456789"),) if random.random() < 0.1 else (),
    )


def secondary(found: Subscriber) -> Subscriber:
    """As one whose coverage comes after another: Medicare says why."""
    return replace(found, rank="S", insurance_type="12" if found.filing_indicator == "MB" else "")


def patient(random: Random) -> Patient:
    return Patient(
        "Sapling", random.choice(("19", "01", "G8")), day(random, date(1990, 1, 1), 9000), "F", address(random), "Ivy",
        suffix=maybe(random, "III", 0.1), pregnant=random.random() < 0.05,
    )  # fmt: skip


def pay_to(random: Random) -> tuple[PayTo, ...]:
    return (PayTo("87", address(random)),) if random.random() < 0.4 else ()


def claim(random: Random, number: int, billing: Provider, where: tuple[PayTo, ...] = ()) -> ProfessionalClaim:
    """One claim; `number` makes its patient control number."""
    is_patient = random.random() < 0.6
    diagnoses = tuple(random.sample(DIAGNOSES, random.randint(1, 12)))
    ride = random.random() < 0.1
    made = tuple(line(random, place, len(diagnoses), ride) for place in range(1, random.choice((1, 1, 2, 3, 6)) + 1))
    charge = sum(item.charge_cents for item in made)
    lines, payers = adjudicated(random, made, charge)
    frequency = random.choice("1111178")
    accident = random.choice(
        (None, None, None, Accident(("AA",), "OR", day(random)), Accident(("EM",)), Accident(("OA", "EM"), "", day(random)))
    )
    inpatient = random.random() < 0.2
    holder = subscriber(random, is_patient=is_patient)
    return ProfessionalClaim(
        patient_control_number=f"PCN{number:07d}",
        charge_cents=charge,
        place_of_service="41" if ride else "21" if inpatient else "11",
        billing_provider=billing,
        pay_to=where,
        subscriber=secondary(holder) if payers else holder,
        payer=random.choice(PAYERS),
        diagnoses=diagnoses,
        lines=tuple(one for one in lines if isinstance(one, ServiceLine)),
        other_payers=payers,
        patient=None if is_patient else patient(random),
        frequency=frequency,
        signature_on_file=random.random() < 0.9,
        assignment=random.choice("AAC"),
        benefits_assigned=random.choice("YN"),
        release_of_information=random.choice("YI"),
        patient_signature=maybe(random, "P", 0.1),
        special_program=maybe(random, "09", 0.05),
        delay_reason=maybe(random, "11", 0.05),
        accident=accident,
        onset_on=day(random) if random.random() < 0.2 else None,
        admitted_on=day(random) if inpatient else None,
        discharged_on=day(random, date(2026, 3, 1), 1) if inpatient else None,
        authorisation_number=maybe(random, "AUTH123"),
        referral_number=maybe(random, "REFERRAL7", 0.1),
        payer_claim_control_number="ICN55501" if frequency in "78" else "",
        clearinghouse_number=maybe(random, "CH123", 0.1),
        medical_record_number=maybe(random, "MRN9", 0.1),
        patient_paid_cents=random.choice((0, 0, 0, 2500)),
        note=maybe(random, "A note: with *delimiters*~ and ümlauts", 0.1),
        rendering_provider=provider(random) if random.random() < 0.5 else None,
        referring_provider=provider(random, person=True) if random.random() < 0.3 else None,
        supervising_provider=provider(random, person=True) if random.random() < 0.2 else None,
        service_facility=provider(random, facility=True) if random.random() < 0.3 else None,
        dates=(Dated("454", day(random)),) if random.random() < 0.1 else (),
        references=(Reference("X4", "99D9999999"),) if random.random() < 0.1 else (),
        attachments=attachments(random),
        ambulance=AMBULANCE if ride else None,
        certifications=(TRANSPORT,) if ride else (),
        pickup=Place(address(random)) if ride else None,
        dropoff=Place(address(random), "CEDAR HOSPITAL") if ride else None,
        condition_codes=("AA", "AI")[: random.choice((1, 2))] if random.random() < 0.05 else (),
    )


def claims(seed: int, count: int) -> list[ProfessionalClaim]:
    """`count` claims of a few billing providers."""
    random = Random(seed)
    billing = [(provider(random, billing=True), pay_to(random)) for _ in range(3)]
    made = [claim(random, number, *random.choice(billing)) for number in range(count)]
    for number in range(1, count, 7):
        made[number] = _of_same_subscriber(made[number - 1], made[number])
    return made


generate_professional = claims


def _of_same_subscriber(one: ProfessionalClaim, other: ProfessionalClaim) -> ProfessionalClaim:
    return replace(
        other, billing_provider=one.billing_provider, pay_to=one.pay_to, subscriber=one.subscriber, payer=one.payer,
        patient=one.patient, other_payers=one.other_payers and other.other_payers,
        lines=other.lines if one.other_payers else tuple(replace(item, adjudications=()) for item in other.lines),
    )  # fmt: skip
