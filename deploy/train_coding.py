"""Learns the engine's weights from CodiEsp's training notes and writes them: `make train-coding`. Dev notes are never read.

Phrases are learnt from all training notes. What the trees learn from are the features of notes that had no part in their own
phrases (five folds); the threshold gives the best F1 on those, after the guidelines. The file holds hashes and counts, no text.
"""

import json
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from coding_alignment import Aligned, Alignment
from coding_corpus import DAY, Note, f1, meanings, read_notes
from sklearn.ensemble import HistGradientBoostingClassifier

from coding_svc.domain.engine.assertion import Assertion
from coding_svc.domain.engine.choice import chosen
from coding_svc.domain.engine.evidence import gather
from coding_svc.domain.engine.findings import Finding
from coding_svc.domain.engine.guidelines.note import Note as RuledNote
from coding_svc.domain.engine.guidelines.rules import ALL
from coding_svc.domain.engine.lexicon import Entry, Meaning, phrases
from coding_svc.domain.engine.meanings import NamedTerm
from coding_svc.domain.engine.reader import NoteReader

OUT = Path(__file__).parent.parent / "services/coding-svc/src/coding_svc/domain/engine/data/weights.json"
VERSION = "codiesp-2026.11"
FOLDS = 5
SETTINGS = ("outpatient", "inpatient")
"""The threshold serves both: CodiEsp's notes are of hospitals, and visits are what is asked most."""
TREES = {
    "max_iter": 120,
    "learning_rate": 0.07,
    "max_leaf_nodes": 12,
    "min_samples_leaf": 40,
    "l2_regularization": 2.0,
    "random_state": 1,
}


class Read(NamedTuple):
    """A training note with what never changes between folds."""

    note: Note
    keys: set[str]
    aligned: list[Aligned]
    terms: list[tuple[str, NamedTerm]]


def read_training() -> list[Read]:
    """All training notes, shuffled the same way each time."""
    codes = meanings()
    notes = read_notes("train", codes)
    alignment = Alignment(notes)
    read = []
    for note, tokens, aligned in zip(notes, alignment.tokens, alignment.aligned(), strict=True):
        keys = {phrase.key for phrase in phrases(note.text, tokens)}
        terms: list[tuple[str, NamedTerm]] = [
            (next((code for code in term.codes if codes.is_billable(code, DAY)), term.codes[0]), term)
            for term in codes.terms(note.text)
        ]
        read.append(Read(note, keys, aligned, terms))
    random.Random(0).shuffle(read)  # noqa: S311 - the same order each time, no secret
    return read


def learn_phrases(read: list[Read]) -> tuple[dict[str, Entry], Counter[str]]:
    """What each phrase may stand for, and in how many notes each code was given."""
    aligned: dict[str, Counter[str]] = defaultdict(Counter)
    likeness: dict[tuple[str, str], float] = defaultdict(float)
    given: Counter[str] = Counter()
    for each in read:
        given.update(each.note.codes)
        for code, key in {(one.code, one.phrase.key) for one in each.aligned}:
            aligned[key][code] += 1
        for one in each.aligned:
            pair = (one.phrase.key, one.code)
            likeness[pair] = max(likeness[pair], one.likeness)
    notes: Counter[str] = Counter()
    coded: Counter[tuple[str, str]] = Counter()
    for each in read:
        for key in each.keys & aligned.keys():
            notes[key] += 1
            coded.update((key, code) for code in aligned[key].keys() & each.note.codes)
    entries = {
        key: Entry(
            max(1, notes[key]),
            tuple(
                Meaning(code, count, coded[key, code], round(likeness[key, code], 2)) for code, count in sorted(codes.items())
            ),
        )
        for key, codes in aligned.items()
    }
    return entries, given


class Rows(NamedTuple):
    """A row for each code that anything in a note speaks for."""

    features: list[list[float]]
    right: list[bool]
    """Whether coders gave it."""
    asserted: list[tuple[Assertion, list[tuple[int, int]]]]
    """How the note asserts it, and where: what is denied is never suggested, whatever its score."""
    which: list[tuple[str, str]]
    """The note's name and the code."""


def rows_of(read: list[Read], entries: dict[str, Entry], given: Counter[str]) -> Rows:
    """The rows of some notes, by phrases that were learnt from others."""
    rows = Rows([], [], [], [])
    for each in read:
        reader = NoteReader(each.note.text)
        for code, candidate in gather(each.note.text, entries, given, each.terms).items():
            rows.features.append(candidate.features)
            rows.right.append(code in each.note.codes)
            rows.asserted.append(reader.assertion(sorted(set(candidate.free or candidate.spans))))
            rows.which.append((each.note.name, code))
    return rows


def held_out_rows(read: list[Read]) -> Rows:
    """Every note's rows, by phrases that were learnt from the other folds."""
    rows = Rows([], [], [], [])
    for number in range(FOLDS):
        entries, given = learn_phrases([each for at, each in enumerate(read) if at % FOLDS != number])
        new = rows_of([each for at, each in enumerate(read) if at % FOLDS == number], entries, given)
        rows.features.extend(new.features)
        rows.right.extend(new.right)
        rows.asserted.extend(new.asserted)
        rows.which.extend(new.which)
    return rows


def best_threshold(read: list[Read], rows: Rows) -> tuple[float, dict[str, float]]:
    """The threshold of the best mean F1 of what would be suggested (both settings, whole codes and three characters).

    Each fold is judged by trees that learnt from the others; of equals the higher, which suggests less that is wrong.
    """
    features, right = np.array(rows.features), np.array(rows.right)
    fold_of = {each.note.name: number % FOLDS for number, each in enumerate(read)}
    fold = np.array([fold_of[name] for name, _ in rows.which])
    likely = np.zeros(len(right))
    for number in range(FOLDS):
        trees = HistGradientBoostingClassifier(**TREES).fit(features[fold != number], right[fold != number])
        likely[fold == number] = trees.predict_proba(features[fold == number])[:, 1]
    notes = [each.note for each in read]
    best: tuple[float, dict[str, float]] = (0.0, {"mean": 0.0})
    for hundredths in range(24, 36, 2):
        figures: dict[str, float] = {}
        for setting in SETTINGS:
            found = suggested(read, rows, likely, hundredths / 100, setting)
            figures[setting] = f1(found, notes)["f1"]
            figures[f"{setting}, three characters"] = f1(found, notes, 3)["f1"]
        figures["mean"] = round(sum(figures.values()) / len(figures), 4)
        if figures["mean"] >= best[1]["mean"]:
            best = (hundredths / 100, figures)
    return best


def suggested(read: list[Read], rows: Rows, likely: Any, threshold: float, setting: str) -> dict[str, set[str]]:
    """By note what is left, from a score on, once the guidelines have been applied."""
    codes = meanings()
    findings: dict[str, list[Finding]] = defaultdict(list)
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    for (name, code), share in zip(rows.which, likely, strict=True):
        scores[name][code] = float(share)
    wanted = {name: chosen(of_codes, threshold) for name, of_codes in scores.items()}
    for (name, code), (asserted, spans), share in zip(rows.which, rows.asserted, likely, strict=True):
        if code in wanted[name] and (form := codes.billable_form(code, DAY)):
            findings[name].append(Finding(form, float(share), asserted, list(spans), ""))
    for each in read:
        note = RuledNote(each.note.text, DAY, setting, codes)
        for rule in ALL:
            rule(findings[each.note.name], note)
    return {name: {each.code for each in found if not each.dropped} for name, found in findings.items()}


def flat_trees(trees: Any) -> list[list[list[float]]]:
    """Each tree's columns: feature (-1 at a leaf), threshold or value, left, right."""
    flat = []
    for (predictor,) in trees._predictors:
        nodes = predictor.nodes
        leaf = nodes["is_leaf"].astype(bool)
        feature = np.where(leaf, -1, nodes["feature_idx"]).tolist()
        threshold = [round(float(value), 5) for value in np.where(leaf, nodes["value"], nodes["num_threshold"])]
        flat.append([feature, threshold, nodes["left"].tolist(), nodes["right"].tolist()])
    return flat


def main() -> None:
    """Learns, and writes the weights."""
    read = read_training()
    rows = held_out_rows(read)
    threshold, figures = best_threshold(read, rows)
    trees = HistGradientBoostingClassifier(**TREES).fit(np.array(rows.features), np.array(rows.right))
    entries, given = learn_phrases(read)
    codes = sorted({meaning.code for entry in entries.values() for meaning in entry.meanings} | set(given))
    number_of = {code: number for number, code in enumerate(codes)}
    content = {
        "version": VERSION,
        "learnt_from": "CodiEsp v4, training notes (Miranda-Escalada 2020), CC BY 4.0; hashes and counts, no text",
        "cross_validated": figures,
        "threshold": threshold,
        "base": round(float(trees._baseline_prediction.ravel()[0]), 5),
        "codes": codes,
        "notes_with": [given[code] for code in codes],
        "phrases": {
            key: [entry.notes, [[number_of[m.code], m.aligned, m.coded, round(100 * m.likeness)] for m in entry.meanings]]
            for key, entry in sorted(entries.items())
        },
        "trees": flat_trees(trees),
    }
    OUT.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    sys.stdout.write(json.dumps({"cross_validated": figures, "threshold": threshold, "bytes": OUT.stat().st_size}) + "\n")


if __name__ == "__main__":
    main()
