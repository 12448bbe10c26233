"""Phrases with the code that they mean, to measure the search by; split by code, so that no code's own words are in its index.

`references`: the words with which another code's note points at a code ("gestational diabetes (O24.4-)" under E11);
its own terms stay in the index, all that points at it is taken out. `terms`: its inclusion terms, taken out with all that
points at it, so that its title is all that is left. `external causes`: the CDC's index, main term before modifiers; nothing
is taken out. No phrase equals a title.
"""

import os
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.etree import ElementTree

from rcm.codesets.compile import search_source
from rcm.codesets.search.compile import FILE_NAME, write_search_index
from rcm.codesets.search.index import SearchIndex
from rcm.codesets.search.source import SourceCode, split_brackets

FOLDS = 10
TUNED_ON = frozenset((0, 1))
"""Folds of codes that the ranking's weights may be looked at with."""
REPORTED_ON = frozenset((2, 3))
_INDEX = Path(os.environ.get("RCM_SHARED_DATA", "../shared")) / "data/icd10cm_index/xml/icd10cm-eindex-April-1-2026-XML.xml"
_REFERENCE = re.compile(r"^(.*?)\s*\(([A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?)\)$")
_NOT_SAID = re.compile(r"\bN[OE][SC]\b")


class Phrase(NamedTuple):
    """What a coder looks up, and the code."""

    text: str
    code: str


class PhraseSet(NamedTuple):
    """Phrases of one kind with the index that they are looked up in."""

    name: str
    phrases: list[Phrase]
    search: SearchIndex


def fold_of(code: str) -> int:
    """A code's fold, the same on every machine."""
    return int(sha256(code.encode()).hexdigest(), 16) % FOLDS


def plain(text: str) -> str:
    """Letters and digits alone, to tell whether two texts are the same."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def said(text: str) -> str:
    """A term as a coder would say it: no brackets, no NOS."""
    return " ".join(_NOT_SAID.sub(" ", split_brackets(text)[0]).split())


def pointing(note: str) -> Phrase | None:
    """The words and the code of a note that points at one whole code."""
    match = _REFERENCE.match(note)
    return Phrase(said(match[1]), match[2]) if match else None


def phrase_sets(folds: frozenset[int], folder: Path) -> Iterator[PhraseSet]:
    """The sets for the codes of these folds; indexes are written into the folder."""
    source = list(search_source())
    billable = {code.code for code in source if code.billable}
    titles = {plain(code.title) for code in source}

    def held(code: str) -> bool:
        return fold_of(code) in folds

    def told(phrases: Iterator[Phrase]) -> list[Phrase]:
        return sorted(
            {each for each in phrases if len(each.text) > 3 and each.code in billable and plain(each.text) not in titles}
        )

    def kept(note: str) -> bool:
        phrase = pointing(note)
        return phrase is None or not held(phrase.code)

    references = told(each for code in source for note in code.references if (each := pointing(note)) and held(each.code))
    without = [code._replace(references=tuple(filter(kept, code.references))) for code in source]
    yield PhraseSet("references", references, _index(folder / "references", without))
    terms = told(Phrase(said(term), code.code) for code in source if held(code.code) for term in code.terms)
    bare = [code._replace(terms=()) if held(code.code) else code for code in without]
    yield PhraseSet("terms", terms, _index(folder / "terms", bare))
    if _INDEX.exists():
        yield PhraseSet("external causes", told(external_causes()), _index(folder / "all", source))


def _index(folder: Path, source: list[SourceCode]) -> SearchIndex:
    folder.mkdir()
    write_search_index(folder, source)
    return SearchIndex(folder / FILE_NAME)


def external_causes() -> Iterator[Phrase]:
    """The index's entries that name a code: the main term, then its modifiers, those in brackets left out."""
    root = ElementTree.parse(_INDEX).getroot()  # noqa: S314 - a file of our own
    waiting = [(term, "") for term in root.iter("mainTerm")]
    while waiting:
        term, before = waiting.pop()
        title = term.find("title")
        words = "" if title is None else f"{title.text or ''} {' '.join(part.tail or '' for part in title)}"
        path = f"{before} {said(words)}".strip()
        code = term.findtext("code")
        if code:
            yield Phrase(path, code)
        waiting.extend((below, path) for below in term.findall("term"))


def recall(phrases: PhraseSet, ranks: tuple[int, ...] = (1, 5, 10)) -> dict[str, float]:
    """The share of phrases whose code is among the first so many; of a code's 7th characters any counts."""
    found = dict.fromkeys(ranks, 0)
    for phrase in phrases.phrases:
        hits = [members for _, members, _ in phrases.search.targets(phrase.text, max(ranks))]
        for rank in ranks:
            found[rank] += any(phrase.code in members for members in hits[:rank])
    return {f"recall@{rank}": round(count / max(1, len(phrases.phrases)), 3) for rank, count in found.items()}


def measure(folds: frozenset[int], weigh: Callable[[PhraseSet], dict[str, float]] = recall) -> dict[str, dict[str, float]]:
    """By set: how many phrases, and the recall."""
    with TemporaryDirectory() as folder:
        return {each.name: {"phrases": len(each.phrases), **weigh(each)} for each in phrase_sets(folds, Path(folder))}
