"""CodiEsp as training and evaluation read it: notes in English, codes by professional coders, and the words that they marked.

Codes are brought to the form that is billable on `DAY` (R05 to R05.9, M54.5 to M54.50); one that has no such form (a header
given in place of a code) stays as it is, and counts as missed: `ceiling` tells how many these are. CC BY 4.0.
"""

import os
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from coding_svc.domain.engine import Engine
from coding_svc.domain.engine.lexicon import Weights
from coding_svc.handlers.code_meanings import InstalledMeanings
from rcm.codesets.book import installed_code_sets
from rcm.codesets.search.index import installed_search

DAY = date(2026, 3, 2)
SHARED = Path(os.environ.get("RCM_SHARED_DATA", "../shared")) / "data" / "codiesp"


@dataclass(slots=True)
class Marked:
    """What a coder marked in the Spanish note: its words, without accents, and their places there."""

    code: str
    words: str
    places: list[tuple[int, int]]


@dataclass(slots=True)
class Note:
    """A note with its codes."""

    name: str
    text: str
    codes: set[str] = field(default_factory=set)
    marked: list[Marked] = field(default_factory=list)


def meanings() -> InstalledMeanings:
    """This installation's code sets, as the engine asks them."""
    return InstalledMeanings(installed_code_sets(), installed_search())


def engine(weights: Weights | None = None) -> Engine:
    """The engine over them."""
    return Engine(meanings(), weights)


def plain(text: str) -> str:
    """Lower case, without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(letter))


def read_notes(split: str, codes: InstalledMeanings) -> list[Note]:
    """The notes of "train" or "dev", by name. OSError where the corpus isn't there."""
    folder = SHARED / split
    marked: dict[str, list[Marked]] = defaultdict(list)
    given: dict[str, set[str]] = defaultdict(set)

    def form(code: str) -> str:
        return codes.billable_form(code.upper(), DAY) or code.upper()

    for line in (folder / f"{split}D.tsv").read_text("utf-8").splitlines():
        name, code = line.split("\t")
        given[name].add(form(code))
    for line in (folder / f"{split}X.tsv").read_text("utf-8").splitlines():
        name, kind, code, words, places = line.split("\t")
        if kind == "DIAGNOSTICO":
            spans = [(int(first), int(last)) for first, last in (span.split() for span in places.split(";"))]
            marked[name].append(Marked(form(code), plain(words), spans))
    files = sorted((folder / "text_files_en").glob("*.txt"))
    return [Note(file.stem, file.read_text("utf-8"), given[file.stem], marked[file.stem]) for file in files]


def ceiling(notes: list[Note], codes: InstalledMeanings) -> float:
    """The share of all given codes that are billable on the day, once normalised: more nobody can reach."""
    given = [code for note in notes for code in note.codes]
    return sum(codes.is_billable(code, DAY) for code in given) / len(given)


def f1(found: dict[str, set[str]], notes: list[Note], characters: int = 9) -> dict[str, float]:
    """Micro precision, recall and F1 over all notes, on whole codes or on their first characters."""
    right = wrong = missed = 0
    for note in notes:
        ours = {code[:characters] for code in found.get(note.name, set())}
        theirs = {code[:characters] for code in note.codes}
        right += len(ours & theirs)
        wrong += len(ours - theirs)
        missed += len(theirs - ours)
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    figure = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(figure, 4)}
