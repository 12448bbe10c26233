"""A contract for import-linter that says what a room may import, instead of what it may not: everything else breaks it."""

import sys

from grimp import ImportGraph
from importlinter.application import output
from importlinter.domain import fields
from importlinter.domain.contract import Contract, ContractCheck


class OnlyImports(Contract):
    """A `room` of each of `packages` imports itself, the standard library, and what `allowed` names; nothing else.

    `allowed` are names of modules or packages (everything in them), ours or others'; `{package}` stands for the room's own
    package: `{package}.domain`. A package without the room is passed over; without `room` the whole package is meant.
    """

    packages = fields.ListField(subfield=fields.StringField())
    room = fields.StringField(required=False, default="")
    allowed = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Compares every direct import of every module of the rooms."""
        strangers: list[tuple[str, str]] = []
        for package in self.packages:  # type: ignore[attr-defined] # a descriptor's value
            room = f"{package}.{self.room}" if self.room else package
            if room not in graph.modules:
                continue
            allowed = [name.replace("{package}", package) for name in self.allowed]  # type: ignore[attr-defined]
            for module in {room} | graph.find_descendants(room):
                imports = graph.find_modules_directly_imported_by(module)
                strangers += [(module, name) for name in imports if not _may_import(name, [room, *allowed])]
        return ContractCheck(kept=not strangers, metadata={"strangers": sorted(strangers)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Names each import that is not allowed."""
        for module, imported in check.metadata["strangers"]:
            output.print_error(f"{module} imports {imported}, which is not among what it may import")


def _may_import(imported: str, allowed: list[str]) -> bool:
    if imported.partition(".")[0] in sys.stdlib_module_names:
        return True
    return any(imported == name or imported.startswith(f"{name}.") for name in allowed)
