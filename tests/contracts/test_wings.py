"""The wings of training: none knows one above it, each shows the others a few tables, and nobody writes a table of another wing."""

import ast
import re
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import grimp
import pytest

from services.training.tables import METADATA, SHOWN
from tests.contracts.test_code import PRODUCT, ROOT, parsed, short

# From the ground up.
WINGS = ("plans", "people", "enrolment", "classes", "results", "desk")
# How many imports ``.importlinter`` lets pass although a rule speaks against them. It only ever falls.
LET_PASS = 37
RULES = ConfigParser()
RULES.read(ROOT / ".importlinter", "utf-8")
MODULES = [path for path in PRODUCT if path.is_relative_to(ROOT / "services/training")]
SQL = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+([a-z_]+)")


def wing_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[2] if parts[:2] == ["services", "training"] and len(parts) > 3 and parts[2] in WINGS else None


def wing_of_file(path: Path) -> str | None:
    return wing_of(".".join(path.relative_to(ROOT).with_suffix("").parts))


def let_pass() -> list[str]:
    return [line for each in RULES.values() for line in each.get("ignore_imports", "").splitlines() if line.strip()]


def foreign_models(path: Path) -> dict[str, str]:
    """What this file imports from another wing's models: {name here: name there}."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.endswith(".models")
        for alias in node.names
        if (there := wing_of(node.module)) and there != wing_of_file(path)
    }


def test_no_arrow_goes_back_up() -> None:
    """Read from the import graph itself, with what only the type checker imports."""
    graph = grimp.build_graph("services", cache_dir=None)
    up = [
        f"{importer} -> {imported}"
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if (here := wing_of(importer)) and (there := wing_of(imported)) and WINGS.index(there) > WINGS.index(here)
    ]
    assert up == []


class TestWhatIsLetPass:
    def test_is_written_out(self) -> None:
        assert [line for line in let_pass() if "*" in line] == []

    def test_only_gets_less(self) -> None:
        assert len(let_pass()) == LET_PASS <= 60


class TestTables:
    def test_others_name_only_those_that_a_wing_shows(self) -> None:
        shown = {model.__name__ for models in SHOWN.values() for model in models}
        named = {f"{short(path)}: {name}" for path in MODULES for name in foreign_models(path).values()}
        hidden = {each for each in named if not (name := each.rpartition(" ")[2]).isupper() and name not in shown}
        assert hidden == set()

    def test_a_wing_shows_nothing_that_nobody_looks_at(self) -> None:
        named = {name for path in MODULES for name in foreign_models(path).values()}
        assert {model.__name__ for models in SHOWN.values() for model in models} - named == set()

    @pytest.mark.parametrize("path", MODULES, ids=short)
    def test_are_written_by_their_own_wing(self, path: Path) -> None:
        assert [f"{short(path)}:{line} {what}" for line, what in foreign_writes(path)] == []


def foreign_writes(path: Path) -> Iterator[tuple[int, str]]:
    """Statements that change another wing's table, rows made of its model, attributes set on what is declared to be one."""
    foreign = foreign_models(path)
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            first = node.args[0].id if node.args and isinstance(node.args[0], ast.Name) else ""
            if name in foreign or (name in {"insert", "update", "delete"} and first in foreign):
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _set_on(node, foreign)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            written = set(SQL.findall(node.value)) & set(METADATA.tables)
            yield from ((node.lineno, table) for table in written if wing_of_table(table) != wing_of_file(path))


def _set_on(function: ast.FunctionDef | ast.AsyncFunctionDef, foreign: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Parameters that are a foreign record or a sequence of them, and what runs through such a sequence."""
    records = {
        arg.arg
        for arg in (*function.args.args, *function.args.kwonlyargs)
        if arg.annotation
        and any(isinstance(part, ast.Name) and part.id in foreign for part in ast.walk(arg.annotation))
    }
    for node in ast.walk(function):
        if isinstance(node, ast.For) and isinstance(node.iter, ast.Name) and node.iter.id in records:
            records |= {part.id for part in ast.walk(node.target) if isinstance(part, ast.Name)}
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign | ast.AugAssign):
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            for part in ast.walk(target):
                if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in records:
                    yield node.lineno, ast.unparse(node)


def wing_of_table(table: str) -> str | None:
    """By the module of the model that has it."""
    models = (mapper.class_ for mapper in next(iter(SHOWN["plans"])).registry.mappers)
    return next((wing_of(each.__module__) for each in models if each.__tablename__ == table), None)
