"""What has no typed place is kept: a stranger at every place of a file is read, and then written or refused; what the guide has
a place for comes back from there."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rcm.x12.institutional_claim import read_institutional_claims, write_institutional_claims
from rcm.x12.problems import CannotWrite
from rcm.x12.professional_claim import ProfessionalClaim, read_professional_claims, write_professional_claims
from rcm.x12.remittance import read_remittances, write_remittances
from rcm.x12.validation import validate
from tests.shared.x12 import generate, generate_answers
from tests.shared.x12.generate_institutional import generate_institutional

MARK = "MARK7"
STRANGERS = (
    f"REF*ZZ*{MARK}", f"PER*IC*{MARK}*TE*5035550100", f"N3*{MARK}", f"N4*{MARK}*OR*97301", f"PRV*PE*PXC*{MARK}",
    f"NTE*ADD*{MARK}", f"K3*{MARK}", f"ZZZ*{MARK}", f"QTY*ZZ*{MARK}", f"PWK*{MARK}*AA", f"CRC*{MARK}*Y*01", f"HI*ZZ:{MARK}",
    f"LIN**UP*{MARK}", f"CTP****{MARK}*UN", f"SVD*{MARK}*1", f"CAS*ZZ*{MARK}*1", f"OI***{MARK}", f"MOA***{MARK}",
    f"MIA*{MARK}", f"TOO*JP*{MARK}", f"SBR*{MARK}", f"NM1*ZZ*1*{MARK}", f"LQ*RX*{MARK}", f"CL1*{MARK}", f"CR1*LB*{MARK}",
    f"DMG*D8*19700101*{MARK}", f"SV5*HC:{MARK}", f"DTP*{MARK}*D8*20260303", f"AMT*{MARK}*1", f"CR3*{MARK}", f"RDM*{MARK}",
    f"DTM*{MARK}*20260303", f"TS2*{MARK}", f"CUR*PR*{MARK}",
)  # fmt: skip
OF_ROLE = frozenset({"N3", "N4", "PER", "PRV"})
"""A provider has these wherever he stands; they are written where his role has a place for them."""
PLACES = 15
"""Places of a file that each stranger is put at."""


def professional(content: bytes) -> tuple[object, Callable[[], bytes]]:
    found = list(read_professional_claims(content))
    first, claims = found[0], [one.claim for one in found]
    return found, lambda: write_professional_claims(generate.HEADER, first.submitter, first.receiver, claims, reference="S")


def institutional(content: bytes) -> tuple[object, Callable[[], bytes]]:
    found = list(read_institutional_claims(content))
    first, claims = found[0], [one.claim for one in found]
    return found, lambda: write_institutional_claims(generate.HEADER, first.submitter, first.receiver, claims, reference="S")


def remittances(content: bytes) -> tuple[object, Callable[[], bytes]]:
    found = list(read_remittances(content))
    return found, lambda: write_remittances(generate_answers.HEADER, found)


def made(kind: str) -> bytes:
    header = (generate.HEADER, generate.SUBMITTER, generate.RECEIVER)
    if kind == "837P":
        return write_professional_claims(*header, generate.claims(21, 6), reference="S")
    if kind == "837I":
        return write_institutional_claims(*header, generate_institutional(21, 6), reference="S")
    return write_remittances(generate_answers.HEADER, [generate_answers.remittance(Random(21), 6)])


READ: dict[str, Callable[[bytes], tuple[object, Callable[[], bytes]]]] = {
    "837P": professional, "837I": institutional, "835": remittances,
}  # fmt: skip


def loop_of(segments: Sequence[str]) -> str:
    """The id of the segment that the loop at the end of these begins with."""
    return next(
        name
        for raw in reversed(segments)
        if (name := raw.split("*")[0]) in {"NM1", "CLM", "LX", "HL", "SBR", "SVD", "BHT", "ST"}
    )


@pytest.mark.parametrize("kind", READ)
@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_is_kept_and_then_written_or_refused(kind: str, stranger: str) -> None:
    segments = made(kind).decode().split("~")
    names = [raw.split("*")[0] for raw in segments]
    first = 1 + max(names.index(name) for name in ("ST", "BHT", "BPR") if name in names)
    end = names.index("SE")
    for place in Random(stranger).sample(range(first, end), PLACES):
        found, write = READ[kind]("~".join([*segments[:place], stranger, *segments[place:]]).encode())
        assert MARK in repr(found), f"lost behind {segments[place - 1]}"
        loop = loop_of(segments[:place])
        outside = loop in {"BHT", "ST"} and kind != "835"
        if outside or (loop == "NM1" and stranger.split("*", maxsplit=1)[0] in OF_ROLE):
            continue
        with suppress(CannotWrite):
            assert MARK in write().decode(), f"not written behind {segments[place - 1]}"


OF_CLAIM = ("CN1*09", "K3*STATE DATA", "CR2********M", "HCP*02*100.5*1.5")
OF_LINE = (
    "SV5*HC:A4631*DA*30*50*5000*4", "CR3*I*MO*12", "MEA*TR*R1*113.4", "CN1*09", "K3*STATE DATA", "PS1*PSID7*10", "HCP*02*100.5",
    "LIN**UP*012345678905", "CTP****2*UN", "REF*XZ*RX7", "LQ*UT*01.02", "FRM*12*N", "FRM*4**5712",
)  # fmt: skip


def some(random: Random, raws: Sequence[str], *, without_drug: bool) -> tuple[str, ...]:
    """A part of them in their order: a drug's and a form's segments all or none."""
    drug, form = not without_drug and random.random() < 0.3, random.random() < 0.3
    chances = {"LIN": drug, "CTP": drug, "REF": drug, "LQ": form, "FRM": form}
    return tuple(raw for raw in raws if chances.get(raw.split("*", 1)[0], random.random() < 0.3))


def with_raws(random: Random, claim: ProfessionalClaim) -> ProfessionalClaim:
    """The claim with segments that have no typed place, in the guide's order."""
    lines = [replace(one, raw=some(random, OF_LINE, without_drug=one.drug is not None)) for one in claim.lines]
    biller = replace(claim.billing_provider, raw=("CUR*85*CAD",) if random.random() < 0.3 else ())
    return replace(claim, raw=some(random, OF_CLAIM, without_drug=True), lines=tuple(lines), billing_provider=biller)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_what_the_guide_has_a_place_for_comes_back_from_there(seed: int) -> None:
    random = Random(seed)
    sent = [with_raws(random, claim) for claim in generate.claims(seed, 3)]
    header = (generate.HEADER, generate.SUBMITTER, generate.RECEIVER)
    content = write_professional_claims(*header, sent, reference="S")
    found = {one.claim.patient_control_number: one.claim for one in read_professional_claims(content)}
    for claim in sent:
        back = found[claim.patient_control_number]
        assert back.raw == claim.raw
        assert [one.raw for one in back.lines] == [one.raw for one in claim.lines]
        assert back.billing_provider.raw == claim.billing_provider.raw
    again = write_professional_claims(*header, [found[one.patient_control_number] for one in sent], reference="S")
    assert again == content
    assert [one for one in validate(content) if one.severity == "error" and one.snip < 3] == []


def test_of_a_remittance_too() -> None:
    sent = generate_answers.remittance(Random(4), 6)
    claims = [replace(claim, lines=tuple(replace(one, raw=("LQ*RX*75",)) for one in claim.lines)) for claim in sent.claims]
    sent = replace(sent, claims=tuple(claims), raw=("CUR*PR*CAD",), payee=replace(sent.payee, raw=("RDM*EM**A@B.EXAMPLE",)))
    content = write_remittances(generate_answers.HEADER, [sent])
    (found,) = read_remittances(content)
    assert (found.raw, found.payee.raw) == (sent.raw, sent.payee.raw)
    assert [one.raw for claim in found.claims for one in claim.lines] == [one.raw for claim in claims for one in claim.lines]
    assert write_remittances(generate_answers.HEADER, [found]) == content


def test_segments_with_another_files_delimiters_are_refused() -> None:
    (claim,) = generate.claims(3, 1)
    for raw in ("K3|STATE DATA", "K3*STATE~DATA"):
        with pytest.raises(CannotWrite) as refusal:
            write_professional_claims(
                generate.HEADER, generate.SUBMITTER, generate.RECEIVER, [replace(claim, raw=(raw,))], reference="S"
            )
        assert refusal.value.path == "claims[0].raw"
