"""Whether a schema still keeps what an earlier one promised to everybody who reads it."""

from collections.abc import Iterator, Mapping
from typing import Any

NOT_PROMISED = frozenset({"title", "description", "default", "examples", "$defs", "$schema", "$id"})
Schema = Mapping[str, Any]


def incompatibilities(published: Schema, current: Schema) -> list[str]:
    """What readers of `published` lose with `current`, each with its place; empty where everything still holds.

    A field may be added where it has a default. Removed, retyped and newly required fields, a field that may now be missing
    and other values of an enumeration are for the next version.
    """
    return list(_differences(_Place(published), _Place(current), ""))


class _Place:
    """A part of a schema, with the whole it refers into."""

    def __init__(self, root: Schema, part: Schema | None = None) -> None:
        self.root = root
        found = root if part is None else part
        while "$ref" in found:
            found = root["$defs"][found["$ref"].rpartition("/")[2]]
        self.part = found

    def step(self, part: Schema) -> "_Place":
        return _Place(self.root, part)


def _differences(old: _Place, new: _Place, path: str) -> Iterator[str]:
    if "properties" in old.part or "properties" in new.part:
        yield from _of_objects(old, new, path)
    for word in sorted((set(old.part) | set(new.part)) - NOT_PROMISED - {"properties", "required"}):
        before, after = old.part.get(word), new.part.get(word)
        if word == "items" and isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _differences(old.step(before), new.step(after), f"{path}/*")
        elif word == "anyOf" and isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            for one, other in zip(before, after, strict=True):
                yield from _differences(old.step(one), new.step(other), path)
        elif before != after:
            yield f"{path or '/'}: {word} was {before!r} and is {after!r}"


def _of_objects(old: _Place, new: _Place, path: str) -> Iterator[str]:
    before, after = old.part.get("properties", {}), new.part.get("properties", {})
    needed_before, needed_after = set(old.part.get("required", ())), set(new.part.get("required", ()))
    for name in before:
        if name not in after:
            yield f"{path}/{name}: removed"
        else:
            yield from _differences(old.step(before[name]), new.step(after[name]), f"{path}/{name}")
    for name in sorted(needed_after - needed_before):
        yield f"{path}/{name}: newly required"
    for name in sorted((needed_before - needed_after) & set(after)):
        yield f"{path}/{name}: may now be missing"
