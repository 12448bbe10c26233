"""Invented remittances and acknowledgements with every optional part, by seed; the remittances balance."""

from datetime import date, datetime
from random import Random

from rcm.x12.acknowledgement import (
    AcknowledgedClaim,
    AcknowledgedLine,
    AcknowledgedProvider,
    ClaimAcknowledgement,
    ElementError,
    FunctionalAcknowledgement,
    InterchangeAcknowledgement,
    SegmentError,
    SetAcknowledgement,
    Status,
)
from rcm.x12.remittance import (
    BankAccount,
    ClaimGroup,
    ClaimPayment,
    LinePayment,
    Party,
    Person,
    ProviderAdjustment,
    Remittance,
)
from rcm.x12.values import (
    Address,
    Adjustment,
    Amount,
    Contact,
    Dated,
    InpatientAdjudication,
    InterchangeHeader,
    OutpatientAdjudication,
    Quantity,
    Reference,
)
from tests.shared.x12.generate import CREATED, day, maybe, npi

HEADER = InterchangeHeader("RCMSANDBOX", "MAPLESTREET", 7, CREATED)
PAYER = Party(
    "EVERGREEN MUTUAL",
    "XV",
    "SBX01",
    Address("1 INVENTED PLAZA", "SALEM", "OR", "97301"),
    (Reference("2U", "SBX01"),),
    (
        Contact("CX", "", (("TE", "5035550112"), ("EX", "12"))),
        Contact("BL", "EDI SUPPORT", (("TE", "5035550111"), ("EM", "EDI@EVERGREEN.EXAMPLE"))),
    ),
)
REASONS = (("CO", "45"), ("CO", "253"), ("PR", "1"), ("PR", "2"), ("PR", "3"), ("OA", "94"), ("PI", "50"), ("CO", "97"))


def adjustments(random: Random, amount: int, most: int = 4) -> tuple[Adjustment, ...]:
    """Adjustments that sum to `amount`, none of one group apart from its like."""
    count = random.randint(1, most)
    cuts = [random.randrange(-500, max(amount, 1)) for _ in range(count - 1)]
    shares = [*cuts, amount - sum(cuts)]
    chosen = sorted(random.choice(REASONS) for _ in shares)
    quantities = [maybe(random, "1", 0.1) for _ in shares]
    return tuple(Adjustment(*pair, share, units) for pair, share, units in zip(chosen, shares, quantities, strict=True))


def line(random: Random, number: int) -> LinePayment:
    charge = random.randrange(100, 50_000)
    paid = random.choice((0, charge, random.randrange(charge)))
    on = day(random)
    original = random.random() < 0.1
    drug = random.random() < 0.1
    return LinePayment(
        random.choice(("99213", "J1885", "85025")),
        charge,
        paid,
        tuple(random.sample(("25", "59", "RT"), random.choice((0, 0, 1, 2)))),
        "HC",
        random.choice(("1", "2")),
        maybe(random, "0450", 0.1),
        "99215" if original else "",
        ("25",) if original and random.random() < 0.5 else (),
        "3" if original else "",
        maybe(random, f"L{number}", 0.8),
        on,
        date(2026, 3, 9) if random.random() < 0.2 else None,
        adjustments(random, charge - paid, 8) if paid != charge else (),
        (Reference("LU", "11"), Reference("0K", "POLICY 7"))[: random.choice((0, 0, 0, 1, 2))],
        (Amount("B6", charge - 100), Amount("KH", 5))[: random.choice((0, 0, 1, 2))],
        (Quantity("ZK", "1"),) if random.random() < 0.1 else (),
        ("N130", "M15")[: random.choice((0, 0, 1, 2))],
        original_qualifier="N4" if original and drug else "",
    )


def claim(random: Random, number: int) -> ClaimPayment:
    lines = tuple(line(random, place) for place in range(random.choice((0, 1, 1, 2, 5))))
    charge = sum(item.charge_cents for item in lines) if lines else random.randrange(1, 90_000)
    own = random.random() < 0.3 or not lines
    adjusted = adjustments(random, random.randrange(charge), 7) if own else ()
    paid = (sum(item.paid_cents for item in lines) if lines else charge) - sum(item.amount_cents for item in adjusted)
    everything = [*adjusted, *(item for part in lines for item in part.adjustments)]
    outpatient = OutpatientAdjudication("", random.choice((None, 1250)), ("MA01", "N19")) if random.random() < 0.3 else None
    inpatient = random.random() < 0.1
    stay = InpatientAdjudication("3", "", ("MA02",), (Amount("04", 100_00), Amount("24", 7)), "2")
    grouped = ("470", "1.9", ".5") if inpatient else ("", "", "")
    return ClaimPayment(
        f"PCN{number:07d}",
        random.choice(("1", "2", "4", "19")),
        charge,
        paid,
        sum(item.amount_cents for item in everything if item.group == "PR"),
        random.choice(("12", "MB", "HM")),
        f"ICN{number:09d}",
        "11",
        "1",
        adjusted,
        lines,
        persons(random, number),
        (Reference("EA", "MRN1"),) if random.random() < 0.2 else (),
        (Dated("232", day(random)), Dated("050", day(random)))[: random.choice((0, 1, 2))],
        (Amount("AU", charge),) if random.random() < 0.3 else (),
        (Quantity("CA", "2"),) if random.random() < 0.1 else (),
        outpatient,
        stay if inpatient else None,
        1,
        contacts=(Contact("CX", "CLAIMS", (("TE", "5035550114"),)),) if random.random() < 0.2 else (),
        drg=grouped[0],
        drg_weight=grouped[1],
        discharge_fraction=grouped[2],
    )


def persons(random: Random, number: int) -> tuple[Person, ...]:
    """The patient, and some of those who may stand beside him, in the guide's order."""
    others = (
        Person("IL", "BIRCH", "BENNO", "", "MI", "ABC1", "JR"),
        Person("74", "BIRCH", "ADAH", "", "C", "ABC2"),
        Person("82", "CEDAR", "CLEO", "", "XX", npi(random)),
        Person("TT", "HARBOR HEALTH PLAN", "", "", "PI", "SBX02", "", organisation=True),
    )
    chosen = tuple(person for person in others if random.random() < 0.25)
    return (Person("QC", "BIRCH", "ADA", "Q", "MI", f"ABC{number:09d}"), *chosen)


def remittance(random: Random, count: int, number: int = 1) -> Remittance:
    """A remittance of `count` claims, whose payment is what its claims and provider adjustments make it."""
    claims = [claim(random, number * 1000 + place) for place in range(count)]
    total = sum(item.paid_cents for item in claims)
    own = npi(random)
    extras: tuple[ProviderAdjustment, ...] = ()
    if total < 0 or random.random() < 0.4:
        amount = min(total, 0) - random.randrange(100)
        pair = (
            ProviderAdjustment(own, date(2026, 12, 31), "WO", "ICN1", 300),
            ProviderAdjustment(own, date(2026, 12, 31), "L6", "", -300),
        )
        extras = (ProviderAdjustment(own, date(2026, 12, 31), "FB", "TRACE1", amount), *pair)
    payment = total - sum(item.amount_cents for item in extras)
    group = ClaimGroup(1, own, "13", date(2026, 12, 31), str(count), (Amount("05", total),), (Amount("01", 7_00),))
    electronic = bool(payment) and random.random() < 0.5
    return Remittance(
        payment,
        f"CHK{number:06d}",
        date(2026, 3, 16),
        PAYER,
        Party("MAPLE STREET CLINIC", "XX", npi(random), None, (Reference("TJ", "123456789"),)),
        tuple(claims),
        extras,
        "I" if payment else "H",
        "C",
        "ACH" if electronic else "CHK" if payment else "NON",
        "1987654321",
        "",
        date(2026, 3, 15),
        (Reference("EV", "MAPLESTREET"),),
        payment_format="CCP" if electronic else "",
        payer_account=BankAccount("01", "999999992", "DA", "0001") if electronic else None,
        payee_account=BankAccount("01", "999988881", "SG", "0002") if electronic else None,
        originating_company_id="1987654321" if electronic else "",
        groups=(group if random.random() < 0.5 else ClaimGroup(1),) if claims else (),
    )


def status(random: Random, amount: int, *, refused: bool) -> Status:
    category = random.choice(("A3", "A6", "A7", "A8")) if refused else random.choice(("A1", "A2"))
    code, entity = random.choice((("20", ""), ("33", "IL"), ("562", "85"), ("187", "")))
    return Status(category, code, entity, date(2026, 3, 3), "U" if refused else "WQ", amount, maybe(random, "A MESSAGE", 0.2))


def acknowledged_lines(random: Random, status: Status) -> tuple[AcknowledgedLine, ...]:
    professional = AcknowledgedLine("99213", ("25",), 12_300, "L1", (status,), service_from=day(random))
    revenue = AcknowledgedLine(
        "99284", (), 900, "L2", (status,), "HC", "0450", "2", date(2026, 2, 3), date(2026, 2, 4), (Reference("XZ", "RX1"),)
    )
    return random.choice(((professional,), (professional, revenue)))


def claim_acknowledgement(random: Random, count: int) -> ClaimAcknowledgement:
    providers = []
    for number in range(random.choice((1, 2))):
        claims = []
        for place in range(count):
            refused = random.random() < 0.3
            statuses = tuple(status(random, 12_300, refused=refused) for _ in range(random.choice((1, 1, 2))))
            on_line = Status("A7", "507", "", date(2026, 3, 3), "U")
            lines = acknowledged_lines(random, on_line) if refused and random.random() < 0.6 else ()
            claims.append(
                AcknowledgedClaim(
                    f"PCN{number}{place:05d}",
                    statuses,
                    "BIRCH",
                    random.choice(("ADA", "")),
                    "ABC123456789",
                    "" if refused else f"ICN{place}",
                    (Reference("D9", "CH1"),) if random.random() < 0.2 else (),
                    date(2026, 2, 3),
                    random.choice((None, date(2026, 2, 4))),
                    lines,
                    middle_name=random.choice(("Q", "")),
                )
            )
        own = (Status("A1", "19", "PR", None, "WQ", 12_300 * count),)
        first_name = random.choice(("CLEO", ""))
        references = random.choice(((), (Reference("1G", "UPIN1"),)))
        providers.append(
            AcknowledgedProvider(
                npi(random), "MAPLE", tuple(claims), f"P{number}", own, first_name=first_name, references=references
            )
        )
    return ClaimAcknowledgement(
        random.choice(("PR", "AY")),
        "RCM SANDBOX",
        "RCMSANDBOX",
        "MAPLE STREET FAMILY PRACTICE",
        "MAPLE01",
        "ANSWER1",
        "SUB1",
        date(2026, 3, 2),
        date(2026, 3, 3),
        (Status("A1", "19", "PR", date(2026, 3, 3), "WQ", 12_300 * count * len(providers)),),
        (),
        tuple(providers),
        receiver_first_name=random.choice(("DORA", "")),
    )


def functional_acknowledgement(random: Random) -> FunctionalAcknowledgement:
    trigger = ("SITUATIONAL TRIGGER", "CLM", "22", "2300", "5:3", "1325")
    element = ElementError(2, 0, 0, "782", "6", "1O0", random.choice(((), (trigger,))))
    other = ElementError(5, 3, 0, "1325", "7", "5")
    elements = random.choice(((element,), (element, other)))
    error = SegmentError("CLM", 22, "2300", "8", (("CLM01:PCN1",),), elements)
    sets = tuple(
        SetAcknowledgement("837", f"{number:04d}", "R", "005010X222A1", ("5",), (error,))
        if random.random() < 0.4
        else SetAcknowledgement("837", f"{number:04d}", "A", "005010X222A1")
        for number in range(1, random.choice((1, 2, 3)) + 1)
    )
    accepted = sum(not item.rejected for item in sets)
    code = "A" if accepted == len(sets) else "P" if accepted else "R"
    return FunctionalAcknowledgement("HC", "42", code, "005010X222A1", len(sets), len(sets), accepted, (), sets)


def interchange_acknowledgement(random: Random) -> InterchangeAcknowledgement:
    code, note = random.choice((("A", "000"), ("R", "006"), ("E", "025")))
    return InterchangeAcknowledgement("000000042", datetime(2026, 3, 2, 14, 5), code, note)  # noqa: DTZ001
