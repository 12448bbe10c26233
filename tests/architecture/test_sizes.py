"""No file of code over 400 lines, no function over 60: what outgrows that is split by use case, early."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.services import ROOT

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60


def sources() -> Iterator[Path]:
    """Every Python file of ours."""
    for place in ("shared", "services", "deploy", "tests"):
        yield from sorted((ROOT / place).rglob("*.py"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_sizes() -> None:
    too_long = []
    for path in sources():
        text = path.read_text()
        place = str(path.relative_to(ROOT))
        if len(text.splitlines()) > FILE_LINES_MAX:
            too_long.append(f"{place}: {len(text.splitlines())} lines")
        for function in functions(ast.parse(text)):
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            if length > FUNCTION_LINES_MAX:
                too_long.append(f"{place}:{function.lineno} {function.name}: {length} lines")
    assert not too_long
