"""The guides' tables against a second source: pyx12's maps, in usage, repeats, codes and order, but for named differences.

And the patterns that most segments are matched by against the element by element look: what a pattern takes has no fault.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest
import pyx12

from rcm.x12.grammar import STANDARD
from rcm.x12.validation.dictionary import elements
from rcm.x12.validation.guide import NO_LIMIT, ElementUse, Guide, LoopUse, SegmentUse
from rcm.x12.validation.patterns import in_order, matcher
from rcm.x12.validation.segments import faults
from rcm.x12.validation.tables import GUIDES
from tests.shared.x12.faults import GOOD

MAPS = Path(pyx12.__file__).parent / "map"
FILES = {
    ("837", "X222"): "837.5010.X222.A1.xml",
    ("837", "X223"): "837Q3.I.5010.X223.A1.v2.xml",
    ("835", "X221"): "835.5010.X221.A1.v2.xml",
    ("277", "X214"): "277.5010.X214.xml",
}
WRAPPERS = frozenset({"ISA_LOOP", "GS_LOOP", "ST_LOOP", "HEADER", "DETAIL", "FOOTER", "TABLE1", "TABLE2", "TABLE3"})
ENVELOPE = frozenset({"ISA", "IEA", "GS", "GE", "TA1", "ST", "SE"})
DIFFERENT = {
    "ED stands for nothing in 5010's PER": {"1000A PER 03", "1000A PER 05", "1000A PER 07"},
    "31, a subrogation demand, came with an addendum": {" BHT 06"},
    "HCP01 and CRC take codes that the map leaves out or does not list": {"2300 HCP 01", "2300 CRC 04", "2300 CRC 05"},
    "pointers are checked by what the claim has": {f"2400 SV1 07-{place}" for place in range(1, 5)},
    "a certificate that a carrier asks for (CT) may say how it comes, or what it is": {
        "2400 PWK CT",
        "2400 PWK 01",
        "2400 PWK 02",
        "2400 PWK 05",
        "2400 PWK 06",
    },
    "LU as in all other providers of the line": {"2420B REF 01"},
    "the 835's ST03, CUR03 and a description are tolerated": {" CUR 03", "2110 SVC 01-7"},
    "provider adjustments of all six places are checked": {f" PLB {place:02d}-1" for place in range(5, 15, 2)},
    "entities of a status are not listed": {f"{loop} STC 01-3" for loop in ("2200B", "2200C", "2200D", "2220D")},
    "a message may stand at each level": {"2200B STC 12", "2220D STC 12"},
    "277CA: its map demands levels of providers and their statuses": {"2000C HL 04", "2200C STC"},
    "277CA: references and a line's statuses come more than once": {"2200C REF", "2200D REF 1K", "2220D STC"},
}
ALL_DIFFERENT = frozenset().union(*DIFFERENT.values())


def _attribute(node: ElementTree.Element, name: str) -> str:
    return node.get(name) or node.findtext(name) or ""


def _codes(node: ElementTree.Element) -> frozenset[str] | None:
    """Its valid codes; None where another list holds them."""
    found = node.find("valid_codes")
    if found is None:
        return frozenset()
    return None if found.get("external") else frozenset(code.text or "" for code in found.findall("code"))


def _limit(text: str) -> int:
    return NO_LIMIT if text in {"", ">1"} else int(text)


@cache
def _segments(path: str) -> list[tuple[tuple[str, ...], ElementTree.Element]]:
    """Every segment of a map with the loops that it stands in."""

    def walk(node: ElementTree.Element, loops: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], ElementTree.Element]]:
        for child in node:
            name = child.get("xid") or child.get("id") or ""
            if child.tag == "loop":
                yield from walk(child, loops if name in WRAPPERS else (*loops, name))
            elif child.tag == "segment" and name not in ENVELOPE:
                yield loops, child

    return list(walk(ElementTree.parse(MAPS / path).getroot(), ()))


def _key(codes: frozenset[str] | None) -> str:
    return min(codes) if codes else ""


def _loops_of(use: SegmentUse) -> tuple[str, ...]:
    names: list[str] = []
    loop: LoopUse | None = use.loop
    while loop is not None and loop.name:
        names.insert(0, loop.name)
        loop = loop.parent
    return tuple(names)


def _first(use: SegmentUse) -> frozenset[str]:
    first = use.elements[2 if use.name == "HL" else 0]
    return (first.components[0] if first.components else first).codes


def _differences(guide: Guide, path: str) -> set[str]:
    """Where a table and a map disagree: "2300 CLM 05-2", or "2300 DTP 096" of the segment as a whole."""
    alone = {(_loops_of(use), use.name) for use in guide.segments}
    counts = {key: sum((_loops_of(use), use.name) == key for use in guide.segments) for key in alone}
    ours = {}
    for use in guide.segments:
        key = (_loops_of(use), use.name)
        ours[(*key, _key(_first(use)) if counts[key] > 1 else "")] = use
    found = set()
    for loops, node in _segments(path):
        name = node.get("xid") or ""
        parts = [child for child in node if child.tag in {"element", "composite"}]
        first = parts[2 if name == "HL" else 0]
        first = first.findall("element")[0] if first.tag == "composite" else first
        code = _key(_codes(first)) if counts.get((loops, name), 0) > 1 else ""
        where = f"{loops[-1] if loops else ''} {name}"
        own = ours.get((loops, name, code))
        usage = _attribute(node, "usage")
        if own is None:
            found |= {f"{where} {code}".strip()} if usage != "N" else set()
            continue
        if (own.usage, own.repeat) != (usage, _limit(_attribute(node, "max_use"))):
            found.add(f"{where} {code}".rstrip())
        for place, (mine, other) in enumerate(zip(own.elements, parts, strict=False), 1):
            found |= {f"{where} {text}" for text in _of_element(f"{place:02d}", mine, other)}
    return found


def _of_element(place: str, mine: ElementUse, other: ElementTree.Element) -> Iterator[str]:
    usage = _attribute(other, "usage").replace("N", "-")
    if mine.usage != usage:
        yield place
    elif usage != "-" and other.tag == "composite":
        for number, (inner, theirs) in enumerate(zip(mine.components, other.findall("element"), strict=False), 1):
            yield from _of_element(f"{place}-{number}", inner, theirs)
    elif usage != "-":
        codes = _codes(other)
        if codes is not None and codes != mine.codes:
            yield place


@pytest.mark.parametrize(("key", "path"), FILES.items(), ids=["837P", "837I", "835", "277CA"])
def test_tables_and_maps_tell_the_same(key: tuple[str, str], path: str) -> None:
    assert _differences(GUIDES[key](), path) - ALL_DIFFERENT == set()


def test_no_difference_is_named_in_vain() -> None:
    found = frozenset().union(*(_differences(GUIDES[key](), path) for key, path in FILES.items()))
    assert found == ALL_DIFFERENT


def test_lengths_and_kinds_are_those_of_the_dictionary() -> None:
    theirs = {
        node.get("ele_num") or "": (node.get("data_type"), node.get("min_len"), node.get("max_len"))
        for node in ElementTree.parse(MAPS / "dataele.xml").getroot()
    }
    different = {
        number
        for number, one in elements().items()
        if one.kind and number in theirs and theirs[number] != (one.kind, str(one.shortest), str(one.longest))
    }
    assert different == {"447"}, "IK303 names loops of up to six characters"


@pytest.mark.parametrize("table", GUIDES.values(), ids=[f"{kind}-{number}" for kind, number in GUIDES])
def test_what_a_pattern_takes_has_no_fault(table: object) -> None:
    """Segments of good files, their elements changed at random: the pattern never takes what the slow look refuses."""
    assert callable(table)
    guide: Guide = table()
    random = Random(7)
    lines = [line for good in GOOD.values() for line in good]
    palette = [part for line in lines for part in line.split("*")[1:]] + [
        "",
        " ",
        "A ",
        "é",
        "20260230",
        "1.234",
        "-5",
        "X" * 90,
    ]
    tried = taken = 0
    for use in guide.segments:
        match = matcher(use, STANDARD)
        for line in (line for line in lines if line.split("*")[0] == use.name and match is not None):
            for _ in range(6):
                parts = line.split("*")
                for _ in range(random.choice((0, 0, 1, 1, 2))):
                    parts[random.randrange(1, len(parts))] = random.choice(palette)
                if random.random() < 0.2:
                    parts.append(random.choice(palette))
                assert match is not None
                found = match("*".join(parts))
                tried += 1
                if found is not None and in_order(found.groups()):
                    taken += 1
                    assert faults(use, parts, STANDARD) == [], "*".join(parts)
    assert taken > tried / 50
