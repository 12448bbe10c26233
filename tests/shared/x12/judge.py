"""An outside judge: what pyx12 4.0.0 says of a file."""

import io
import json
import logging
from functools import lru_cache
from typing import Any

import pyx12.map_if
import pyx12.params
import pyx12.x12n_document

logging.getLogger("pyx12").setLevel(logging.CRITICAL)
_load_map = pyx12.map_if.load_map_file


@lru_cache
def _map(name: str) -> Any:
    return _load_map(name, pyx12.params.params(), None)


def _cached_map(name: str, _param: Any, _path: Any = None) -> Any:
    return _map(name)


def findings(content: bytes) -> list[str]:
    """Everything that pyx12 finds wrong, one line each; empty where it accepts the file."""
    report = io.StringIO()
    pyx12.map_if.load_map_file = _cached_map
    try:
        accepted = pyx12.x12n_document.x12n_document(
            pyx12.params.params(), io.StringIO(content.decode("ascii")), None, None, fd_json=report
        )
    finally:
        pyx12.map_if.load_map_file = _load_map
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
