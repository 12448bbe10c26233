"""What the tabular list says of a diagnosis: its words, its place, its notices with all that it inherits."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_KNOWN = 16_384
_PREFIX_LENGTHS = (3, 5, 6, 7)


class NoticeKind(StrEnum):
    """What a notice of the tabular list says."""

    INCLUDES = "includes"
    INCLUSION_TERM = "inclusion term"
    EXCLUDES_1 = "excludes1"
    """Never together with it: the one means what the other is not."""
    EXCLUDES_2 = "excludes2"
    """Not part of it; both may be coded."""
    CODE_FIRST = "code first"
    USE_ADDITIONAL = "use additional code"
    CODE_ALSO = "code also"
    NOTE = "note"


class ConceptKind(StrEnum):
    """What a place of the tabular list is."""

    CHAPTER = "chapter"
    SECTION = "section"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Notice:
    """One note of the tabular list."""

    kind: NoticeKind
    text: str
    of: str
    """The place that bears it: the code itself, an ancestor, a section or a chapter."""
    references: tuple[str, ...] = ()
    """The codes and ranges that it names, as it writes them without dashes: "E08", "N18.1-N18.6"."""
    prefixes: tuple[str, ...] = ()
    """The same resolved: codes, each standing for all beneath it."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that lead to a code: its title, or an inclusion term."""

    code: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A place of the tabular list."""

    code: str
    kind: ConceptKind
    description: str
    """In full, with the seventh character's meaning; of a code whose release is not loaded its parent's."""
    own_words: bool
    """Whether the description is its own; else it is its nearest ancestor's."""
    parent: str | None
    ancestors: tuple[str, ...]
    """From the parent up to the chapter."""
    children: tuple[str, ...]
    notices: tuple[Notice, ...]
    """Its own, then those that it inherits, nearest first. Inclusion terms are its own alone."""
    seventh_characters: dict[str, str]
    """What its seventh character may be, with each one's meaning; empty where it has none. Inherited."""
    placeholder: bool


@lru_cache(maxsize=_KNOWN)
def lineage(code: str) -> frozenset[str]:
    """The code and all codes above it, by its text alone: E11.65 is E11, E11.6, E11.65."""
    return frozenset(code[:length] for length in _PREFIX_LENGTHS if length <= len(code)) | {code}


class TabularList:
    """One release of the list in a file of code sets. Look-ups are cached; it is read-only, and never stale."""

    def __init__(self, file: sqlite3.Connection, release: int) -> None:
        self._file = file
        self._release = release
        self._row = lru_cache(maxsize=_KNOWN)(self._find_row)
        self.notices = lru_cache(maxsize=_KNOWN)(self._notices)
        """A place's own notices, in the list's order. Kept, because a code inherits those of all that stands above it."""
        self.diagnosis = lru_cache(maxsize=2_048)(self._diagnosis)
        """A code, section or chapter, or None where the list has none and no ancestor of it either."""
        self.description = lru_cache(maxsize=_KNOWN)(self._description)
        """The words of a code; the nearest ancestor's where it has none; empty where nothing is known of it."""
        self.excluded = lru_cache(maxsize=_KNOWN)(self._excluded)
        """What may not stand beside a code: each excluded code with the note that says so, its own and inherited."""
        self._excluded_at = lru_cache(maxsize=_KNOWN)(self._find_excluded_at)
        self.seventh_characters = lru_cache(maxsize=_KNOWN)(self._seventh)
        """What the seventh character of a code, or of the codes beneath it, may be; empty where there is none."""

    def _find_row(self, code: str) -> tuple[str, str, str, int, int, str] | None:
        statement = "SELECT kind, parent, description, placeholder, leaf, seventh FROM concept WHERE code = ? AND release = ?"
        row: tuple[str, str, str, int, int, str] | None = self._file.execute(statement, (code, self._release)).fetchone()
        return row

    def _nearest(self, code: str) -> str | None:
        """The code, or the nearest place above it that the list has."""
        if self._row(code) is not None:
            return code
        above = sorted(lineage(code), key=len, reverse=True)
        return next((place for place in above if self._row(place) is not None), None) or self._around(code[:3])

    def _around(self, category: str) -> str | None:
        """The section or chapter into which a category falls that is billable and that the list lacks (a year's new one)."""
        dated = "SELECT 1 FROM validity WHERE system = 'icd-10-cm' AND code >= ? AND code < ? LIMIT 1"
        if not self._file.execute(dated, (category, category + "~")).fetchone():
            return None
        statement = (
            "SELECT max(code) FROM concept WHERE code >= ? AND code < ? AND length(code) = 3 AND kind = 'code' AND release = ?"
        )
        (before,) = self._file.execute(statement, (category[:1], category, self._release)).fetchone()
        if before is None:
            return None
        section, *_, chapter = self.ancestors(before)
        first, _, last = section.partition("-")
        return section if first <= category <= last else chapter

    def ancestors(self, code: str) -> tuple[str, ...]:
        """From the parent up to the chapter; of a code that the list lacks from its nearest ancestor up."""
        nearest = self._nearest(code)
        if nearest is None:
            return ()
        found = [] if nearest == code else [nearest]
        row = self._row(nearest)
        while row is not None and row[1]:
            found.append(row[1])
            row = self._row(row[1])
        return tuple(found)

    def _notices(self, code: str) -> tuple[Notice, ...]:
        statement = "SELECT kind, text, refers, prefixes FROM notice WHERE code = ? AND release = ? ORDER BY place"
        return tuple(
            Notice(NoticeKind(kind), text, code, tuple(refers.split()), tuple(prefixes.split()))
            for kind, text, refers, prefixes in self._file.execute(statement, (code, self._release))
        )

    def _diagnosis(self, code: str) -> Diagnosis | None:
        nearest = self._nearest(code)
        if nearest is None:
            return None
        row = self._row(nearest)
        if row is None:
            return None
        ancestors = self.ancestors(code)
        inherited = (
            notice for place in ancestors for notice in self.notices(place) if notice.kind is not NoticeKind.INCLUSION_TERM
        )
        statement = "SELECT code FROM concept WHERE parent = ? AND release = ? ORDER BY position"
        children = tuple(child for (child,) in self._file.execute(statement, (code, self._release)))
        return Diagnosis(
            code=code,
            kind=ConceptKind(row[0]) if nearest == code else ConceptKind.CODE,
            description=row[2],
            own_words=nearest == code,
            parent=ancestors[0] if ancestors else None,
            ancestors=ancestors,
            children=children,
            notices=(*self.notices(code), *inherited),
            seventh_characters=self.seventh_characters(code),
            placeholder=bool(row[3]) if nearest == code else "X" in code[5:7],
        )

    def _description(self, code: str) -> str:
        nearest = self._nearest(code)
        row = self._row(nearest) if nearest else None
        return row[2] if row else ""

    def _seventh(self, code: str) -> dict[str, str]:
        for place in (code, *self.ancestors(code)):
            row = self._row(place)
            if row is not None and row[5]:
                found: dict[str, str] = json.loads(row[5])
                return found
        return {}

    def _excluded(self, code: str) -> dict[str, Notice]:
        noted, own = self._excluded_at(code), lineage(code)
        return noted if noted.keys().isdisjoint(own) else {each: notice for each, notice in noted.items() if each not in own}

    def _find_excluded_at(self, place: str) -> dict[str, Notice]:
        """What the Excludes1 notes at a place and above name. A place without notes shares what stands above it."""
        above = self.ancestors(place)[:1]
        inherited = self._excluded_at(above[0]) if above else {}
        noted: dict[str, Notice] = {}
        for notice in self.notices(place):
            if notice.kind is NoticeKind.EXCLUDES_1:
                for prefix in notice.prefixes:
                    noted.setdefault(prefix, notice)
        return inherited if not noted else {**noted, **{each: of for each, of in inherited.items() if each not in noted}}

    def terms(self) -> Iterator[Term]:
        """Every title and inclusion term of a code, in the list's order."""
        statement = "SELECT code, description FROM concept WHERE release = ? AND kind = 'code' ORDER BY position"
        noted = (
            "SELECT code, kind, text FROM notice WHERE release = ? AND kind IN ('inclusion term', 'includes')"
            " ORDER BY code, place"
        )
        for code, description in self._file.execute(statement, (self._release,)):
            yield Term(code, "title", description)
        for code, kind, text in self._file.execute(noted, (self._release,)):
            yield Term(code, kind, text)
