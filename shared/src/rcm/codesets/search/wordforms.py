"""How words of medicine are built: what a suffix stands for, which words share a root, and how alike two spellings are."""

from functools import cache, lru_cache

from rcm.codesets.search.data_files import pairs

_ENDING_LIST = """
    ation ional istic oidal ated able iac ian ible ical ing ion ism ist itic ity ive ment ness oid osis otic ous ary ate eal
    al ar ed er ia ic is ly or um us a e y
"""
_ENDINGS = tuple(_ENDING_LIST.split())
_WHOLE = ("itis", "oma", "ectomy", "opathy", "algia", "emia", "uria")
"""Endings that say what is wrong: such a word shares its root with no other disease."""
_MIN_ROOT = 4


@cache
def _compounds() -> tuple[dict[str, tuple[str, ...]], list[tuple[str, tuple[str, ...]]]]:
    """What beginnings stand for, and endings, the longest ending first."""
    places: dict[str, tuple[str, ...]] = {}
    troubles: list[tuple[str, tuple[str, ...]]] = []
    for part, meaning in pairs("word_parts.txt"):
        if part.endswith("-"):
            places[part[:-1]] = tuple(meaning.split())
        else:
            troubles.append((part[1:], tuple(meaning.split())))
    return places, sorted(troubles, key=lambda trouble: -len(trouble[0]))


@lru_cache(maxsize=16_384)
def root(word: str) -> str:
    """A word less its grammatical ending: "tuberculous" and "tuberculosis" share theirs, "nephritis" and "nephrosis" don't."""
    if word.endswith(_WHOLE):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_ROOT:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=16_384)
def parts(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a compound says in two plain parts, place and trouble: "cervicitis" is (cervix), (inflammation, infection)."""
    places, troubles = _compounds()
    for suffix, trouble in troubles:
        if word.endswith(suffix):
            stem = word[: -len(suffix)]
            place = places.get(stem) or places.get(stem.rstrip("o")) or places.get(stem + "i")
            if place:
                return place, trouble
    return (), ()


def trigrams(word: str) -> set[str]:
    """A word's three-letter pieces, its ends marked."""
    marked = f"^{word}$"
    return {marked[at : at + 3] for at in range(len(marked) - 2)}


def likeness(one: str, other: str) -> float:
    """How likely one word is the other, mistyped: 1 less a share of the edits (a swap of neighbours is one)."""
    longer = max(len(one), len(other))
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        row = [i]
        for j, right in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return 1.0 - 1.5 * last[-1] / longer
