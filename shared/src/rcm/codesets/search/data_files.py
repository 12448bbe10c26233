"""The tables of words beside this module: `left = right` a line, # begins a comment."""

from importlib.resources import files


def pairs(name: str) -> list[tuple[str, str]]:
    """A table's lines, left and right."""
    text = (files("rcm.codesets.search") / "data" / name).read_text("utf-8")
    lines = (line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#"))
    return [(left.strip(), right.strip()) for left, _, right in (line.partition("=") for line in lines)]
