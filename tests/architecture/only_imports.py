"""A contract for import-linter that says what a room may import, instead of what it may not: everything else breaks it."""

import sys

from grimp import ImportGraph
from importlinter.application import output
from importlinter.domain import fields
from importlinter.domain.contract import Contract, ContractCheck
from importlinter.domain.helpers import module_expressions_to_modules


class OnlyImports(Contract):
    """Modules of `rooms` (and below) import their own room, the standard library, and what `allowed` names; nothing else.

    `allowed` are names of modules or packages (everything in them), ours or others'; `{service}` stands for the room's own
    service, so that one contract can hold for all of them: `{service}.domain`. A service without the room is passed over.
    """

    rooms = fields.ListField(subfield=fields.ModuleExpressionField())
    allowed = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Compares every direct import of every module of the rooms."""
        strangers: list[tuple[str, str]] = []
        for room in module_expressions_to_modules(graph, self.rooms):  # type: ignore[arg-type] # a descriptor's value
            service = room.name.partition(".")[0]
            allowed = [name.replace("{service}", service) for name in self.allowed]  # type: ignore[attr-defined]
            for module in {room.name} | graph.find_descendants(room.name):
                imports = graph.find_modules_directly_imported_by(module)
                strangers += [(module, name) for name in imports if not _may_import(name, [room.name, *allowed])]
        return ContractCheck(kept=not strangers, metadata={"strangers": sorted(strangers)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Names each import that is not allowed."""
        for module, imported in check.metadata["strangers"]:
            output.print_error(f"{module} imports {imported}, which is not among what it may import")


def _may_import(imported: str, allowed: list[str]) -> bool:
    if imported.partition(".")[0] in sys.stdlib_module_names:
        return True
    return any(imported == name or imported.startswith(f"{name}.") for name in allowed)
