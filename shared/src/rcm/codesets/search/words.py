"""From a text to the words that an index keeps: American spelling, singular, synonyms brought to one form.

The same steps run over the code set's text and over what a coder types, so a rule that is a little wrong is wrong on both sides
alike and costs nothing. The synonyms and abbreviations are data beside this module (`data/synonyms.txt`, `abbreviations.txt`).
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from rcm.codesets.search.data_files import pairs

_TOKEN = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?")
_POSSESSIVE = re.compile(r"['’`]s\b|s['’](?=\s|$)")

_STOP = """
    a an and are as at be by caused due during elsewhere for from if in into is it its of on or otherwise per than that
    the their them this to type types use used using via was when where which while who whose within site part parts any all one
    such associated resulting following involving specified classified classifiable so called has have had
"""
STOP_WORDS = frozenset(_STOP.split())
"""Words that tell no code from another. "With" and "without" are not here: `split_absent` reads them."""

ABSENT = frozenset(("without", "no", "not", "absence"))
_ABSENCE_ENDS = frozenset(("with", "but", "initial", "subsequent", "sequela", "in"))
_WITH_OF_TEXT = "loss mention evidence history sign symptom presence use extension lack risk"
_WITH_OF = frozenset(_WITH_OF_TEXT.split())
"""Words whose "of" still belongs to what is absent: "without loss of consciousness", but "without foreign body of scalp"."""
_KEEP_S = ("ss", "us", "is", "ias")
_GREEK = ("oses", "ases", "eses", "yses", "ises")
_NOT_GREEK = ("diseases", "gases", "cases", "bases", "noses", "doses", "increases", "bruises", "exercises")
_LONG_PLURAL = ("ches", "shes", "sses", "xes", "zes")


Placed = tuple[str, int, int]
"""A word, where it begins and where it ends."""
_ANY_WORD = re.compile(r"[^\W_]+(?:['’]s\b)?")


class Words(NamedTuple):
    """A text's words, each once, in their order."""

    present: tuple[str, ...]
    absent: tuple[str, ...]
    """What the text says is not there: in "hernia without gangrene", gangrene."""


def fold(text: str) -> str:
    """Lower case, no accents, American spelling, no possessive."""
    plain = text.lower()
    if not plain.isascii():
        plain = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))
    pattern, american = _british()
    return pattern.sub(lambda found: american[found[0]], _POSSESSIVE.sub("", plain))


def raw_tokens(text: str) -> list[str]:
    """Words and numbers of a text as they stand, folded; a hyphen parts."""
    return _TOKEN.findall(fold(text))


@lru_cache(maxsize=16_384)
def singular(word: str) -> str:
    """A word's singular, by English rules and the Latin and Greek plurals of medicine."""
    known = _plurals().get(word)
    if known or len(word) < 4 or not word.endswith("s") or word.endswith(_KEEP_S):
        return known or word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(_GREEK) and not word.endswith(_NOT_GREEK):
        return word[:-2] + "is"
    return word[:-2] if word.endswith(_LONG_PLURAL) else word[:-1]


@cache
def _plurals() -> dict[str, str]:
    return dict(pairs("plurals.txt"))


@cache
def _british() -> tuple[re.Pattern[str], dict[str, str]]:
    """The British spellings as one pattern, and the American ones."""
    american = dict(pairs("british.txt"))
    return re.compile("|".join(american)), american


def _singulars(text: str) -> tuple[str, ...]:
    return tuple(singular(token) for token in raw_tokens(text))


_TURNED = 2
"""Phrases of so many words are known the other way round too: "limb, lower"."""


@cache
def synonyms() -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """By a phrase's first word: its words and what they are turned into, the longest phrase first."""
    table: dict[tuple[str, ...], tuple[str, ...]] = {}
    for preferred, others in pairs("synonyms.txt"):
        target = _singulars(preferred)
        for other in (*others.split(";"), preferred):
            table.setdefault(_singulars(other), target)
    for phrase in [phrase for phrase in table if len(phrase) == _TURNED]:
        table.setdefault(phrase[::-1], table[phrase])
    by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for phrase, target in table.items():
        if phrase and (phrase != target or len(phrase) > 1):
            by_first.setdefault(phrase[0], []).append((phrase, target))
    for phrases in by_first.values():
        phrases.sort(key=lambda entry: -len(entry[0]))
    return by_first


def bring_together(words: Sequence[str]) -> list[str]:
    """The words with every synonym in its one form; the longest phrase wins."""
    return [word for word, _, _ in bring_together_where([(word, 0, 0) for word in words])]


def bring_together_where(words: Sequence[Placed]) -> list[Placed]:
    """The same for words that know their places: those of a phrase's one form take the whole phrase's."""
    table = synonyms()
    out: list[Placed] = []
    at = 0
    while at < len(words):
        for phrase, target in table.get(words[at][0], ()):
            if len(phrase) == 1 or tuple(word for word, _, _ in words[at : at + len(phrase)]) == phrase:
                start, end = words[at][1], words[at + len(phrase) - 1][2]
                out.extend((word, start, end) for word in target)
                at += len(phrase)
                break
        else:
            out.append(words[at])
            at += 1
    return out


def placed_words(text: str) -> list[Placed]:
    """A text's words in their one form, each with where it stands; abbreviations in capitals spelled out."""
    table = abbreviations()
    words: list[Placed] = []
    for match in _ANY_WORD.finditer(text):
        found = raw_tokens(match[0])
        short = tuple(found)
        if short in table and 1 < len(match[0]) <= _SHORT and (match[0].isupper() or not match[0].isalpha()):
            found = list(table[short][-1][1] if len(table[short]) > 1 else table[short][0][1])
        words.extend((singular(token), match.start(), match.end()) for token in found)
    return bring_together_where(bring_together_where(words))


@cache
def abbreviations() -> dict[tuple[str, ...], list[tuple[frozenset[str], tuple[str, ...]]]]:
    """By the abbreviation's words: its meanings, each with the words beside which it is meant (none: at any time)."""
    table: dict[tuple[str, ...], list[tuple[frozenset[str], tuple[str, ...]]]] = {}
    for short, meanings in pairs("abbreviations.txt"):
        for meaning in meanings.split("|"):
            beside, _, long = meaning.strip().rpartition("]")
            near = frozenset(singular(word) for word in beside.lstrip("[").split())
            table.setdefault(tuple(raw_tokens(short)), []).append((near, _singulars(long)))
    return table


def _split_absent(words: Sequence[str]) -> Words:
    """Parts what is there from what is said not to be; stop words go."""
    present: dict[str, None] = {}
    absent: dict[str, None] = {}
    denied = False
    for before, word in zip(("", *words), words, strict=False):
        if word in ABSENT:
            denied = word != "absence"
            if word != "absence":
                continue
        if word in _ABSENCE_ENDS or word == "," or (word == "of" and before not in _WITH_OF):
            denied = False
        if word in STOP_WORDS or word in ("with", ","):
            continue
        (absent if denied else present)[word] = None
    return Words(tuple(present), tuple(word for word in absent if word not in present))


_NOT_SPECIFIED = re.compile(r"\bnot specified as\b|\bnot stated as\b|\bunspecified as to\b")
_CLAUSE = re.compile(r"[,;:/()\[\]]")


@lru_cache(maxsize=4_096)
def words_of(text: str) -> Words:
    """A text's words, brought to one form, the absent ones apart. Abbreviations stay as they are."""
    return canonical(_NOT_SPECIFIED.sub("without", text.lower()))


def canonical(text: str) -> Words:
    """See `words_of`; clause by clause, so that a denial ends at a comma."""
    words: list[str] = []
    for clause in _CLAUSE.split(text):
        words.extend(bring_together(bring_together(_singulars(clause))))
        words.append(",")
    return _split_absent(words)


_SHORT = 6
_ALSO = "as all add ad cold sad ha ed le pt ms mm w wo sp ac cap nec om ie tx rad ic loc"
_ALSO_WORDS = frozenset(_ALSO.split())
"""Abbreviations that are words too, or codes' own: read so in capitals or beside what they belong to."""


_LONGEST_SAYING = 5
_SIDES = (
    (re.compile(r"(?<![\w-])(?:[Bb]/[Ll]|BL)(?![\w-])"), " bilateral "),
    (re.compile(r"(?<![\w-])(?:R|RT|[Rr]t)(?![\w-])\.?"), " right "),
    (re.compile(r"(?<![\w-])(?:L|LT|[Ll]t)(?![\w-])\.?"), " left "),
)


@cache
def sayings() -> dict[tuple[str, ...], list[tuple[frozenset[str], tuple[str, ...]]]]:
    """What people say, and what the classification says, in the form of `abbreviations`; these are in it too."""
    return {**abbreviations(), **_read_sayings("sayings.txt")}


@cache
def sayings_alone() -> dict[tuple[str, ...], list[tuple[frozenset[str], tuple[str, ...]]]]:
    """What means more where it is all that is said: "fever" alone, but not in "dengue fever"."""
    return _read_sayings("sayings_alone.txt")


def _read_sayings(name: str) -> dict[tuple[str, ...], list[tuple[frozenset[str], tuple[str, ...]]]]:
    return {
        _singulars(each): [(frozenset[str](), _singulars(long)) for long in meant.split("|")]
        for said, meant in pairs(name)
        for each in said.split(";")
    }


class _Choice(NamedTuple):
    """A saying in a phrase: its first word, how many it has, what it may mean."""

    at: int
    length: int
    meanings: list[tuple[str, ...]]


def _choices(words: Sequence[str], capitals: set[str]) -> list[_Choice]:
    """The sayings in a phrase, the longest first at each place."""
    if tuple(words) in sayings_alone():
        return [_Choice(0, len(words), [long for _, long in sayings_alone()[tuple(words)]])]
    table, beside = sayings(), set(words)
    found: list[_Choice] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST_SAYING, len(words) - at), 0, -1):
            meanings = table.get(tuple(words[at : at + length]))
            plain = length == 1 and words[at] in _ALSO_WORDS and words[at] not in capitals
            if meanings and (not plain or any(near & beside for near, _ in meanings)):
                ranked = sorted(meanings, key=lambda meaning: (not (meaning[0] & beside), bool(meaning[0])))
                found.append(_Choice(at, length, [long for _, long in ranked]))
                at += length - 1
                break
        at += 1
    return found


_HISTORY = re.compile(r"\b(?:h/o|hx(?: of)?)(?=[\s:])", re.IGNORECASE)
_SPACED = re.compile(r"(?<![\w/])(?:[A-Za-z][. ]{1,2}){1,5}[A-Za-z]\b\.?")


def _whose_history(found: re.Match[str]) -> str:
    """ "Hx" said in full; "family hx" stays as it is, and is a saying."""
    before = found.string[: found.start()].rstrip().lower()
    return found[0] if before.endswith(("family", "fam")) else "history of"


def _joined(found: re.Match[str]) -> str:
    """Letters that stand apart, together where they are an abbreviation: C O P D, U.T.I."""
    letters = "".join(raw_tokens(found[0]))
    return letters.upper() if (letters,) in sayings() or (letters,) in sayings_alone() else found[0]


def readings(text: str) -> list[str]:
    """What a phrase with abbreviations and sayings may mean, the likeliest first; itself alone where it holds none."""
    text = _SPACED.sub(_joined, _HISTORY.sub(_whose_history, text))
    if " " in text.strip():
        for pattern, side in _SIDES:
            text = pattern.sub(side, text)
    words = [word for clause in _CLAUSE.split(text) for word in (*_singulars(clause), ",")][:-1]
    shouted = text == text.upper() and " " in text.strip()
    capitals = set() if shouted else {token.lower() for token in re.findall(r"\b[A-Z][A-Z0-9]+\b", text)}
    choices = _choices(words, capitals)
    if not choices:
        return [text]
    out = []
    for pick in range(min(2, max(len(choice.meanings) for choice in choices))):
        spelled = list[str](words)
        for start, length, longs in reversed(choices):
            long = longs[min(pick, len(longs) - 1)]
            spelled[start : start + length] = [*long, ","] if ABSENT & set(long) else long
        out.append(" ".join(spelled))
    return [*out, text]
