"""Any X12 as text that people can read: a line for each segment, loops indented, codes and money in words."""

from collections.abc import Iterator

from rcm.x12.grammar import Source
from rcm.x12.show.lines import Line, lines_of

_NAME_WIDTH = 24


def as_text(source: Source) -> Iterator[str]:
    """The file's lines, each with its end. Raises NotX12."""
    for line in lines_of(source):
        if line.begins:
            yield f"{'':8}{'  ' * (line.depth - 1)}{line.loop}, {line.loop_name}\n"
        yield _line(line)


def _line(line: Line) -> str:
    """Number, id, name, and what it says; where we have no words its elements as they stand."""
    name = f"{line.id:<4}{line.name}" if line.name != line.id else line.id
    said = line.says or " ".join(filter(None, line.segment.elements[1:]))
    return f"{line.segment.number:>6}  {'  ' * line.depth}{name:<{_NAME_WIDTH}} {printable(said)}".rstrip() + "\n"


def printable(text: str) -> str:
    """Without characters that would move a terminal's cursor or hide text."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else "�" for character in text)
