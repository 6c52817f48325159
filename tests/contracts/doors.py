"""A contract of import-linter's: by which of its rooms another wing is entered. Queries, routes and tasks are a wing's own; only a query
may narrow itself by another wing's query, such as who may see a row.
"""

import re

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.application import contract_utils

INNER = re.compile(r"(\w+_)?(repository|endpoints|tasks)")
QUERIES = re.compile(r"(\w+_)?repository")


class Doors(Contract):
    """``container``'s packages are its wings; what stands beside them puts them together and may enter anywhere. A field is declared as
    what it is read from, and holds what was read."""

    container = fields.StringField()
    wings = fields.ListField(subfield=fields.StringField())
    ignore_imports = fields.SetField(subfield=fields.ImportExpressionField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        alerting = contract_utils.AlertLevel.ERROR
        contract_utils.remove_ignored_imports(graph, self.ignore_imports, alerting)  # type: ignore[arg-type]
        broken = sorted(
            (importer, imported)
            for importer in graph.modules
            for imported in graph.find_modules_directly_imported_by(importer)
            if self._is_by_the_window(importer, imported)
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def _is_by_the_window(self, importer: str, imported: str) -> bool:
        here, there = self._wing(importer), self._wing(imported)
        if here is None or there is None or here == there:
            return False
        room, entered = importer.rpartition(".")[2], imported.rpartition(".")[2]
        between_queries = QUERIES.fullmatch(room) and QUERIES.fullmatch(entered)
        return bool(INNER.fullmatch(entered)) and not between_queries

    def _wing(self, module: str) -> str | None:
        inside = module.removeprefix(f"{self.container}.")
        wing = inside.partition(".")[0]
        return wing if inside != module and wing in self.wings else None  # type: ignore[operator]

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} -> {imported}: a service of that wing is its door")
