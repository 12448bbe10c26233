"""A note's statements of diagnoses ("Low back pain with left-sided sciatica") as whole phrases, looked up as a coder would.

What was learnt from coded notes knows words, not the whole of a statement; a statement all of whose words a title says, and
against which it says nothing, is that code. A statement that no title says as a whole is looked up in its parts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from coding_svc.domain.engine.meanings import CodeMeanings
from coding_svc.domain.engine.sections import Section, Sections
from coding_svc.domain.engine.text import sentences
from coding_svc.domain.engine.wording import Said, contradiction, plain, said, title_words

_SHORT_NOTE = 800
"""In a note of so many characters any sentence may state a diagnosis, also of the present illness or beneath no heading."""
_MOST_SEARCHES = 28
"""A search takes 5 ms; the statements of a note of 5,000 characters stay under 200."""
_MOST_WORDS, _SHORT_TERM = 16, 3
"""A phrase of more words is cut before it is looked up; a term of so few needs no search."""
_HITS, _FITS_IN_PART, _CLOSE = 8, 0.7, 0.2
"""So many codes are compared, where the best has so much of the search's score, and the others so little less."""
_ALIKE, _UNSAID, _LITERAL = 0.4, 0.02, 0.12
"""What is added for words alike, taken for each word of the title that is not said, added for words that are the very same."""
_MOST = 0.8
"""Of a phrase in several parts the title says so many of the words."""
_LONG_WORD = 5
_NEED_NOT_BE_SAID = frozenset(("uncomplicated", "presence", "mellitus", "essential", "female", "nontraumatic", "primary"))
_OTHER = 0.1
"""An "other specified" code is for what has no code of its own, so it needs a word of it."""
_FITS = 1.1
"""A code is looked at from a score on; the score and how far its title is alike in words then decide."""
_NO_STATEMENTS = (Section.MEDICATION, Section.ALLERGY, Section.INSTRUCTIONS, Section.EXAM, Section.REVIEW)
_PARTS = (
    re.compile(
        r"\s+[-–—]+\s+|\s*:\s+|\s*[()]\s*"
        r"|(?<![\w-])(?:mother|father|sister|brother|man|woman|male|female|boy|girl|patient|child|infant|gentleman|lady|pt)\s+(?:\w+\s+){0,2}?"
        r"(?:with|for|has|had|of|reports|presents with)\s+"
        r"|(?<![\w-])(?:follow[- ]?up(?: visit)?(?: of| for)?|here for|seen for|presents? (?:with|for)|complains of|c/o|reports"
        r"|known|dx|mother|father|sister|brother)\s+",
        re.IGNORECASE,
    ),
    re.compile(r",\s+(?:and\s+)?"),
    re.compile(
        r"\s+(?:after|due to|secondary to|caused by|following|status post|s/p|since|from|while|when)\s+"
        r"|\s+(?:(?:\w+\s+)?(?:years?|months?|weeks?|days?)\s+ago|in\s+(?:19|20)\d\d)\b",
        re.IGNORECASE,
    ),
    re.compile(r"\s+(?:and|plus|with|on|for|in|today)\s+", re.IGNORECASE),
)
_OPENING = re.compile(r"[\s•*#\-–]*(?:\d{1,2}[.)]\s*)?(?:[A-Z][A-Za-z/& ]{1,30}:\s*)?")
_WORD = re.compile(r"[^\W_]+")


class Statement(NamedTuple):
    """Words of a note that a title says: where, the code, how well it fits (0 to 1)."""

    start: int
    end: int
    code: str
    fits: float


class StatementReader:
    """Looks up one note's statements; a phrase is looked up once."""

    def __init__(self, text: str, codes: CodeMeanings, on: date, terms: Mapping[tuple[int, int], str] | None = None) -> None:
        """`terms`: by place the codes of the code set's terms in the text; a short phrase that is one needs no search."""
        self._terms = terms or {}
        self._text = text
        self._codes = codes
        self._on = on
        self._sections = Sections(text)
        self._left = _MOST_SEARCHES

    def statements(self) -> Iterator[Statement]:
        """All that are found, in the note's order; the assessment's first where not all can be looked up."""
        spans = [(self._sections.at(start), start, end) for start, end in sentences(self._text)]
        wanted = [(section, start, end) for section, start, end in spans if self._may_state(section)]
        for _, start, end in sorted(wanted, key=lambda each: (each[0] is not Section.ASSESSMENT, each[1])):
            opening = _OPENING.match(self._text, start, end)
            yield from self._of(opening.end() if opening else start, end, 0)

    def _may_state(self, section: Section) -> bool:
        if section in (Section.ASSESSMENT, Section.PAST, Section.COMPLAINT, Section.FAMILY):
            return True
        return len(self._text) <= _SHORT_NOTE and section not in _NO_STATEMENTS

    def _of(self, start: int, end: int, level: int) -> Iterator[Statement]:
        """A phrase as a whole, else its parts: at a dash, a comma, "after" or "due to", "and" or "with"."""
        start, end = self._trimmed(start, end)
        count = len(_WORD.findall(self._text, start, end))
        if not count or self._left <= 0:
            return
        found = self._known(start, end) if count <= _SHORT_TERM else None
        if not found and count <= _MOST_WORDS:
            found = self._looked_up(start, end)
        if found:
            yield found
            return
        for at in range(level, len(_PARTS)):
            cuts = [match.span() for match in _PARTS[at].finditer(self._text, start, end)]
            if cuts:
                yield from self._in_parts([start, *(after for _, after in cuts)], [*(before for before, _ in cuts), end], at)
                return

    def _in_parts(self, firsts: Sequence[int], lasts: Sequence[int], level: int) -> Iterator[Statement]:
        """Of parts in a row the longest run that is a statement ("depression, recurrent, moderate"), then the rest."""
        at = 0
        while at < len(firsts):
            for last in range(min(len(firsts), at + 4) - 1, at, -1):
                whole = at == 0 and last == len(firsts) - 1
                found = None if whole else self._looked_up(*self._trimmed(firsts[at], lasts[last]), of_parts=True)
                if found:
                    yield found
                    at = last + 1
                    break
            else:
                yield from self._of(firsts[at], lasts[at], level + 1)
                at += 1

    def _known(self, start: int, end: int) -> Statement | None:
        """A term of the code set that is the whole phrase, and whose code's title has its very words."""
        code = self._terms.get((start, end))
        phrase = self._text[start:end]
        if code is None or _needs_words(code, phrase) or _share_of_words(phrase, self._codes.description(code)) < 1:
            return None
        return Statement(start, end, code, 1.0)

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        while start < end and not self._text[start].isalnum():
            start += 1
        while end > start and self._text[end - 1] in " .,;:!?\n\t-–":
            end -= 1
        return start, end

    def _looked_up(self, start: int, end: int, *, of_parts: bool = False) -> Statement | None:
        """The code whose title says all of the phrase and nothing against it; of several parts it says most words."""
        if self._left <= 0 or end - start < 3:
            return None
        self._left -= 1
        phrase = plain(self._text[start:end])
        hits = self._codes.search(phrase, self._on, _HITS)
        if not hits or hits[0][1] < _FITS_IN_PART:
            return None
        note = said(self._codes.words(phrase))
        if note.present <= _body():
            return None
        ranked = [
            (self._rank(code, score, phrase, note, several=of_parts or _joins(phrase)), code)
            for code, score in hits
            if score >= hits[0][1] - _CLOSE and not _needs_words(code, phrase)
        ]
        best, code = max(ranked, key=lambda each: each[0], default=(0.0, ""))
        return Statement(start, end, code, min(1.0, best / (1 + _ALIKE))) if best >= _FITS else None

    def _rank(self, code: str, score: float, phrase: str, note: Said, *, several: bool) -> float:
        """How well a code's title fits the phrase; 0 where it says the contrary or leaves out what the phrase is about."""
        description = self._codes.description(code)
        title = said(self._codes.words(title_words(description)))
        same = len(title.present & note.present)
        literal = _share_of_words(phrase, description)
        unsaid = title.present - note.present - _NEED_NOT_BE_SAID
        if contradiction(title, note) or not (same or literal) or (several and same < _MOST * len(note.present)):
            return 0.0
        if unsaid and score < 1 and len(note.present) == 1:
            return 0.0
        if "other" in description.lower():
            score += _OTHER if "other" in phrase.lower() else -_OTHER
        return score + _ALIKE * _alike(title, note, len(unsaid)) - _UNSAID * len(unsaid) + _LITERAL * literal


def _joins(phrase: str) -> bool:
    """Whether a phrase may name two things ("hypertension with chronic kidney disease")."""
    return " and " in phrase or " with " in phrase


def _alike(title: Said, note: Said, unsaid: int) -> float:
    """0 to 1: how far the title says the note's words and no more; `unsaid`: how many of its words the note doesn't say.

    A denial that the title is silent about counts half: it is no part of what the patient has.
    """
    denied = len(title.absent & note.absent)
    both = len(title.present & note.present) + denied
    others = unsaid + len(note.present) + denied + 0.5 * len(note.absent - title.absent)
    return 2 * both / max(1.0, both + others)


def _share_of_words(phrase: str, title: str) -> float:
    """How many of the phrase's longer words stand in the title letter by letter, 0 to 1."""
    words = {word for word in _WORD.findall(phrase.lower()) if len(word) >= _LONG_WORD}
    return len(words & set(_WORD.findall(title.lower()))) / max(1, len(words))


@cache
def _body() -> frozenset[str]:
    text = (files("coding_svc.domain.engine") / "data" / "body.txt").read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def _own_words() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    text = (files("coding_svc.domain.engine") / "data" / "own_words.txt").read_text("utf-8")
    lines = (line.partition(" = ") for line in text.splitlines() if not line.startswith("#"))
    return tuple((re.compile(codes), re.compile(words, re.IGNORECASE)) for codes, _, words in lines)


def _needs_words(code: str, phrase: str) -> bool:
    """Whether a code is meant only where a phrase has a word of its own, and this one has none."""
    return any(codes.match(code) and not words.search(phrase) for codes, words in _own_words())
