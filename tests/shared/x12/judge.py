"""Two judges of a file: pyx12 4.0.0, as findings and as the 999 that it would send, and our own validator."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import pyx12.map_if
import pyx12.params
import pyx12.x12n_document

from rcm.x12.validation import validate

logging.getLogger("pyx12").setLevel(logging.CRITICAL)
_load_map = pyx12.map_if.load_map_file


@lru_cache
def _map(name: str) -> Any:
    return _load_map(name, pyx12.params.params(), None)


def _cached_map(name: str, _param: Any, _path: Any = None) -> Any:
    return _map(name)


@contextmanager
def _maps_kept() -> Iterator[None]:
    """A guide's map is read once, not for every file."""
    pyx12.map_if.load_map_file = _cached_map
    try:
        yield
    finally:
        pyx12.map_if.load_map_file = _load_map


def findings(content: bytes) -> list[str]:
    """Everything that pyx12 or our validator finds wrong, one line each; empty where both accept the file."""
    return found_by_judge(content) + [f"{one.segment_number} {one.segment}: {one.rule}" for one in validate(content)]


def found_by_judge(content: bytes) -> list[str]:
    """Everything that pyx12 finds wrong."""
    report = io.StringIO()
    with _maps_kept():
        accepted = pyx12.x12n_document.x12n_document(
            pyx12.params.params(), io.StringIO(content.decode("ascii")), None, None, fd_json=report
        )
    found = _errors(json.loads(report.getvalue()), "")
    return found or ([] if accepted else ["refused without a reason"])


def _errors(node: Any, place: str) -> list[str]:
    """Every error in pyx12's report, with the segment it stands at."""
    if isinstance(node, list):
        return [found for item in node for found in _errors(item, place)]
    if not isinstance(node, dict):
        return []
    here = " ".join(str(node[key]) for key in ("id", "seg_id", "seg_count", "cur_line", "name", "ele_pos") if key in node)
    found = [f"{place} {here}: {error}" for key in ("errors", "err") for error in node.get(key) or []]
    return found + [
        item for value in node.values() if isinstance(value, list | dict) for item in _errors(value, f"{place}/{here}")
    ]


class Told(NamedTuple):
    """What a 999 says, as far as pyx12's can be compared with ours."""

    segments: frozenset[tuple[str, str]]
    """IK301 and IK302."""
    elements: frozenset[tuple[str, str, str, str]]
    """IK301, IK302, IK401, IK403."""
    sets: tuple[tuple[str, ...], ...]
    """IK5s."""

    @property
    def nothing(self) -> bool:
        """No fault was found."""
        return not self.segments and all(one[0] == "A" for one in self.sets)


def told(acknowledgement: str) -> Told:
    """What stands in a 999."""
    segments: set[tuple[str, str]] = set()
    elements: set[tuple[str, str, str, str]] = set()
    sets: list[tuple[str, ...]] = []
    here = ("", "")
    for text in acknowledgement.replace("\n", "").split("~"):
        parts = text.split("*")
        if parts[0] == "IK3":
            here = (parts[1], parts[2])
            segments.add(here)
        elif parts[0] == "IK4":
            elements.add((*here, parts[1], parts[3]))
        elif parts[0] == "IK5":
            sets.append((parts[1], *sorted(parts[2:])))
    return Told(frozenset(segments), frozenset(elements), tuple(sets))


def told_by_judge(content: bytes) -> Told | None:
    """pyx12's 999; None where it fails over the file."""
    out = io.StringIO()
    try:
        with _maps_kept():
            pyx12.x12n_document.x12n_document(pyx12.params.params(), io.StringIO(content.decode("latin-1")), out, None)
    except Exception:
        return None
    return told(out.getvalue())
