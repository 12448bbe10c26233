"""Which of the scored codes are suggested: those that are likely enough, and of a likely category its likeliest code."""

from collections import defaultdict
from collections.abc import Mapping

_CATEGORY = 0.3
"""A category is likely from here on, taken as if its codes' scores were independent."""
_IN_CATEGORY = 0.12
"""Its best code has at least so much."""


def chosen(scores: Mapping[str, float], threshold: float) -> set[str]:
    """The codes from the threshold on; where none of a category reaches it and one of them is likely, the likeliest."""
    found = {code for code, score in scores.items() if score >= threshold}
    categories: dict[str, list[str]] = defaultdict(list)
    for code in scores:
        categories[code[:3]].append(code)
    for members in categories.values():
        if not found.isdisjoint(members):
            continue
        none = 1.0
        for code in members:
            none *= 1 - scores[code]
        best = max(members, key=lambda code: (scores[code], code))
        if 1 - none >= _CATEGORY and scores[best] >= _IN_CATEGORY:
            found.add(best)
    return found
