"""How a fault is put into a good file: an element changed, a segment dropped, repeated, moved or put in."""

from collections.abc import Callable
from dataclasses import dataclass

Lines = list[str]
Line = tuple["Edit", str, str, int, int]
"""What is done, then what must be found: rule, segment, element, component."""


@dataclass(frozen=True)
class Edit:
    """A change of a good file's lines; tells the number of the segment where it must be noticed."""

    name: str
    change: Callable[[Lines], int]
    envelope: bool = False
    """SE, GE or IEA themselves are changed: nothing is recounted."""

    def apply(self, lines: Lines) -> tuple[Lines, int]:
        """The changed lines, and the segment's number from 1."""
        number = self.change(lines)
        return lines, number


def place_of(lines: Lines, target: str) -> int:
    """Where the first line that begins so stands; "CLM#2" the second."""
    start, _, count = target.partition("#")
    places = [place for place, line in enumerate(lines) if line == start or line.startswith((f"{start}*", f"{start}:"))]
    return places[int(count or 1) - 1]


def put(target: str, element: int, value: str, component: int = 0, *, envelope: bool = False) -> Edit:
    """Changes one element, or one component of it."""

    def change(lines: Lines) -> int:
        place = place_of(lines, target)
        elements = lines[place].split("*")
        elements += [""] * (element + 1 - len(elements))
        if component:
            components = elements[element].split(":")
            components += [""] * (component - len(components))
            components[component - 1] = value
            elements[element] = ":".join(components).rstrip(":")
        else:
            elements[element] = value
        lines[place] = "*".join(elements).rstrip("*")
        return place + 1

    where = f"{target}-{element:02d}" + (f"-{component}" if component else "")
    return Edit(f"{where}={value[:24] or 'nothing'}", change, envelope)


def drop(target: str, count: int = 1, later: int = 0, *, envelope: bool = False) -> Edit:
    """Takes segments out; what follows (or comes `later`) is where that is noticed."""

    def change(lines: Lines) -> int:
        place = place_of(lines, target)
        del lines[place : place + count]
        return place + 1 + later

    return Edit(f"without {target}" + (f" and {count - 1} more" if count > 1 else ""), change, envelope)


def insert(after: str, segment: str, *more: str, envelope: bool = False) -> Edit:
    """Puts segments behind another."""

    def change(lines: Lines) -> int:
        place = place_of(lines, after) + 1
        lines[place:place] = [segment, *more]
        return place + 1

    return Edit(f"{segment[:24]} behind {after}", change, envelope)


def twice(target: str, count: int = 1, *, times: int = 1) -> Edit:
    """Repeats segments right behind themselves."""

    def change(lines: Lines) -> int:
        place = place_of(lines, target)
        lines[place + count : place + count] = lines[place : place + count] * times
        return place + 1 + count * times

    return Edit(f"{target} again" + (f" {times} times" if times > 1 else ""), change)


def move(target: str, behind: str) -> Edit:
    """Takes a segment from its place and puts it behind a later one."""

    def change(lines: Lines) -> int:
        segment = lines.pop(place_of(lines, target))
        place = place_of(lines, behind) + 1
        lines.insert(place, segment)
        return place + 1

    return Edit(f"{target} behind {behind}", change)


def elsewhere(edit: Edit, target: str) -> Edit:
    """The same change, noticed at another segment."""

    def change(lines: Lines) -> int:
        edit.change(lines)
        return place_of(lines, target) + 1

    return Edit(edit.name, change, edit.envelope)
