"""Histories: what "Conditions classifiable to C15-C26" beneath a code of a history means, in those conditions' own words."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping

from rcm.codesets.search.source import SourceCode

_HISTORY = re.compile(r"^(family|personal) history of", re.IGNORECASE)
_CLASSIFIABLE = re.compile(r"^(?:personal history of )?conditions classifiable to (.+)$", re.IGNORECASE)
_CODE = r"([A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?)"
_RANGE = re.compile(rf"\b{_CODE}(?:-{_CODE})?")
_CATEGORY = 3


def history_terms(codes: Mapping[str, SourceCode]) -> dict[str, list[str]]:
    """By code of a history: the titles and terms of the categories that its note names, each as a history."""
    ordered = sorted(codes)
    found: dict[str, list[str]] = defaultdict(list)
    for source in codes.values():
        history = _HISTORY.match(source.title)
        prefix = history[0] if history else ""
        for term in source.terms if prefix else ():
            note = _CLASSIFIABLE.match(term)
            for first, last in _RANGE.findall(note[1]) if note else ():
                within = ordered[bisect_left(ordered, first) : bisect_left(ordered, f"{last or first}~")]
                for named in (codes[code] for code in within if _wide(code, first)):
                    found[source.code].extend(f"{prefix} {text}" for text in (named.title, *named.terms))
    return found


def _wide(code: str, first: str) -> bool:
    """Categories alone, unless the note itself names something narrower."""
    return len(code) == _CATEGORY or len(first) > _CATEGORY
