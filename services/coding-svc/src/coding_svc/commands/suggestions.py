"""`rcm codes suggest`: what a note supports in codes, and what a sentence says of a concept."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from coding_svc.domain.engine import Engine
from coding_svc.domain.engine.assertion import assert_concept
from rcm.errors import Fault, InvalidBody


def suggest(engine: Engine, uncovered: str, name: str, body: bytes, on: date, setting: str) -> Iterator[dict[str, Any]]:
    """One object for the document; `problem` (where there is one) says why nothing or not all was read. Never raises.

    `uncovered` is why no code can be judged on the day, "" where a release covers it.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        told = f"these bytes are no text: not UTF-8 at byte {error.start}"
        yield {"document": name, "suggestions": [], "not_coded": [], "problem": told}
        return
    read = engine.suggest(text, on, setting)
    answer = {
        "document": name,
        "suggestions": [asdict(each) for each in read.suggestions],
        "not_coded": [asdict(each) for each in read.not_coded],
    }
    problem = "; ".join(told for told in (read.problem, uncovered) if told)
    yield {**answer, "problem": problem} if problem else answer


def assertions(body: bytes) -> Iterator[dict[str, Any]]:
    """Of each line, concept<TAB>sentence, what the sentence says of the concept; null and a problem where it doesn't name it.

    Raises InvalidBody for what is no text.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Fault("", "not-text", f"The file is not UTF-8, at byte {error.start}", "Give a text in UTF-8.")
        raise InvalidBody("The file is no text", faults=[fault]) from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        concept, tab, sentence = line.rstrip("\r").partition("\t")
        found = assert_concept(concept, sentence) if tab else None
        answer: dict[str, Any] = {"concept": concept, "sentence": sentence, "assertion": found}
        if found is None:
            wrong = "the sentence does not name the concept" if tab else "not a concept, a tab and a sentence"
            answer["problem"] = f"line {number}: {wrong}"
        yield answer
