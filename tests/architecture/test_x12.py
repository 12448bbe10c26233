"""Nothing reads X12 but `rcm.x12`: no service and no command cuts segments or elements by hand, or looks for them in text."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.services import ROOT

CUTTING = frozenset({"split", "rsplit", "partition", "rpartition"})
LOOKING = frozenset({"startswith", "removeprefix", "find", "index", "count", "replace", "search", "match", "compile"})
DELIMITERS = frozenset({"~", "*", b"~", b"*"})
YARDSTICKS = frozenset({"bench/x12.py", "bench/x12_files.py"})
"""What `make bench-x12` measures the codec against: a naive split, and files that no codec wrote."""
SEGMENT = re.compile(r"~?[A-Z][A-Z0-9]{1,2}\*")


def sources() -> Iterator[Path]:
    """All code outside of shared."""
    for place in ("services", "deploy"):
        yield from sorted(path for path in (ROOT / place).rglob("*.py") if "src" in path.parts and not _is_yardstick(path))


def _is_yardstick(path: Path) -> bool:
    return f"{path.parent.name}/{path.name}" in YARDSTICKS


def read_by_hand(tree: ast.AST) -> Iterator[int]:
    """Lines that cut text at X12's delimiters, or look in it for a segment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            values = [value for argument in node.args[:1] for value in _texts(argument)]
            if node.func.attr in CUTTING and any(value in DELIMITERS for value in values):
                yield node.lineno
            if node.func.attr in LOOKING and any(SEGMENT.match(_text(value)) for value in values):
                yield node.lineno
        elif isinstance(node, ast.JoinedStr):
            first = next(iter(node.values), None)
            if isinstance(first, ast.Constant) and SEGMENT.match(_text(first.value)):
                yield node.lineno


def _texts(argument: ast.expr) -> Iterator[object]:
    """The constants of an argument, one or a tuple's."""
    for node in argument.elts if isinstance(argument, ast.Tuple) else [argument]:
        if isinstance(node, ast.Constant):
            yield node.value


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def test_nothing_else_reads_x12() -> None:
    found = [f"{path.relative_to(ROOT)}:{line}" for path in sources() for line in read_by_hand(ast.parse(path.read_text()))]
    assert found == []


@pytest.mark.parametrize(
    "code",
    ['text.split("~")', 'raw.partition(b"*")', 'line.startswith("CLM*")', 'line.startswith(("HL*", "SE*"))', 'f"CLM*{number}*"',
     'content.find(b"~ST*835")'],
)  # fmt: skip
def test_the_rule_sees_a_breach(code: str) -> None:
    assert list(read_by_hand(ast.parse(code))) == [1]


@pytest.mark.parametrize(
    "code", ['pointer.replace("~", "~0")', '"""REF*F8 of the claim."""', 'EXAMPLE = "ISA*00*"', 'text.split(":")']
)
def test_the_rule_leaves_the_rest_alone(code: str) -> None:
    assert list(read_by_hand(ast.parse(code))) == []
