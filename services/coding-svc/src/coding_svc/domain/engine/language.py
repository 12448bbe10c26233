"""Whether a text is English: by its commonest small words against those of other languages, and by its letters."""

import re

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH_WORDS = """
    the of and to in a is was with for on at by no he she his her patient from that this has had are were or not it as
"""
_OTHER_WORDS = """
    el la los las del una con por para que se su paciente años der die das und mit ist ein eine des dem nicht von zu le les une
    dans est pour avec sur il elle et au aux di che per non della lo gli o os uma com não em de den het een van met på
    och som att
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_OTHERS = frozenset(_OTHER_WORDS.split()) - _ENGLISH
_ENOUGH_WORDS = 30


def is_english(text: str) -> bool:
    """A short text, or one without sentences (a list of diagnoses), is taken for English as long as its letters are Latin."""
    words = [word.lower() for word in _WORD.findall(text[:20_000])]
    letters = "".join(words)
    if letters and sum(letter < "ɐ" for letter in letters) < 0.7 * len(letters):
        return False
    if len(words) < _ENOUGH_WORDS:
        return True
    ours = sum(word in _ENGLISH for word in words)
    theirs = sum(word in _OTHERS for word in words)
    return ours >= theirs
