"""The engine that reads a note and says which codes it supports, each with its evidence.

`Engine(codes).suggest(text, on, setting)`; `codes` is who knows the code sets.
"""

from coding_svc.domain.engine.engine import Engine
from coding_svc.domain.engine.findings import NotCoded, Span, Suggestion, Suggestions
from coding_svc.domain.engine.meanings import CodeMeanings, NamedTerm

__all__ = ["CodeMeanings", "Engine", "NamedTerm", "NotCoded", "Span", "Suggestion", "Suggestions"]
