"""Writes a tabular list into a file of code sets: the set-up's and a loaded one's alike."""

import json
import sqlite3
from collections.abc import Iterable

from rcm.codesets.diagnosis import ConceptKind
from rcm.codesets.references import CodeTree, references
from rcm.codesets.tabular import Concept


def write_tabular(connection: sqlite3.Connection, release: int, concepts: Iterable[Concept]) -> None:
    """The places of a list with their notices, each reference of a note resolved into the codes that it means."""
    held = list(concepts)
    children: dict[str, list[str]] = {}
    for concept in held:
        children.setdefault(concept.parent, []).append(concept.code)
    tree = CodeTree([concept.code for concept in held if concept.kind is ConceptKind.CODE], children)
    connection.executemany(
        "INSERT INTO concept VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                release,
                concept.code,
                position,
                concept.kind,
                concept.parent,
                concept.description,
                concept.placeholder,
                concept.leaf,
                json.dumps(concept.seventh) if concept.seventh else "",
            )
            for position, concept in enumerate(held)
        ),
    )
    connection.executemany(
        "INSERT INTO notice VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (release, concept.code, place, kind, text, *_resolved(text, tree))
            for concept in held
            for place, (kind, text) in enumerate(concept.notices)
        ),
    )


def _resolved(text: str, tree: CodeTree) -> tuple[str, str]:
    """A note's references as it writes them, and the codes that they mean, each list parted by blanks."""
    found = references(text, tree.exists)
    prefixes = dict.fromkeys(code for reference in found for code in tree.resolve(reference))
    return " ".join(str(reference) for reference in found), " ".join(prefixes)
