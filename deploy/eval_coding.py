"""Measures search, assertion and suggestions on development sets, and prints JSON: `make eval-coding`.

What was learnt from or tuned on is named beside each figure; nothing is measured on it. Errors are split by kind.
"""

import argparse
import json
import sys
import time
from collections import Counter
from typing import Any

from coding_corpus import DAY, Note, ceiling, engine, f1, meanings, read_notes
from coding_phrases import REPORTED_ON, TUNED_ON, measure

from coding_svc.domain.engine import Engine, Suggestions
from coding_svc.domain.engine.assertion import Assertion, assert_concept
from coding_svc.domain.engine.lexicon import installed_weights
from tests.coding.reading.test_assertion import AFFIRMED, NEGATED, OTHERS, negation_f1, sentences

SETTING = "inpatient"
"""CodiEsp's notes are of hospitals, and what is uncertain is coded in them."""


def search(folds: frozenset[int]) -> dict[str, Any]:
    """Recall of the search on codes that nothing was tuned on."""
    return {
        "tuned_on": f"codes of folds {sorted(TUNED_ON)} of 10",
        "measured_on": f"codes of folds {sorted(folds)} of 10, their words taken out of the index",
        "sets": measure(folds),
    }


def assertion() -> dict[str, Any]:
    """Negation on two sets of sentences that were written in one go, one looked at and one blind; and the tests' table."""
    table = [*((c, s, Assertion.NEGATED) for c, s in NEGATED), *((c, s, Assertion.AFFIRMED) for c, s in AFFIRMED), *OTHERS]
    wrong: Counter[str] = Counter()
    for concept, sentence, asserted in table:
        found = assert_concept(concept, sentence)
        if found is not asserted:
            wrong[f"{asserted} taken for {found}"] += 1
    sets = {name: {"sentences": len(sentences(name)), "negation_f1": round(negation_f1(name), 4)} for name in ("open", "blind")}
    return {"measured_on": "sentences of our own tests", "sets": sets, "table": {"sentences": len(table), "errors": wrong}}


def suggestions() -> dict[str, Any]:
    """F1 on CodiEsp's dev notes: what is scored, and what is left of it by assertion and guidelines."""
    codes = meanings()
    notes = read_notes("dev", codes)
    reader = engine()
    learnt = set(installed_weights().notes_with)
    scored: dict[str, set[str]] = {}
    final: dict[str, set[str]] = {}
    outpatient: dict[str, set[str]] = {}
    missed: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    seconds = 0.0
    for note in notes:
        ranked = {candidate.code: score for candidate, score in reader.scored(note.text, DAY)}
        scored[note.name] = {code for code, score in ranked.items() if score >= installed_weights().threshold}
        started = time.perf_counter()
        read = reader.suggest(note.text, DAY, SETTING)
        seconds += time.perf_counter() - started
        outpatient[note.name] = {each.code for each in reader.suggest(note.text, DAY, "outpatient").suggestions}
        final[note.name] = {each.code for each in read.suggestions}
        missed.update(why_missed(code, read, ranked, learnt, reader) for code in note.codes - final[note.name])
        extra.update(why_extra(code, note) for code in final[note.name] - note.codes)
    return {
        "learnt_from": "CodiEsp, 500 training notes",
        "measured_on": f"CodiEsp, {len(notes)} dev notes, as {SETTING}",
        "normalised": f"codes in the form that is billable on {DAY}; a header given for a code stays, and is missed",
        "ceiling_of_recall": round(ceiling(notes, codes), 4),
        "suggested": {"exact": f1(final, notes), "three_characters": f1(final, notes, 3)},
        "suggested_as_outpatient": {"exact": f1(outpatient, notes), "three_characters": f1(outpatient, notes, 3)},
        "scored_alone": {"exact": f1(scored, notes), "three_characters": f1(scored, notes, 3)},
        "missed": dict(missed.most_common()),
        "wrongly_suggested": dict(extra.most_common()),
        "milliseconds_a_note": round(1000 * seconds / len(notes), 1),
    }


def why_missed(code: str, read: Suggestions, ranked: dict[str, float], learnt: set[str], reader: Engine) -> str:
    """What kind of error lost a code that coders gave."""
    for each in read.not_coded:
        if each.code == code:
            by_guideline = each.assertion in (Assertion.AFFIRMED, Assertion.POSSIBLE)
            return "found, and dropped by a guideline" if by_guideline else f"found, and asserted as {each.assertion}"
    if code in ranked:
        return "found, and scored too low"
    if not reader.knows(code, DAY):
        return "no billable code on the day"
    if any(each.code[:3] == code[:3] for each in read.suggestions):
        return "another code of its category was suggested"
    return "not found, though seen in training" if code in learnt else "not found, and never seen in training"


def why_extra(code: str, note: Note) -> str:
    """What kind of error suggested a code that coders did not give."""
    if any(given[:3] == code[:3] for given in note.codes):
        return "another code of its category was given"
    return "a sign or symptom" if code[0] == "R" else "a disease or status"


def main() -> None:
    """Prints all measures; --search-folds 0 1 looks at the codes that the ranking may be tuned on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["search", "assertion", "suggestions"])
    parser.add_argument("--search-folds", type=int, nargs="*", default=sorted(REPORTED_ON))
    wanted = parser.parse_args()
    measures = {"search": lambda: search(frozenset(wanted.search_folds)), "assertion": assertion, "suggestions": suggestions}
    answer = {name: taken() for name, taken in measures.items() if wanted.only in (None, name)}
    sys.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
