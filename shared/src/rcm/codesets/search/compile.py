"""Writes the search index at set-up: one file of flat arrays, mapped into memory when it is opened (`index.SearchIndex`).

An entry is one text that names a code: its title, an inclusion term, an includes note, or the words with which another code's
Excludes note points here ("gestational diabetes (O24.4-)"). A term of a category is an entry of every code beneath it, with the
words added in which that code differs from the category: so "inguinal hernia" finds the code of which nothing more is said,
as a coder goes from the category's term to its unspecified code. Codes that only a 7th character parts share their entries.
"""

import math
import re
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rcm.codesets.search.exact import Keyed, keyed
from rcm.codesets.search.file_format import write_sections
from rcm.codesets.search.histories import history_terms
from rcm.codesets.search.neoplasms import neoplasm_terms
from rcm.codesets.search.related import related_words
from rcm.codesets.search.source import PALE, SourceCode, pointed_at, split_brackets
from rcm.codesets.search.wordforms import trigrams
from rcm.codesets.search.words import Words, raw_tokens, sayings, sayings_alone, singular, synonyms, words_of

FILE_NAME = "search.index"

OWN_TITLE, OWN_TERM, INHERITED_TERM, POINTED_AT, OWN_DEFAULT, INHERITED_DEFAULT = range(6)
"""Where an entry's text stands; a default says NOS: it is the code where nothing more is said."""

UNSPECIFIED, OTHER_SPECIFIED, ELSEWHERE, RESIDUAL, PARTLY = 1, 2, 4, 8, 16
"""What a title leaves unsaid; that another disease is coded, or came, before it; that it is a category's residual code; that
what it leaves unsaid is the cause or the companion alone ("with neuropathy, unspecified")."""

_LEAST_RARITY = 2.0
"""The commonest words (left, right) still tell one code from another."""
_FULL_LENGTH = len("S52.501A")


class Entry(NamedTuple):
    """One text that names a target: the words that count, those that may be there or not, those that it says are not there."""

    target: int
    kind: int
    words: tuple[str, ...]
    optional: tuple[str, ...]
    absent: tuple[str, ...]


class Target(NamedTuple):
    """What an entry leads to: one code, or the codes that differ in their 7th character alone."""

    key: str
    codes: tuple[str, ...]


def find_targets(codes: Mapping[str, SourceCode]) -> list[Target]:
    """Billable codes, those of one parent that only a 7th character parts taken together."""
    groups: dict[str, list[str]] = {}
    for code in sorted(codes):
        entry = codes[code]
        if entry.billable:
            parent = codes.get(entry.parent)
            only_seventh = parent is not None and len(code) == _FULL_LENGTH and entry.title.startswith(parent.title)
            groups.setdefault(entry.parent if only_seventh else code, []).append(code)
    return [Target(key, tuple(members)) for key, members in groups.items()]


class _Entries:
    """Collects a code set's entries, each once."""

    def __init__(self, codes: Mapping[str, SourceCode]) -> None:
        self.codes = codes
        self.pointed = pointed_at(codes)
        for derived in (neoplasm_terms(codes), history_terms(codes)):
            for code, texts in derived.items():
                self.pointed.setdefault(code, []).extend(texts)
        self.found: list[Entry] = []
        self._seen: set[tuple[int, frozenset[str]]] = set()

    def add(self, target: int, kind: int, text: str, own: Words | None = None) -> None:
        """`own`: the words of the target's title that its ancestor's title lacks."""
        said, bracketed = split_brackets(text)
        main, maybe = words_of(said), words_of(bracketed)
        own = own or Words((), ())
        words = dict.fromkeys(word for word in (*main.present, *own.present) if word not in PALE)
        if not words or not any(word not in PALE for word in main.present):
            return
        key = (target, frozenset(words))
        if key in self._seen:
            return
        self._seen.add(key)
        pale = [word for word in (*main.present, *own.present) if word in PALE]
        absent = dict.fromkeys(word for word in (*main.absent, *own.absent) if word not in words)
        maybe_said = (word for word in (*maybe.present, *maybe.absent, *pale) if word not in absent)
        optional = dict.fromkeys(word for word in maybe_said if word not in words)
        if "NOS" in text:
            kind = {OWN_TERM: OWN_DEFAULT, INHERITED_TERM: INHERITED_DEFAULT}.get(kind, kind)
        self.found.append(Entry(target, kind, tuple(words), tuple(optional), tuple(absent)))

    def add_target(self, number: int, target: Target) -> None:
        """A target's own texts, then its ancestors' terms with what sets it apart from them."""
        source = self.codes[target.key]
        self.add(number, OWN_TITLE, source.title)
        for term in source.terms:
            self.add(number, OWN_TERM, term)
        for text in self.pointed.get(source.code, ()):
            self.add(number, POINTED_AT, text)
        title = words_of(split_brackets(source.title)[0])
        for ancestor in self.ancestors(source):
            theirs = set(words_of(split_brackets(ancestor.title)[0]).present)
            own = Words(tuple(word for word in title.present if word not in theirs), title.absent)
            for term in (*ancestor.terms, *self.pointed.get(ancestor.code, ())):
                self.add(number, INHERITED_TERM, term, own)

    def ancestors(self, source: SourceCode) -> Iterator[SourceCode]:
        """Up to the category: blocks and chapters have terms too wide to name a code."""
        seen = {source.code}
        while source.parent and source.parent in self.codes and source.parent not in seen:
            source = self.codes[source.parent]
            seen.add(source.code)
            yield source


_AFTER_ANOTHER = re.compile(r"(?<!not )classified elsewhere")
_CONDITION = re.compile(r" with | due to ")


def target_flags(code: str, title: str) -> int:
    """What a code and its title say of how much was said, as a sum of flags."""
    low = title.lower()
    main = "unspecified" in _CONDITION.split(low)[0]
    return (
        (UNSPECIFIED if main else PARTLY if "unspecified" in low else 0)
        | (RESIDUAL if code[3:5] == ".9" else 0)
        | (OTHER_SPECIFIED if low.startswith("other ") or "other specified" in low else 0)
        | (ELSEWHERE if low.startswith("subsequent ") or _AFTER_ANOTHER.search(low) else 0)
    )


def seventh_words(codes: Mapping[str, SourceCode], targets: Iterable[Target]) -> tuple[list[int], list[str]]:
    """By target the number of its set of 7th characters' words; and the sets, such as "indeterminate mild severe stage"."""
    sets: dict[str, int] = {"": 0}
    numbers: list[int] = []
    for target in targets:
        said: dict[str, None] = {}
        if len(target.codes) > 1:
            for code in target.codes:
                said.update(dict.fromkeys(words_of(codes[code].title.removeprefix(codes[target.key].title)).present))
        numbers.append(sets.setdefault(" ".join(sorted(said)), len(sets)))
    return numbers, list(sets)


def known_spellings(codes: Iterable[SourceCode]) -> tuple[list[str], dict[str, list[int]]]:
    """The words that are spelled rightly, those that occur most first; and by a word's three letters the numbers of words."""
    often: Counter[str] = Counter()
    for code in codes:
        for text in (code.title, *code.terms):
            often.update(map(singular, raw_tokens(text)))
    often.update(word for phrases in synonyms().values() for phrase, target in phrases for word in (*phrase, *target))
    for table in (sayings(), sayings_alone()):
        often.update(word for saying in table for word in saying)
        often.update(word for meanings in table.values() for _, target in meanings for word in target)
    spellings = [word for word, _ in sorted(often.items(), key=lambda item: (-item[1], item[0]))]
    pieces: dict[str, list[int]] = defaultdict(list)
    for number, word in enumerate(spellings):
        for piece in sorted(trigrams(word)):
            pieces[piece].append(number)
    return spellings, pieces


def exact_texts(codes: Mapping[str, SourceCode], targets: Sequence[Target]) -> list[Keyed]:
    """The keys of all titles and inclusion terms; a category's names all targets beneath it."""
    place = {code: number for number, target in enumerate(targets) for code in target.codes}
    keys = [target.key for target in targets]
    texts: list[tuple[str, int, int]] = []
    for code, source in codes.items():
        first, last = bisect_left(keys, code), bisect_left(keys, code + "~")
        if first == last and code in place:
            first, last = place[code], place[code] + 1
        texts.extend((text, first, last) for text in (source.title, *source.terms) if first < last)
    return keyed(texts)


def _flat(rows: Iterable[Iterable[int]], typecode: str) -> "tuple[array[int], array[int]]":
    """Rows of numbers as one array, and where each row begins."""
    starts, values = array("I", [0]), array(typecode)
    for row in rows:
        values.extend(row)
        starts.append(len(values))
    return starts, values


def write_search_index(folder: Path, codes: Iterable[SourceCode]) -> None:
    """Writes `search.index` into the folder, in one move: a reader sees the old file or the new one."""
    by_code = {code.code: code for code in codes}
    targets = find_targets(by_code)
    entries = _Entries(by_code)
    for number, target in enumerate(targets):
        entries.add_target(number, target)
    rows = entries.found
    vocabulary = sorted({word for entry in rows for word in (*entry.words, *entry.optional, *entry.absent)})
    number_of = {word: number for number, word in enumerate(vocabulary)}
    postings: list[list[int]] = [[] for _ in vocabulary]
    for row, entry in enumerate(rows):
        for word in (*entry.words, *entry.optional, *entry.absent):
            postings[number_of[word]].append(row)
    rarity = [max(_LEAST_RARITY, math.log(1 + len(rows) / (len(posting) + 0.5))) for posting in postings]
    anchored: list[list[int]] = [[] for _ in vocabulary]
    for row, entry in enumerate(rows):
        anchored[max((number_of[word] for word in entry.words), key=rarity.__getitem__)].append(row)
    spellings, pieces = known_spellings(by_code.values())
    exact = exact_texts(by_code, targets)
    of_target, seventh = seventh_words(by_code, targets)
    related = related_words(by_code.values(), vocabulary)
    sections: dict[str, str | array[int] | array[float]] = {
        "vocabulary": "\n".join(vocabulary),
        "rarity": array("f", rarity),
        "targets": "\n".join(f"{target.key} {' '.join(target.codes)}" for target in targets),
        "target_flags": array("B", (target_flags(target.key, by_code[target.key].title) for target in targets)),
        "entry_target": array("I", (entry.target for entry in rows)),
        "entry_kind": array("B", (entry.kind for entry in rows)),
        "entry_weight": array("f", (sum(rarity[number_of[word]] for word in entry.words) for entry in rows)),
        "spellings": "\n".join(spellings),
        "trigrams": "\n".join(pieces),
        "target_seventh": array("H", of_target),
        "seventh_words": "\n".join(seventh),
        "exact_key": array("Q", (text.key for text in exact)),
        "exact_first": array("I", (text.first for text in exact)),
        "exact_last": array("I", (text.last for text in exact)),
    }
    for name, lists, typecode in (
        ("postings", postings, "I"),
        ("anchored", anchored, "I"),
        ("entry_words", [[number_of[word] for word in entry.words] for entry in rows], "H"),
        ("entry_optional", [[number_of[word] for word in entry.optional] for entry in rows], "H"),
        ("entry_absent", [[number_of[word] for word in entry.absent] for entry in rows], "H"),
        ("trigram_words", list(pieces.values()), "H"),
        ("related", [[number_of[other] for other, _ in related.get(word, ())] for word in vocabulary], "H"),
        ("related_likeness", [[round(255 * likely) for _, likely in related.get(word, ())] for word in vocabulary], "B"),
    ):
        sections[f"{name}_starts"], sections[name] = _flat(lists, typecode)
    write_sections(folder / FILE_NAME, sections)
