"""Invented questions and answers about coverage and claims (270, 271, 276, 277) with every optional part, by seed."""

from datetime import date, datetime
from random import Random

from rcm.x12.claim_status import ClaimStatus, ClaimStatusAnswer, ClaimStatusInquiry, StatusCode, StatusLine
from rcm.x12.eligibility import Benefit, Delivery, Detail, EligibilityAnswer, EligibilityInquiry, Question
from rcm.x12.parties import Member, Party, Procedure, ProviderRole, Rejection, Trace, TransactionHeader
from rcm.x12.values import Address, Amount, Contact, Dated, InterchangeHeader, Reference
from tests.shared.x12.generate import CREATED, day, maybe, npi

HEADER = InterchangeHeader("MAPLESTREET", "RCMSANDBOX", 9, CREATED)
CREATED_AT = datetime(2026, 3, 2, 14, 5)  # noqa: DTZ001 - X12 tells no zone
SUPPORT = Contact("IC", "EDI SUPPORT", (("TE", "5035550111"), ("EM", "EDI@EVERGREEN.EXAMPLE")))
SERVICE_TYPES = ("30", "98", "88", "UC", "MH", "48", "AL")


def header(number: int, *, purpose: str, kind: str = "") -> TransactionHeader:
    return TransactionHeader(f"ASK{number:05d}", purpose, CREATED_AT, kind)


def some(random: Random, chance: float = 0.3) -> bool:
    return random.random() < chance


def home(random: Random) -> Address:
    line2 = maybe(random, "APT 4")
    return Address(f"{random.randrange(1, 999)} INVENTED WAY", random.choice(("PORTLAND", "BEND")), "OR", "97301", line2)


def payer(random: Random, *rejections: Rejection, contacts: bool) -> Party:
    told = (SUPPORT,) if contacts and some(random) else ()
    return Party("PR", "EVERGREEN MUTUAL", qualifier="PI", identifier="SBX01", contacts=told, rejections=rejections)


def provider(random: Random, *rejections: Rejection, lone: bool = True) -> Party:
    """A clinic, or a physician of her own."""
    person = some(random)
    return Party(
        "1P",
        "CEDAR" if person else "MAPLE STREET CLINIC",
        "CLEO" if person else "",
        is_person=person,
        qualifier="XX",
        identifier=npi(random),
        address=home(random) if lone and some(random) else None,
        references=(Reference("TJ", "371234567"),) if lone and some(random) else (),
        provider=ProviderRole("BI", "PXC", "207Q00000X") if lone and some(random) else None,
        rejections=rejections,
    )


def periods(random: Random, *qualifiers: str) -> tuple[Dated, ...]:
    chosen = random.sample(qualifiers, random.randint(0, min(2, len(qualifiers))))
    first = day(random)
    return tuple(Dated(one, first, date(2026, 12, 31) if some(random) else None) for one in sorted(chosen))


def member(
    random: Random, entity: str, *, rejections: tuple[Rejection, ...] = (), dates: tuple[str, ...] = ("291", "346")
) -> Member:
    """A subscriber (IL) or a dependent (03)."""
    subscriber = entity == "IL"
    party = Party(
        entity,
        random.choice(("ALDER", "BIRCH", "O'MAPLE")),
        random.choice(("ADA", "BENNO")),
        maybe(random, "Q"),
        suffix=maybe(random, "JR", 0.1),
        is_person=True,
        qualifier="MI" if subscriber else "",
        identifier=f"ABC{random.randrange(10**9):09d}" if subscriber else "",
        address=home(random) if some(random) else None,
        references=(Reference("6P", "GRP77", maybe(random, "MAPLE WORKERS")),) if some(random) else (),
        rejections=rejections,
    )
    traces = (Trace(f"T{random.randrange(10**6)}", "1", "9MAPLESTRE", maybe(random, "DESK 2")),) if some(random, 0.8) else ()
    related = some(random, 0.2)
    return Member(
        party,
        traces,
        day(random, date(1950, 1, 1), 20_000) if some(random, 0.8) else None,
        random.choice("MF"),
        ("Y" if subscriber else "N") if related else "",
        ("18" if subscriber else "19") if related else "",
        birth_sequence=maybe(random, "1", 0.5) if related else "",
        diagnoses=(Reference("ABK", "E119"), Reference("ABF", "I10")) if some(random, 0.2) else (),
        dates=periods(random, *dates),
    )


def procedure(random: Random) -> Procedure:
    return Procedure("HC", random.choice(("99213", "J1885", "93000")), ("25",) if some(random) else ())


def question(random: Random) -> Question:
    by_code = some(random)
    return Question(
        () if by_code else tuple(random.sample(SERVICE_TYPES, random.randint(1, 3))),
        procedure(random) if by_code else None,
        random.choice(("", "IND", "FAM")),
        amounts=(Amount("R", random.randrange(100_000)),) if some(random, 0.1) else (),
        details=(Detail("ZZ", "11"),) if some(random, 0.2) else (),
        references=(Reference("G1", "AUTH77"),) if some(random, 0.2) else (),
        dates=(Dated("291", day(random)),) if some(random, 0.2) else (),
    )


def inquiry(random: Random, number: int) -> EligibilityInquiry:
    return EligibilityInquiry(
        header(number, purpose="13"),
        payer(random, contacts=False),
        provider(random),
        member(random, "IL", dates=("291",)),
        member(random, "03", dates=("291",)) if some(random) else None,
        (question(random),),
    )


def related(random: Random) -> Party:
    known = some(random, 0.8)
    return Party(
        random.choice(("P3", "PR", "36")),
        "CEDAR HEALTH",
        qualifier="XX" if known else "",
        identifier=npi(random) if known else "",
        address=home(random) if some(random) else None,
        contacts=(SUPPORT,) if some(random) else (),
        provider=ProviderRole("PC", "PXC", "207Q00000X") if some(random) else None,
    )


def benefit(random: Random, loop: str) -> Benefit:
    amount = random.choice((None, 0, random.randrange(1_000_000)))
    counted = some(random)
    return Benefit(
        random.choice(("1", "6", "A", "B", "C", "F", "G", "I")),
        random.choice(("", "IND", "FAM")),
        tuple(random.sample(SERVICE_TYPES, random.randint(1, 4))),
        random.choice(("", "HM", "PR")),
        maybe(random, "GOLD 123 PLAN"),
        random.choice(("", "23", "27", "29")),
        amount,
        random.choice((".2", "1", "")) if amount is None else "",
        "VS" if counted else "",
        random.choice(("12", "3.5")) if counted else "",
        random.choice(("", "Y", "N", "U")),
        random.choice(("", "Y", "N", "W")),
        deliveries=(Delivery("VS", "12", period="23", periods="1"), Delivery("VS", "2", "WK", "1")) if counted else (),
        references=(Reference("18", "PLAN5", maybe(random, "GOLD")),) if some(random, 0.2) else (),
        dates=periods(random, "291", "348"),
        rejections=(Rejection(loop, "52", "C", some(random)),) if some(random, 0.1) else (),
        messages=("ASK FIRST.", "NOT A GUARANTEE")[: random.choice((0, 0, 1, 2))],
        related=tuple(related(random) for _ in range(random.choice((0, 0, 0, 1, 2)))),
    )


def answer(random: Random, number: int) -> EligibilityAnswer:
    """An answer of one of its kinds: the payer away, the provider refused, the member not found, or benefits."""
    told = header(number, purpose="11")
    kind = random.random()
    if kind < 0.1:
        loop, code = random.choice((("2000A", "42"), ("2100A", "80")))
        return EligibilityAnswer(told, payer(random, Rejection(loop, code, "R"), contacts=False))
    source = payer(random, contacts=True)
    if kind < 0.2:
        return EligibilityAnswer(told, source, provider(random, Rejection("2100B", "51", "C"), lone=False))
    receiver = provider(random, lone=False)
    if kind < 0.3:
        unknown = member(random, "IL", rejections=(Rejection("2100C", "75", "C"), Rejection("2100C", "72", "C", valid=False)))
        return EligibilityAnswer(told, source, receiver, unknown)
    dependent = member(random, "03") if some(random) else None
    loop = "2110C" if dependent is None else "2110D"
    benefits = tuple(benefit(random, loop) for _ in range(random.randint(1, 5)))
    return EligibilityAnswer(told, source, receiver, member(random, "IL"), dependent, benefits)


def bare(one: Member) -> Member:
    """A member as 276 and 277 name it: the name and the birth."""
    kept = one.party
    party = Party(
        "QC" if kept.entity == "03" else "IL",
        kept.last_name,
        kept.first_name,
        kept.middle_name,
        suffix=kept.suffix,
        is_person=True,
        qualifier=kept.qualifier,
        identifier=kept.identifier,
    )
    return Member(party, (), date(1980, 5, 17), one.sex)


def line(random: Random, number: int, *, answered: bool) -> StatusLine:
    charge = random.randrange(100, 50_000)
    return StatusLine(
        procedure(random),
        charge,
        random.randrange(charge) if answered else None,
        maybe(random, "0300", 0.2),
        random.choice(("1", "2.5")),
        f"L{number}" if some(random, 0.8) else "",
        (status(random, charge, of_claim=False),) if answered else (),
        dates=(Dated("472", day(random)),),
    )


def status(random: Random, charge: int, *, of_claim: bool) -> ClaimStatus:
    codes = tuple(
        StatusCode(*random.choice((("P3", "317"), ("F0", "3"), ("F2", "88", "QC"), ("A1", "20", "PR"), ("F2", "80", "", "RX"))))
        for _ in range(random.choice((1, 1, 1, 2, 3)))
    )
    paid = of_claim and some(random)
    return ClaimStatus(
        codes,
        date(2026, 3, 9),
        charge_cents=charge if of_claim else None,
        paid_cents=random.randrange(charge) if paid else 0 if of_claim else None,
        finalised_on=date(2026, 3, 8) if paid else None,
        paid_on=date(2026, 3, 10) if paid else None,
        trace_number="CHK000017" if paid else "",
    )


def status_inquiry(random: Random, number: int) -> ClaimStatusInquiry:
    dependent = bare(member(random, "03")) if some(random) else None
    return ClaimStatusInquiry(
        header(number, purpose="13"),
        payer(random, contacts=False),
        Party("41", "MAPLE STREET BILLING", qualifier="46", identifier="MAPLE01"),
        provider(random, lone=False),
        bare(member(random, "IL")),
        dependent,
        Trace(f"T{number}"),
        (Reference("BLT", "111"), Reference("EJ", f"PCN{number:07d}")),
        (Dated("472", day(random), date(2026, 3, 1) if some(random) else None),),
        tuple(line(random, place, answered=False) for place in range(1, random.randint(0, 3) + 1)),
        amounts=(Amount("T3", random.randrange(100, 100_000)),),
    )


def status_answer(random: Random, number: int) -> ClaimStatusAnswer:
    """About a claim, or (one in four) about a provider or the whole inquiry that can't be answered."""
    told = header(number, purpose="08", kind="DG")
    source = payer(random, contacts=True)
    receiver = Party("41", "MAPLE STREET BILLING", qualifier="46", identifier="MAPLE01")
    kind = random.random()
    refused = (ClaimStatus((StatusCode("E0", "24", "41"),), date(2026, 3, 9)),)
    if kind < 0.12:
        return ClaimStatusAnswer(told, source, receiver, trace=Trace("ALL", "2"), statuses=refused)
    clinic = provider(random, lone=False)
    if kind < 0.25:
        return ClaimStatusAnswer(told, source, receiver, clinic, trace=Trace("0"), statuses=refused)
    charge = random.randrange(100, 100_000)
    return ClaimStatusAnswer(
        told,
        source,
        receiver,
        clinic,
        unborn(bare(member(random, "IL"))),
        unborn(bare(member(random, "03"))) if some(random) else None,
        Trace(f"T{number}", "2"),
        (Reference("1K", f"ICN{number:09d}"), Reference("BLT", "111"), Reference("EJ", f"PCN{number:07d}")),
        (Dated("472", day(random)),),
        tuple(line(random, place, answered=True) for place in range(1, random.randint(0, 3) + 1)),
        statuses=tuple(status(random, charge, of_claim=True) for _ in range(random.choice((1, 1, 2)))),
    )


def unborn(one: Member) -> Member:
    """277 tells no birth."""
    return Member(one.party)
