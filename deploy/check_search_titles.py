"""Looks up every title and inclusion term of the classification and tells those whose code is not found first.

`.venv/bin/python deploy/check_search_titles.py [--part 0/6]`: all of it takes some eight minutes of one core, a part of six a
sixth. The suite looks up a sample (tests/shared/codesets/test_search_exact.py). Exit 1 where one is not first.
"""

import argparse
import re
import sys
from collections import defaultdict
from datetime import date

from rcm.codesets.book import installed_code_sets
from rcm.codesets.compile import search_source
from rcm.codesets.search.exact import letters_of
from rcm.codesets.search.index import installed_search

DAY = date(2026, 3, 2)
_NOT_SAID = re.compile(r",? (?:NOS|unspecified)$")
"""What "Pyelonephritis NOS" may come before "Pyelonephritis" with: it is the code where nothing more is said."""
_SHORT = 3
"""Letters of a term too short to be looked up ("NOS")."""


def standing_texts() -> dict[str, tuple[str, set[str]]]:
    """By a text's letters: the text, and the codes that carry it and have a billable code at or beneath them on the day."""
    sets = installed_code_sets()
    billable = sorted(sets.billable_codes(DAY))
    standing = {code[:length] for code in billable for length in range(3, len(code) + 1)}
    texts: dict[str, tuple[str, set[str]]] = {}
    carried = [(sets.description(code), code) for code in billable]
    carried.extend((text, code.code) for code in search_source() if code.code in standing for text in code.terms)
    for text, code in carried:
        if len(text) > _SHORT:
            texts.setdefault(letters_of(text), (text, set()))[1].add(code)
    for text, code in carried:
        plain = letters_of(_NOT_SAID.sub("", text))
        if plain in texts:
            texts[plain][1].add(code)
    return texts


def main() -> None:
    """Prints each failure, then the counts by kind of code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", default="0/1", help="such as 2/6: the third of six parts")
    part, parts = map(int, parser.parse_args().part.split("/"))
    index, sets = installed_search(), installed_code_sets()
    counts: dict[str, int] = defaultdict(int)
    for text, codes in list(standing_texts().values())[part::parts]:
        counts["looked up"] += 1
        hits = index.search(text, sets, DAY, 1)
        if not hits or not hits[0].code.startswith(tuple(codes)):
            counts["not first"] += 1
            sys.stdout.write(f"{text}: {', '.join(sorted(codes))}, found {hits[0].code if hits else 'nothing'}\n")
    sys.stdout.write(f"{dict(counts)}\n")
    sys.exit(1 if counts["not first"] else 0)


if __name__ == "__main__":
    main()
