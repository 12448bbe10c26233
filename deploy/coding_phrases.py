"""Phrases with the code that they mean, to measure the search by; split by code, so that no code's own words are in its index.

`references`: the words with which another code's note points at a code ("gestational diabetes (O24.4-)" under E11);
its own terms stay in the index, all that points at it is taken out. `terms`: its inclusion terms, taken out with all that
points at it, so that its title is all that is left. `external causes`: the CDC's index, main term before modifiers;
`neoplasms`: the CDC's table of sites, each behavior in several wordings. `spoken`: what coders and patients say, of our own
making (`coding_phrases.tsv`), split by code into a half that the sayings were mended with and one whose misses nobody read;
the sayings have the same author as both. In the last three nothing is taken out.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
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
_TABLES = Path(os.environ.get("RCM_SHARED_DATA", "../shared")) / "data/icd10cm_index/xml"
_INDEX = _TABLES / "icd10cm-eindex-April-1-2026-XML.xml"
_NEOPLASMS = _TABLES / "icd10cm-neoplasm-April-1-2026-XML.xml"
_SPOKEN = Path(__file__).with_name("coding_phrases.tsv")
_BEHAVIORS = {
    "2": ("malignant neoplasm of {}", "{} cancer", "carcinoma of {}"),
    "3": ("metastasis to {}", "secondary malignant neoplasm of {}"),
    "4": ("carcinoma in situ of {}",),
    "5": ("benign neoplasm of {}", "benign tumor of {}"),
    "6": ("neoplasm of uncertain behavior of {}",),
    "7": ("neoplasm of {}", "neoplasm of unspecified behavior of {}"),
}
"""How a column of the table of neoplasms is said."""
_SITES = 1_000
"""So many phrases are drawn from that table."""
_REFERENCE = re.compile(r"^(.*?)\s*\(([A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?)\)$")
_NOT_SAID = re.compile(r"\bN[OE][SC]\b")


class Phrase(NamedTuple):
    """What a coder looks up, and the code; or several that are right, with blanks between, a header for all beneath it."""

    text: str
    code: str

    def is_meant(self, found: Sequence[str]) -> bool:
        """Whether one of the codes is among those found."""
        return any(code.startswith(right) for code in found for right in self.code.split())


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
    whole = _index(folder / "all", source)
    if _INDEX.exists():
        yield PhraseSet("external causes", told(external_causes()), whole)
    if _NEOPLASMS.exists():
        yield PhraseSet("neoplasms", Random("sites").sample(sorted(set(neoplasms())), _SITES), whole)  # noqa: S311 - no secrets
    for name, half in (("spoken, looked at", 0), ("spoken, only counted", 1)):
        yield PhraseSet(name, [each for each in spoken() if fold_of(each.code[:5]) % 2 == half], whole)


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


def neoplasms() -> Iterator[Phrase]:
    """Each site of the table with each behavior, the site's words from the narrow to the wide or the other way round."""
    random = Random("wordings")  # noqa: S311 - samples, no secrets
    root = ElementTree.parse(_NEOPLASMS).getroot()  # noqa: S314 - a file of our own
    waiting: list[tuple[ElementTree.Element, tuple[str, ...]]] = [(term, ()) for term in root.iterfind("letter/mainTerm/term")]
    while waiting:
        term, above = waiting.pop()
        title = term.find("title")
        words = "" if title is None else f"{title.text or ''} {' '.join(part.tail or '' for part in title)}"
        path = (*above, said(words.replace("*", "")).split(",")[0].strip())
        site = " ".join(path if random.random() < 0.5 else reversed(path))
        for cell in term.findall("cell"):
            code = (cell.text or "").rstrip("-").rstrip(".")
            if code and cell.get("col") in _BEHAVIORS:
                yield Phrase(random.choice(_BEHAVIORS[str(cell.get("col"))]).format(site), code)
        waiting.extend((below, path) for below in term.findall("term"))


def spoken() -> list[Phrase]:
    """Our own list."""
    return [Phrase(*line.split("\t")) for line in _SPOKEN.read_text("utf-8").splitlines()]


def recall(phrases: PhraseSet, ranks: tuple[int, ...] = (1, 5, 10)) -> dict[str, float]:
    """The share of phrases whose code is among the first so many; of a code's 7th characters any counts."""
    found = dict.fromkeys(ranks, 0)
    for phrase in phrases.phrases:
        hits = [members for _, members, _ in phrases.search.targets(phrase.text, max(ranks))]
        for rank in ranks:
            found[rank] += any(phrase.is_meant(members) for members in hits[:rank])
    return {f"recall@{rank}": round(count / max(1, len(phrases.phrases)), 3) for rank, count in found.items()}


def measure(folds: frozenset[int], weigh: Callable[[PhraseSet], dict[str, float]] = recall) -> dict[str, dict[str, float]]:
    """By set: how many phrases, and the recall."""
    with TemporaryDirectory() as folder:
        return {each.name: {"phrases": len(each.phrases), **weigh(each)} for each in phrase_sets(folds, Path(folder))}
