"""What the search index is made from: a code set's codes with their terms, and the notes of other codes that point at them."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import NamedTuple

from rcm.codesets.diagnosis import ConceptKind, NoticeKind
from rcm.codesets.tabular import Concept

_PALE = "unspecified other specified nos nec elsewhere initial encounter closed subsequent primary unilateral"
PALE = frozenset((*_PALE.split(), "female", "uncomplicated", "nontraumatic", "nonrheumatic"))
"""Words that a coder doesn't say: a code is not the worse for having them."""

_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_REFERENCE = re.compile(r"^(.*?)\s*\(([A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?)\.?-?\)$")


class SourceCode(NamedTuple):
    """A code as the index needs it; `parent` is "" at the top."""

    code: str
    title: str
    parent: str
    billable: bool
    terms: tuple[str, ...] = ()
    """Its own inclusion terms and includes notes."""
    references: tuple[str, ...] = ()
    """Its notes that point at other codes, as they stand: "gestational diabetes (O24.4-)"."""


def split_brackets(text: str) -> tuple[str, str]:
    """A text without its brackets, and what stood in them (words that may be said or not)."""
    return _BRACKETS.sub(" ", text), " , ".join(_BRACKETS.findall(text))


def pointed_at(codes: Mapping[str, SourceCode]) -> dict[str, list[str]]:
    """By code: the texts with which other codes' notes point at it."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for code in codes.values():
        for note in code.references:
            match = _REFERENCE.match(note)
            if match and match[1] and match[2] in codes:
                found[match[2]][match[1]] = None
    return {code: list(texts) for code, texts in found.items()}


_OWN = (NoticeKind.INCLUSION_TERM, NoticeKind.INCLUDES)
_POINTING = (NoticeKind.EXCLUDES_1, NoticeKind.EXCLUDES_2)


def source_codes(concepts: Iterable[Concept], billable: Container[str]) -> Iterator[SourceCode]:
    """A tabular list's codes, as the index is made from them; chapters and sections are left out, their terms are too wide."""
    for concept in concepts:
        if concept.kind is ConceptKind.CODE:
            yield SourceCode(
                concept.code,
                concept.description,
                concept.parent,
                concept.leaf or concept.code in billable,
                tuple(text for kind, text in concept.notices if kind in _OWN),
                tuple(text for kind, text in concept.notices if kind in _POINTING),
            )
