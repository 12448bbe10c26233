"""A Composition's sections as one text: each title a heading, the narrative's XHTML as words with its line breaks."""

from collections.abc import Iterator
from html.parser import HTMLParser

from coding_svc.edi.fhir.resources import Resource, each, part, text, words_of

_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"style", "script"})
_DEEPEST = 20
"""Sections within sections are followed so far."""


class _Words(HTMLParser):
    """What a narrative says, without its marks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's own form
        self._silent += tag in _SILENT
        if tag in _BLOCKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT
        if tag in _BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


def narrative(composition: Resource) -> str:
    """All sections that have a narrative, in order; "" where none has."""
    return "\n\n".join(_sections(composition, 0)).replace("\x00", "")


def _sections(resource: Resource, depth: int) -> Iterator[str]:
    for section in each(resource.get("section")):
        told = _words(text(part(section, "text", "div")))
        title = text(section.get("title")) or words_of(section.get("code"))
        if told:
            yield f"{title}:\n{told}" if title else told
        if depth < _DEEPEST:
            yield from _sections(section, depth + 1)


def _words(xhtml: str) -> str:
    parser = _Words()
    parser.feed(xhtml)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.said).split("\n"))
    return "\n".join(line for line in lines if line)
