"""Invented files for the bench of the X12 codec, as text: no writer of the codec makes them."""

from collections.abc import Iterator
from random import Random

from rcm.x12.text import is_npi

_ISA = "ISA*00*          *00*          *ZZ*{:<15}*ZZ*{:<15}*260302*1405*^*00501*000000007*0*T*:"
_PROVIDERS = [
    next(f"{stem}{digit}" for digit in range(10) if is_npi(f"{stem}{digit}")) for stem in range(199_300_000, 199_300_040)
]
_PROCEDURES = ("99213", "99214:25", "85025", "J1885", "93000")


def amount(cents: int) -> str:
    """As payers write them: 100, 12.5, 7.05."""
    return f"{cents // 100}.{cents % 100:02d}".rstrip("0").rstrip(".")


def _day(random: Random, year: int) -> str:
    return f"{year}{random.randrange(1, 13):02d}{random.randrange(1, 29):02d}"


def remittance_file(claims: int, lines: int) -> Iterator[str]:
    """An 835 of one check in pieces; every claim balances, amounts are as random as can be, so that nothing repeats itself."""
    random = Random(5)  # noqa: S311
    paid: list[int] = []
    bodies = [_paid_claim(random, number, lines, paid) for number in range(claims)]
    head = [
        _ISA.format("RCMSANDBOX", "MAPLESTREET"),
        "GS*HP*RCMSANDBOX*MAPLESTREET*20260302*1405*7*X*005010X221A1",
        "ST*835*0001",
        f"BPR*I*{amount(sum(paid))}*C*CHK************20260316",
        "TRN*1*CHK1*1987654321",
        "N1*PR*EVERGREEN MUTUAL*XV*SBX01",
        "N3*1 INVENTED PLAZA",
        "N4*SALEM*OR*97301",
        "PER*BL*EDI SUPPORT*TE*5035550111",
        "N1*PE*MAPLE STREET CLINIC*XX*1993999998",
        "LX*1",
    ]
    yield "~".join(head) + "~"
    yield from bodies
    counted = sum(body.count("~") for body in bodies) + len(head) - 1
    yield f"SE*{counted}*0001~GE*1*7~IEA*1*000000007~"


def _paid_claim(random: Random, number: int, lines: int, paid: list[int]) -> str:
    out: list[str] = []
    charged = to_provider = to_patient = 0
    for line in range(lines):
        charge = random.randrange(2_000, 50_000)
        written_off, owed = random.randrange(100, charge // 2), random.randrange(100, charge // 2)
        rest = charge - written_off - owed
        out += [
            f"SVC*HC:{random.choice(_PROCEDURES)}*{amount(charge)}*{amount(rest)}**1",
            f"DTM*472*{_day(random, 2026)}",
            f"CAS*CO*45*{amount(written_off)}",
            f"CAS*PR*2*{amount(owed)}",
            f"REF*6R*PCN{number:07d}L{line}",
            f"AMT*B6*{amount(charge - written_off)}",
        ]
        charged, to_provider, to_patient = charged + charge, to_provider + rest, to_patient + owed
    paid.append(to_provider)
    sums = f"{amount(charged)}*{amount(to_provider)}*{amount(to_patient)}"
    head = [
        f"CLP*PCN{number:07d}*1*{sums}*12*ICN{number:09d}*11*1",
        f"NM1*QC*1*BIRCH*ADA*Q***MI*ABC{number:09d}",
        f"DTM*232*{_day(random, 2026)}",
    ]
    return "~".join(head + out) + "~"


def claims_file(claims: int, lines: int) -> Iterator[str]:
    """An 837P in pieces: one billing provider, forty rendering ones, five payers, every subscriber another one."""
    random = Random(7)  # noqa: S311
    sets = 0
    yield _ISA.format("MAPLESTREET", "RCMSANDBOX") + "~GS*HC*MAPLESTREET*RCMSANDBOX*20260302*1405*7*X*005010X222A1~"
    for start in range(0, claims, 5_000):
        sets += 1
        head = [
            f"ST*837*{sets:04d}*005010X222A1", f"BHT*0019*00*S{sets}*20260302*1405*CH",
            "NM1*41*2*MAPLE STREET*****46*MAPLE01", "PER*IC*BILLING*TE*5035550100", "NM1*40*2*SANDBOX*****46*RCMSANDBOX",
            "HL*1**20*1", "PRV*BI*PXC*207Q00000X", "NM1*85*2*MAPLE STREET CLINIC*****XX*1993999998", "N3*1 MAPLE STREET",
            "N4*SALEM*OR*973011234", "REF*EI*123456789",
        ]  # fmt: skip
        yield "~".join(head) + "~"
        counted = len(head) + 1
        for number in range(start, min(start + 5_000, claims)):
            body = _sent_claim(random, number, number - start + 2, lines)
            counted += body.count("~")
            yield body
        yield f"SE*{counted}*{sets:04d}~"
    yield f"GE*{sets}*7~IEA*1*000000007~"


def _sent_claim(random: Random, number: int, level: int, lines: int) -> str:
    charges = [random.randrange(2_000, 50_000) for _ in range(lines)]
    out = [
        f"HL*{level}*1*22*0", "SBR*P*18*GRP-77******CI", f"NM1*IL*1*BIRCH*ADA*Q***MI*ABC{number:09d}",
        f"N3*{number % 900 + 1} ASPEN WAY", "N4*SALEM*OR*97301", f"DMG*D8*{_day(random, 1940 + number % 60)}*F",
        f"NM1*PR*2*EVERGREEN MUTUAL*****PI*SBX0{number % 5}",
        f"CLM*PCN{number:07d}*{amount(sum(charges))}***11:B:1*Y*A*Y*Y", f"REF*D9*CH{number:08d}", "HI*ABK:E119*ABF:I10",
        f"NM1*82*1*OKAFOR*NGOZI****XX*{_PROVIDERS[number % 40]}", "PRV*PE*PXC*207Q00000X",
    ]  # fmt: skip
    for line, charge in enumerate(charges, 1):
        out += [
            f"LX*{line}",
            f"SV1*HC:{random.choice(_PROCEDURES)}*{amount(charge)}*UN*1***1:2",
            f"DTP*472*D8*{_day(random, 2026)}",
            f"REF*6R*PCN{number:07d}L{line}",
        ]
    return "~".join(out) + "~"
