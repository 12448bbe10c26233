"""Invented claims with every optional part, by seed. No name, number or address is anybody's."""

from datetime import UTC, date, datetime, timedelta
from random import Random

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
from rcm.x12.values import Address, Dated, InterchangeHeader

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


def line(random: Random, number: int, diagnoses: int) -> ServiceLine:
    on = day(random)
    procedure = random.choice(PROCEDURES)
    pointers = random.sample(range(1, diagnoses + 1), random.randint(1, min(4, diagnoses)))
    drug = Drug("00409479620", random.choice(("1", "2.5", "10")), random.choice(("ML", "UN", "GR")), maybe(random, "RX77"))
    anaesthesia = procedure == "00142"
    return ServiceLine(
        procedure,
        random.randrange(100, 100_000),
        tuple(pointers),
        on,
        f"L{number}X{random.randrange(1000)}",
        tuple(random.sample(("25", "59", "RT", "GA", "76"), random.choice((0, 0, 1, 2, 4)))),
        str(random.randint(10, 90)) if anaesthesia else random.choice(("1", "2", "3.5")),
        "MJ" if anaesthesia else "UN",
        on + timedelta(days=2) if random.random() < 0.2 else None,
        maybe(random, "22", 0.1),
        random.random() < 0.1,
        maybe(random, "Long visit", 0.1),
        drug if procedure == "J1885" else None,
        provider(random) if random.random() < 0.1 else None,
        maybe(random, "Note of the line", 0.1),
        maybe(random, "AUTH9", 0.1),
    )


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
    )


def claim(random: Random, number: int, billing: Provider) -> ProfessionalClaim:
    """One claim; `number` makes its patient control number."""
    is_patient = random.random() < 0.6
    diagnoses = tuple(random.sample(DIAGNOSES, random.randint(1, 12)))
    lines = tuple(line(random, place, len(diagnoses)) for place in range(1, random.choice((1, 1, 2, 3, 6)) + 1))
    frequency = random.choice("1111178")
    accident = random.choice(
        (None, None, None, Accident(("AA",), "OR", day(random)), Accident(("EM",)), Accident(("OA", "EM"), "", day(random)))
    )
    patient = Patient(
        "Sapling", random.choice(("19", "01", "G8")), day(random, date(1990, 1, 1), 9000), "F", address(random), "Ivy"
    )
    inpatient = random.random() < 0.2
    return ProfessionalClaim(
        f"PCN{number:07d}",
        sum(item.charge_cents for item in lines),
        "21" if inpatient else "11",
        billing,
        subscriber(random, is_patient=is_patient),
        random.choice(PAYERS),
        diagnoses,
        lines,
        None if is_patient else patient,
        frequency,
        random.random() < 0.9,
        random.choice("AAC"),
        random.choice("YN"),
        random.choice("YI"),
        accident,
        day(random) if random.random() < 0.2 else None,
        day(random) if inpatient else None,
        day(random, date(2026, 3, 1), 1) if inpatient else None,
        maybe(random, "AUTH123"),
        maybe(random, "REFERRAL7", 0.1),
        "ICN55501" if frequency in "78" else "",
        maybe(random, "CH123", 0.1),
        maybe(random, "MRN9", 0.1),
        random.choice((0, 0, 0, 2500)),
        maybe(random, "A note: with *delimiters*~ and ümlauts", 0.1),
        provider(random) if random.random() < 0.5 else None,
        provider(random, person=True) if random.random() < 0.3 else None,
        provider(random, person=True) if random.random() < 0.2 else None,
        provider(random, facility=True) if random.random() < 0.3 else None,
        (),
        (Dated("454", day(random)),) if random.random() < 0.1 else (),
    )


def claims(seed: int, count: int) -> list[ProfessionalClaim]:
    """`count` claims of a few billing providers."""
    random = Random(seed)
    billing = [provider(random, billing=True) for _ in range(3)]
    made = [claim(random, number, random.choice(billing)) for number in range(count)]
    for number in range(1, count, 7):
        made[number] = _of_same_subscriber(made[number - 1], made[number])
    return made


def _of_same_subscriber(one: ProfessionalClaim, other: ProfessionalClaim) -> ProfessionalClaim:
    from msgspec.structs import replace

    return replace(
        other, billing_provider=one.billing_provider, subscriber=one.subscriber, payer=one.payer, patient=one.patient
    )  # fmt: skip
