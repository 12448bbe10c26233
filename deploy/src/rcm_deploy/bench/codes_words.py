"""What finding codes by words costs: phrases a coder looks up, and invented notes of 5,000 characters.

`python -m rcm_deploy.bench.codes_words` prints it: memory is that of a process that does nothing else.
"""

import sys
from collections.abc import Callable
from random import Random
from time import perf_counter
from typing import Any

import orjson

from rcm.codesets.book import installed_code_sets
from rcm.codesets.search.index import installed_search
from rcm_deploy.bench.codes_edits import DAY
from rcm_deploy.bench.memory import peak_mib
from rcm_deploy.cli.codes_files import CODING

PHRASES = 1_000
NOTES = 40
NOTE_CHARACTERS = 5_000
_WARM_PHRASES = 20
_OPENINGS = ("The patient has", "She reports", "He denies", "No", "Assessment:", "History of", "Possible", "Mother had")


def titles(count: int) -> list[str]:
    """Titles of codes, drawn at random: as many words as anybody would look up."""
    sets = installed_code_sets()
    codes = list(sets.billable_codes(DAY))
    return [sets.description(code) for code in Random("bench words").sample(codes, count)]  # noqa: S311 - samples, no secrets


def mistyped(title: str, random: Random) -> str:
    """The title as a hurried person types it: some of its words, one with two letters swapped."""
    words = title.replace(",", "").split()[:5]
    at = random.randrange(len(words))
    word = words[at]
    if len(word) > 4:
        place = random.randrange(1, len(word) - 2)
        words[at] = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return " ".join(words)


def notes(count: int) -> list[str]:
    """Invented notes: sentences about random codes, some denied, some uncertain."""
    random = Random("bench notes")  # noqa: S311 - samples, no secrets
    known = titles(2_000)
    made = []
    for _ in range(count):
        lines: list[str] = []
        while sum(map(len, lines)) < NOTE_CHARACTERS:
            lines.append(f"{random.choice(_OPENINGS)} {random.choice(known).lower()}. ")
        made.append("".join(lines)[:NOTE_CHARACTERS])
    return made


def timed(work: Callable[[str], object], texts: list[str]) -> list[float]:
    """Milliseconds for each, in rising order."""
    spent = []
    for text in texts:
        started = perf_counter()
        work(text)
        spent.append((perf_counter() - started) * 1e3)
    return sorted(spent)


def measure(phrases: int = PHRASES, documents: int = NOTES) -> dict[str, Any]:
    """Search and suggest, each warmed up; memory is the whole process's, the code sets and the engine in it."""
    random = Random("bench typing")  # noqa: S311 - samples, no secrets
    index, sets = installed_search(), installed_code_sets()
    looked_up = [mistyped(title, random) for title in titles(phrases + _WARM_PHRASES)]
    timed(lambda phrase: index.search(phrase, sets, DAY), looked_up[:_WARM_PHRASES])
    searched = timed(lambda phrase: index.search(phrase, sets, DAY), looked_up[_WARM_PHRASES:])
    with_search = peak_mib()
    suggest = CODING.main.COMMANDS["suggest"]
    texts = notes(documents + 1)
    list(suggest("warm", texts[0].encode(), DAY, "outpatient"))
    read = timed(lambda text: list(suggest("note", text.encode(), DAY, "outpatient")), texts[1:])
    return {
        "search_ms_p50": round(searched[len(searched) // 2], 2),
        "search_ms_p95": round(searched[int(len(searched) * 0.95)], 2),
        "suggest_ms_p50": round(read[len(read) // 2], 1),
        "suggest_ms_p95": round(read[int(len(read) * 0.95)], 1),
        "suggested_documents_per_second": round(1e3 * len(read) / sum(read), 1),
        "process_peak_mib_with_search": with_search,
        "process_peak_mib": peak_mib(),
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(measure()))
