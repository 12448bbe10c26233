"""The tabular list of ICD-10-CM as the CDC publishes it in XML: chapters, sections and codes, with their notices.

`chapter/section[@id]/diag{name, desc}`; notices lie in `includes`, `inclusionTerm`, `excludes1`, `excludes2`, `codeFirst`,
`useAdditionalCode`, `codeAlso`, `notes`, each with `note`s; `sevenChrDef/extension[@char]` gives the seventh characters of all
that is beneath, whose codes are not written out: they are made here, filled up with the placeholder X.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from rcm.codesets.diagnosis import ConceptKind, NoticeKind

SEVENTH = 7
PLACEHOLDER = "X"
_RANGE = re.compile(r" \([A-Z][0-9A-Z]{2}(?:-[A-Z][0-9A-Z]{2})?\)$")


_KINDS = {
    "includes": NoticeKind.INCLUDES,
    "inclusionTerm": NoticeKind.INCLUSION_TERM,
    "excludes1": NoticeKind.EXCLUDES_1,
    "excludes2": NoticeKind.EXCLUDES_2,
    "codeFirst": NoticeKind.CODE_FIRST,
    "useAdditionalCode": NoticeKind.USE_ADDITIONAL,
    "codeAlso": NoticeKind.CODE_ALSO,
    "notes": NoticeKind.NOTE,
}


class NotTabular(ValueError):
    """The file is no tabular list; the text says where it stops being one."""


@dataclass(slots=True)
class Concept:
    """A chapter ("4"), a section ("E08-E13") or a code, with its own notices (what it inherits stands at its ancestors)."""

    code: str
    kind: ConceptKind
    description: str
    parent: str = ""
    placeholder: bool = False
    """The code ends with a placeholder X (or is written out with one)."""
    leaf: bool = False
    """Nothing is beneath it."""
    notices: list[tuple[NoticeKind, str]] = field(default_factory=list)
    seventh: dict[str, str] = field(default_factory=dict)
    """The seventh characters that it asks of all that is beneath, with their meaning."""


def read_tabular(source: Path | IO[bytes]) -> list[Concept]:
    """All places of the list in its order, codes with a seventh character written out. Raises NotTabular."""
    try:
        root = ElementTree.parse(source).getroot()  # noqa: S314 - expat resolves no external entity; a bomb is a user's own file
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise NotTabular(f"no well-formed XML: {error}") from None
    try:
        return _places(root)
    except RecursionError:
        raise NotTabular("its codes lie too deep in each other") from None


def _places(root: ElementTree.Element) -> list[Concept]:
    chapters = root.findall("chapter")
    if not chapters:
        raise NotTabular(f"<{root.tag}> holds no <chapter>")
    concepts: list[Concept] = []
    for chapter in chapters:
        top = _concept(chapter, _text(chapter, "name"), ConceptKind.CHAPTER, "")
        concepts.append(top)
        for section in chapter.findall("section"):
            middle = _concept(section, _section_code(section), ConceptKind.SECTION, top.code)
            concepts.append(middle)
            for diag in section.findall("diag"):
                concepts.extend(_codes(diag, middle.code, {}))
    return concepts


def _section_code(element: ElementTree.Element) -> str:
    """A section's range; one of a single category (B20) is B20-B20, to be told from the category."""
    code = element.get("id", "")
    return f"{code}-{code}" if code and "-" not in code else code


def _codes(element: ElementTree.Element, parent: str, seventh: dict[str, str]) -> Iterator[Concept]:
    """A code and all beneath it; `seventh` is what its ancestors ask for."""
    code = _concept(element, _text(element, "name"), ConceptKind.CODE, parent)
    own = {
        extension.get("char", ""): " ".join("".join(extension.itertext()).split())
        for definition in element.findall("sevenChrDef")
        for extension in definition.findall("extension")
    }
    code.seventh = own
    wanted = own or seventh
    beneath = element.findall("diag")
    code.leaf = not beneath and not wanted
    yield code
    for diag in beneath:
        yield from _codes(diag, code.code, wanted)
    if not beneath:
        for character, meaning in wanted.items():
            yield _extended(code, character, meaning)


def _extended(code: Concept, character: str, meaning: str) -> Concept:
    """A code with its seventh character, the gap before it filled with the placeholder."""
    bare = code.code.replace(".", "").ljust(SEVENTH - 1, PLACEHOLDER) + character
    return Concept(
        f"{bare[:3]}.{bare[3:]}",
        ConceptKind.CODE,
        f"{code.description}, {meaning}",
        code.code,
        PLACEHOLDER in bare[3:6],
        leaf=True,
    )


def _concept(element: ElementTree.Element, code: str, kind: ConceptKind, parent: str) -> Concept:
    if not code:
        raise NotTabular(f"a <{element.tag}> beneath {parent or 'the root'} has no name")
    description = _text(element, "desc")
    if kind is not ConceptKind.CODE:
        # "Tuberculosis (A15-A19)": the range is its code.
        description = _RANGE.sub("", description)
    concept = Concept(code, kind, description, parent, element.get("placeholder") == "true")
    for child in element:
        if notice := _KINDS.get(child.tag):
            concept.notices.extend((notice, text) for note in child if (text := " ".join("".join(note.itertext()).split())))
    return concept


def _text(element: ElementTree.Element, tag: str) -> str:
    return " ".join((element.findtext(tag) or "").split())
