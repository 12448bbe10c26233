"""What a chapter's codes take for granted: a phrase that says nothing of it hardly means them.

Pregnancy, birth, injury, an outside cause, a reason to come other than a disease: a coder goes into these chapters when the
record names them ("stenosis of the aortic valve" is acquired unless it says congenital).
"""

from collections.abc import Iterable
from typing import NamedTuple


class Taken(NamedTuple):
    """Chapters by their codes' first letters, and the beginnings of words of which one must be said."""

    letters: str
    beginnings: tuple[str, ...]


_BIRTH = """
    pregnan gravid gestation obstetric labor delivery deliver childbirth birth partum maternal puerper placent fetus fetal
    fetopathy newborn neonat perinatal infant baby twin abortion miscarriage ectopic molar mole amnio cesarean eclampsia
    preeclampsia postpartum prepartum antepartum intrapartum premature preterm trimester lactation breech
"""
_INBORN = (
    "congenital newborn neonat infant child inborn birth malformation anomaly agenesis atresia hereditary syndrome trisomy"
)
_INJURY = """
    injur trauma fracture broken wound cut lacerat bite sting burn scald corro sprain strain dislocat sublux bruise contus crush
    amputat foreign poison toxic overdose underdos adverse frostbite concussion abrasion blister puncture rupture tear complicat
    malfunction leak displac accident venom effect drown suffocat heat cold shock reaction anaphyla allerg
    initial subsequent sequela hematoma splinter stab
"""
_CAUSE = """
    accident fall fell struck contact exposure assault collision crash bite bitten sting gun shot discharge explosion drown
    pedestrian driver passenger occupant rider activity place suicide harm war legal misadventure caught hit pushed victim
"""
_REASON = """
    history encounter screen status absence presence contact exposure carrier donor exam check vaccin immuniz counsel problem
    aftercare fitting adjust removal long transplant replace artificial dependence allerg supervision observation resist lack
    care visit test follow stomy surgery person
"""
_TAKEN = (
    Taken("OP", tuple(_BIRTH.split())),
    Taken("Q", tuple(_INBORN.split())),
    Taken("ST", tuple(_INJURY.split())),
    Taken("VWXY", tuple(_CAUSE.split())),
    Taken("Z", tuple(_REASON.split())),
)


def unsaid_chapters(words: Iterable[str]) -> frozenset[str]:
    """The first letters of codes of which the words say nothing."""
    said = tuple(words)
    return frozenset(
        letter for taken in _TAKEN if not any(word.startswith(taken.beginnings) for word in said) for letter in taken.letters
    )
