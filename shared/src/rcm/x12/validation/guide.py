"""A guide's table as values: loops in loops, segments in loops, elements in segments; and the reading of a table's text.

A line of a table is a loop ("2010AA R1") or a segment with its elements ("REF S1 | G1 | R"). R is required, S situational,
and the number how often at most ("*": no limit). An element is R, S, "-" (not used), codes ("EI SY": required, one of them),
"?" and codes (situational), or "each" and codes (a segment of its own for each); "=" stands before a single code that is R or
S. A composite holds its components in brackets, "11x" repeats what follows, "[99]" lets the element itself repeat. "+ name"
puts a part of another table in, " # " begins a remark.
"""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from rcm.x12.validation.dictionary import Condition, Element, segments

NO_LIMIT = 1 << 30
_ELEMENT = re.compile(r"(?:(\d+)x )?(.*?)(?:\[(\d+)\])?").fullmatch


class ElementUse(Struct, frozen=True):
    """An element, or a component, as one segment of a guide uses it."""

    element: Element
    usage: str
    """R required, S situational, - not used."""
    codes: frozenset[str] = frozenset()
    """Empty where any value goes."""
    repeat: int = 1
    components: tuple["ElementUse", ...] = ()


class SegmentUse(Struct, eq=False):
    """A segment at its place in a guide."""

    name: str
    usage: str
    repeat: int
    elements: tuple[ElementUse, ...]
    """As many as the dictionary has: what the table leaves out at the end is not used."""
    conditions: tuple[Condition, ...]
    loop: "LoopUse"
    group: int = 0
    """Which place in the loop; segments of one id that follow each other share theirs, for their order is free."""
    bit: int = 0
    """The segment in a number that tells which of a loop's children were seen."""
    index: int = 0
    """Among all segments of the guide."""

    @property
    def first(self) -> bool:
        """It begins its loop."""
        return self.loop.parent is not None and self.loop.children[0] is self


class LoopUse(Struct, eq=False):
    """A loop at its place in a guide; the transaction set itself is one without parent."""

    name: str
    usage: str
    repeat: int
    parent: "LoopUse | None" = None
    children: list["SegmentUse | LoopUse"] = []
    groups: list[list["SegmentUse | LoopUse"]] = []
    group: int = 0
    bit: int = 0

    @property
    def opening(self) -> SegmentUse:
        """The segment that begins it."""
        first = self.children[0]
        assert isinstance(first, SegmentUse)
        return first

    def segments(self) -> Iterator[SegmentUse]:
        """All segments in it and below."""
        for child in self.children:
            if isinstance(child, SegmentUse):
                yield child
            else:
                yield from child.segments()


class Guide(Struct, eq=False):
    """One implementation guide."""

    title: str
    """In few words: "837 professional"."""
    identifier: str
    """ST01."""
    functional_id: str
    """GS01."""
    versions: tuple[str, ...]
    """GS08, and ST03 where the guide uses it; the newest addendum first."""
    root: LoopUse
    places: dict[str, int]
    """By which element segments of one id are told apart: 1, 3 for HL, -1 the first component of the first element."""
    segments: tuple[SegmentUse, ...]


def read_table(
    title: str,
    identifier: str,
    functional_id: str,
    versions: tuple[str, ...],
    table: str,
    parts: Mapping[str, str] | None = None,
) -> Guide:
    """A guide of its table. Raises ValueError where a line of it can't be read."""
    root = LoopUse("", "R", 1, None, [], [])
    open_loops = [root]
    for depth, text in _lines(table, parts or {}, 0):
        del open_loops[depth + 1 :]
        if text[0].isdigit():
            name, use = text.split()
            begun = LoopUse(name, use[0], _limit(use[1:]), open_loops[-1], [], [])
            _add(open_loops[-1], begun)
            open_loops.append(begun)
        else:
            _add(open_loops[-1], _segment(text, open_loops[-1]))
    all_segments = tuple(root.segments())
    for index, segment in enumerate(all_segments):
        segment.index = index
    return Guide(title, identifier, functional_id, versions, root, _places(all_segments), all_segments)


def _lines(table: str, parts: Mapping[str, str], depth: int) -> Iterator[tuple[int, str]]:
    """Each line with its depth, those of the parts that it names in their place."""
    for line in table.splitlines():
        text = line.partition(" # ")[0].strip()
        if not text:
            continue
        own = depth + (len(line) - len(line.lstrip())) // 2
        head, each, rest = text.partition(" | each ")
        if each:
            codes, _, others = rest.partition(" | ")
            yield from ((own, f"{head} | {code} | {others}") for code in codes.split())
            continue
        if text.startswith("+ "):
            yield from _lines(parts[text[2:]], parts, own)
        else:
            yield own, text


def _limit(text: str) -> int:
    return NO_LIMIT if text == "*" else int(text)


def _segment(text: str, loop: LoopUse) -> SegmentUse:
    head, _, rest = text.partition(" | ")
    name, use = head.split()
    entry = segments()[name]
    texts = rest.split(" | ") if rest else []
    uses = list(_uses(texts, entry.elements))
    uses += [ElementUse(element, "-", components=_unused(element)) for element in entry.elements[len(uses) :]]
    return SegmentUse(name, use[0], _limit(use[1:]), tuple(uses), entry.conditions, loop)


def _uses(texts: list[str], elements: tuple[Element, ...]) -> Iterator[ElementUse]:
    place = 0
    for text in texts:
        found = _ELEMENT(text.strip())
        assert found is not None
        for _ in range(int(found[1] or 1)):
            if place == len(elements):
                raise ValueError(f"more elements than the segment has: {' | '.join(texts)}")
            yield _use(found[2], elements[place], int(found[3] or 1))
            place += 1


def _use(text: str, element: Element, repeat: int) -> ElementUse:
    if element.components:
        if text == "-":
            return ElementUse(element, "-", components=_unused(element))
        inner = [_use(part.strip(), one, 1) for part, one in zip(text[2:-1].split(","), element.components, strict=False)]
        inner += [ElementUse(one, "-") for one in element.components[len(inner) :]]
        return ElementUse(element, text[0], repeat=repeat, components=tuple(inner))
    if text in {"R", "S", "-"}:
        return ElementUse(element, text, repeat=repeat)
    usage = "S" if text[0] == "?" else "R"
    return ElementUse(element, usage, frozenset(text.lstrip("?=").split()), repeat)


def _unused(element: Element) -> tuple[ElementUse, ...]:
    return tuple(ElementUse(one, "-") for one in element.components)


def _add(loop: LoopUse, child: SegmentUse | LoopUse) -> None:
    """Puts a child behind the others: into their place where it begins as they do, else into one of its own."""
    child.bit = 1 << len(loop.children)
    loop.children.append(child)
    last = loop.groups[-1] if loop.groups else []
    alike = bool(last) and isinstance(child, SegmentUse) and isinstance(last[0], SegmentUse) and last[0].name == child.name
    if isinstance(child, LoopUse) and last and isinstance(last[0], LoopUse):
        # A loop's own segments are not read yet: loops of one number (2310A to 2310F) begin alike.
        alike = child.name[:4] == last[0].name[:4]
    if alike:
        last.append(child)
    else:
        loop.groups.append([child])
    child.group = len(loop.groups) - 1


def _places(all_segments: tuple[SegmentUse, ...]) -> dict[str, int]:
    """Which ids stand at one place with different codes, so that an element must tell them apart."""
    found: dict[str, int] = {}
    for loop in {id(one.loop): one.loop for one in all_segments}.values():
        for group in loop.groups:
            rivals = [one.opening if isinstance(one, LoopUse) else one for one in group]
            if len(rivals) > 1 or rivals[0].name == "HL":
                first = rivals[0]
                found[first.name] = 3 if first.name == "HL" else -1 if first.elements[0].components else 1
    return found
