"""Reads the levels of subscribers and patients (2000B, 2000C) that look as most do, at once; any other is left to the reader of
loops."""

import re

from rcm.x12.claim.parties_reader import PartyReader
from rcm.x12.claim.values import Patient, Payer, Subscriber
from rcm.x12.elements import day
from rcm.x12.grammar import Delimiters
from rcm.x12.values import Address

_SBR, _NM1 = 9, 9


class QuickLevels:
    """Reads levels of one transaction set."""

    def __init__(self, delimiters: Delimiters, parties: PartyReader) -> None:
        self._element = delimiters.element
        self._payer = parties.payer
        self._name_mark = f"{delimiters.terminator}NM1{delimiters.element}"
        e, t = re.escape(delimiters.element), re.escape(delimiters.terminator)
        self._level = re.compile(
            rf"""
            [^{e}{t}]*+{e}[^{e}{t}]*+{e}22{e}[01]{t}
            SBR{e}([^{t}]++){t}
            NM1{e}IL{e}([12]){e}([^{t}]++){t}
            (?:N3{e}([^{e}{t}]++)(?:{e}([^{e}{t}]++)|){t}N4{e}([^{e}{t}]++){e}([^{e}{t}]++){e}([^{e}{t}]++){t}|)
            (?:DMG{e}D8{e}(\d{{8}}){e}(\w){t}|)
            NM1{e}(PR{e}.*)
            """,
            re.VERBOSE | re.DOTALL,
        ).fullmatch
        self._patient_level = re.compile(
            rf"""
            [^{e}{t}]*+{e}[^{e}{t}]*+{e}23{e}?0?{t}
            PAT{e}(\w\w){t}
            NM1{e}QC{e}1{e}([^{e}{t}]++)(?:{e}([^{e}{t}]*+)(?:{e}([^{e}{t}]*+)|)|){t}
            N3{e}([^{e}{t}]++)(?:{e}([^{e}{t}]++)|){t}N4{e}([^{e}{t}]++){e}([^{e}{t}]++){e}([^{e}{t}]++){t}
            DMG{e}D8{e}(\d{{8}}){e}(\w)
            """,
            re.VERBOSE,
        ).fullmatch

    def patient(self, text: str) -> Patient | None:
        """The patient of a level's text behind "HL*"; None where it is one for the reader of loops."""
        found = self._patient_level(text)
        if found is None:
            return None
        relationship, last, first, middle, line1, line2, city, state, postal_code, born, sex = found.groups("")
        birth_date = day(born)
        if birth_date is None:
            return None
        return Patient(last, relationship, birth_date, sex, Address(line1, city, state, postal_code, line2), first, middle)

    def subscriber(self, text: str) -> tuple[Subscriber, Payer] | None:
        """The subscriber and the payer of a level's text behind "HL*"; None where it is one for the reader of loops."""
        found = self._level(text)
        if found is None:
            return None
        coverage, kind, name, line1, line2, city, state, postal_code, born, sex, payer = found.groups()
        sbr = coverage.split(self._element)
        nm1 = name.split(self._element)
        if len(sbr) != _SBR or len(nm1) != _NM1 - 2 or nm1[3] or sbr[5] or sbr[6] or sbr[7]:
            return None
        birth_date = day(born) if born else None
        if born and birth_date is None:
            return None
        family, first, middle, _, suffix, qualifier, member = nm1
        subscriber = Subscriber(
            member, family, first, middle, birth_date, sex or "U",
            Address(line1, city, state, postal_code, line2 or "") if city else None,
            sbr[0], sbr[2], sbr[3], sbr[8], sbr[4], suffix, qualifier or "MI", kind == "2",
        )  # fmt: skip
        return (subscriber, self._payer(payer)) if self._name_mark not in payer else None
