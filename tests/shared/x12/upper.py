"""Typed values as they come back from X12: texts in capitals, without accents and delimiters."""

from typing import Any

import msgspec

from rcm.x12.text import clean


def normalised(value: Any) -> Any:
    """The value with every text cleaned as the writer cleans it."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple):
        return tuple(normalised(item) for item in value)
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(value, **{name: normalised(getattr(value, name)) for name in value.__struct_fields__})
    return value


def without(value: Any, *names: str) -> Any:
    """The value (and what it holds) with these fields at their defaults: places and numbers that only a reader knows."""
    if isinstance(value, tuple):
        return tuple(without(item, *names) for item in value)
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {field.name: field for field in msgspec.structs.fields(value)}
    changed = {name: fields[name].default for name in names if name in fields and not fields[name].required}
    kept = {name: without(getattr(value, name), *names) for name in fields if name not in changed}
    return msgspec.structs.replace(value, **kept, **changed)
