"""Neoplasms by site: the words with which a site's benign, secondary, uncertain and other neoplasms are looked up.

The classification names a site finely where the neoplasm is malignant and primary (C00-C76), and roughly everywhere else: a
metastasis in the ileum stands under "small intestine". So a site's words are taken from its primary codes and given to the
code of each behavior; which that is, `data/neoplasm_sites.txt` says.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from rcm.codesets.search.data_files import pairs
from rcm.codesets.search.source import SourceCode, split_brackets

_BEHAVIORS = (
    "malignant neoplasm of",
    "secondary malignant neoplasm of",
    "carcinoma in situ of",
    "benign neoplasm of",
    "neoplasm of uncertain behavior of",
    "unspecified neoplasm of",
)
"""In the order of the table's columns; a neoplasm of which no more is said is of unspecified behavior."""
_SKIN = re.compile(r"^C44\.(\d)0(\d?)$")
_KINDS_OF_SKIN = (
    ("C44.{0}1{1}", "basal cell carcinoma of"),
    ("C44.{0}2{1}", "squamous cell carcinoma of skin of"),
    ("C43.{0}{1}", "malignant melanoma of"),
    ("D03.{0}{1}", "melanoma in situ of"),
)
"""Where a neoplasm of the skin (C44.509) goes by its kind: these stand beside it under the same place (C44.519, C43.59)."""
_PRIMARY = re.compile(r"^(?:primary )?malignant neoplasms? of (.+)$", re.IGNORECASE)
_NO_SITE = re.compile(r"\b(?:other|overlapping|unspecified|NOS|NEC|except)\b", re.IGNORECASE)


class Site(NamedTuple):
    """One line of the table: a prefix by behavior, in the order of its columns ("" where there is none), and words."""

    codes: tuple[str, ...]
    words: tuple[str, ...]


@cache
def sites() -> dict[str, Site]:
    """The table, by the prefix of the primary's codes."""
    table: dict[str, Site] = {}
    for left, right in pairs("neoplasm_sites.txt"):
        codes = tuple("" if code == "-" else code for code in left.split())
        table[codes[0]] = Site(codes, tuple(words.strip() for words in right.split(";") if words.strip()))
    return table


def _site_of(code: str) -> Site | None:
    """The longest line that holds for a code."""
    return next((sites()[code[:length]] for length in range(len(code), 2, -1) if code[:length] in sites()), None)


def _named(source: SourceCode) -> Iterator[str]:
    """The sites that a primary code's title and terms name whole."""
    for text in (source.title, *source.terms):
        match = _PRIMARY.match(split_brackets(text)[0].strip())
        if match and not _NO_SITE.search(match[1]):
            yield match[1]


def neoplasm_terms(codes: Mapping[str, SourceCode]) -> dict[str, list[str]]:
    """By code: the terms that lead to it from a site's words."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for site in sites().values():
        for words in site.words:
            _give(found, site, words, 0)
    for source in codes.values():
        its_site = _site_of(source.code) if "C" <= source.code < "C77" else None
        if its_site:
            for words in _named(source):
                _give(found, its_site, words, 1)
    return {code: list(texts) for code, texts in found.items() if code in codes}


def _give(found: dict[str, dict[str, None]], site: Site, words: str, first: int) -> None:
    """Gives a site's words to its code of each behavior, from the column `first` on."""
    for code, behavior in list(zip(site.codes, _BEHAVIORS, strict=True))[first:]:
        if code:
            found[code][f"{behavior} {words}"] = None
    skin = _SKIN.match(site.codes[0])
    if skin:
        for pattern, kind in _KINDS_OF_SKIN:
            found[pattern.format(*skin.groups())][f"{kind} {words.removeprefix('skin of ')}"] = None


_MALIGNANT = frozenset(("cancer", "melanoma", "lymphoma", "leukemia", "adenocarcinoma", "sarcoma", "myeloma", "glioblastoma"))
_OF_BEHAVIOR = {
    "situ": (("D00", "D09"),),
    "metastasis": (("C77", "C79"), ("C7B", "C7B"), ("C80", "C80")),
    "benign": (("D10", "D36"), ("D3A", "D3A")),
    "uncertain": (("D37", "D48"),),
}
_PRIMARY_CODES = (("C00", "C76"), ("C7A", "C7A"), ("C80", "C96"))
_UNSPECIFIED_CODES = (("D49", "D49"),)
Ranges = tuple[tuple[str, str], ...]


def meant_ranges(words: Collection[str]) -> Ranges:
    """The categories in which a neoplasm of the behavior that a phrase names stands; none where it names no neoplasm.

    Malignant is primary unless it says otherwise; a tumor of which no more is said is of unspecified behavior.
    """
    malignant = any(word in _MALIGNANT for word in words)
    ranges = tuple(each for word, stand in _OF_BEHAVIOR.items() if word in words for each in stand)
    if not malignant and "neoplasm" not in words and "metastasis" not in words:
        return ()
    if "situ" in words:
        return _OF_BEHAVIOR["situ"]
    if malignant:
        return (*ranges, *_PRIMARY_CODES)
    return ranges or _UNSPECIFIED_CODES


def is_neoplasm(code: str) -> bool:
    """Whether a code stands in the second chapter."""
    return "C" <= code < "D50"
