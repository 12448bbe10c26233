"""JSON Merge Patch (RFC 7396) and the pointers of what it changed."""

from typing import Any


def merged(target: Any, patch: Any) -> Any:
    """`target` after `patch`: null removes a member, an object goes into the object, anything else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def changed_pointers(before: Any, after: Any, path: str = "") -> list[str]:
    """JSON pointers (RFC 6901) of what differs, the deepest that tell it; lists of another length differ as a whole."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = [*before, *(name for name in after if name not in before)]
        return [
            pointer
            for name in names
            for pointer in changed_pointers(before.get(name), after.get(name), f"{path}/{_escaped(name)}")
        ]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [
            pointer
            for place, (old, new) in enumerate(zip(before, after, strict=True))
            for pointer in changed_pointers(old, new, f"{path}/{place}")
        ]
    return [] if before == after else [path]


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
