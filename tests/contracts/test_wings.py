"""The wings of training and of auth: none knows one above it, each shows the others a few tables, and nobody writes a table of another
wing.
"""

import ast
import re
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import grimp
import pytest
from sqlalchemy.orm import DeclarativeBase

from services.auth import tables as auth
from services.auth.base import AuthBase
from services.training import tables as training
from services.training.base import TrainingBase
from tests.checkout import ROOT
from tests.contracts.test_code import PRODUCT, parsed, short

# From the ground up.
WINGS = {
    "services.training": ("plans", "people", "enrolment", "classes", "results", "desk"),
    "services.auth": ("directory", "access", "desks"),
}
HOUSES = {"services.training": training, "services.auth": auth}
BASES: dict[str, type[DeclarativeBase]] = {"services.training": TrainingBase, "services.auth": AuthBase}
# How many imports ``.importlinter`` lets pass although a rule speaks against them. It only ever falls.
LET_PASS = 52
RULES = ConfigParser()
RULES.read(ROOT / ".importlinter", "utf-8")
SQL = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+([a-z_]+)")


def house_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


def wing_of(module: str) -> str | None:
    _, wing, *inside = module.removeprefix(house_of(module)).split(".") if module.count(".") > 1 else ("", "")
    return wing if inside and wing in WINGS.get(house_of(module), ()) else None


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


MODULES = [path for path in PRODUCT if house_of(name_of(path)) in WINGS]


def is_above(there: str, here: str) -> bool:
    floors = WINGS.get(house_of(here), ())
    upper, lower = wing_of(there), wing_of(here)
    return upper is not None and lower is not None and floors.index(upper) > floors.index(lower)


def let_pass() -> list[str]:
    return [line for each in RULES.values() for line in each.get("ignore_imports", "").splitlines() if line.strip()]


def foreign_models(path: Path) -> dict[str, str]:
    """What this file imports from another wing's models: {name here: name there}."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.endswith(".models")
        for alias in node.names
        if (there := wing_of(node.module)) and there != wing_of(name_of(path))
    }


def test_no_arrow_goes_back_up() -> None:
    """Read from the import graph itself, with what only the type checker imports."""
    graph = grimp.build_graph("services", cache_dir=None)
    up = [
        f"{importer} -> {imported}"
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if house_of(importer) == house_of(imported) and is_above(imported, importer)
    ]
    assert up == []


class TestWhatIsLetPass:
    def test_is_written_out(self) -> None:
        assert [line for line in let_pass() if "*" in line] == []

    def test_only_gets_less(self) -> None:
        assert len(let_pass()) == LET_PASS <= 60


@pytest.mark.parametrize("house", WINGS)
class TestTables:
    def test_others_name_only_those_that_a_wing_shows(self, house: str) -> None:
        assert {each: places for each, places in named_in(house).items() if each not in shown_in(house)} == {}

    def test_a_wing_shows_nothing_that_nobody_looks_at(self, house: str) -> None:
        assert shown_in(house) - named_in(house).keys() == set()


def shown_in(house: str) -> set[str]:
    return {model.__name__ for models in HOUSES[house].SHOWN.values() for model in models}


def named_in(house: str) -> dict[str, list[str]]:
    """Which tables of other wings are named, and where; what else stands beside a table is a word."""
    tables = {mapper.class_.__name__ for mapper in BASES[house].registry.mappers}
    found: dict[str, list[str]] = {}
    for path in MODULES:
        for name in foreign_models(path).values() if house_of(name_of(path)) == house else ():
            if name in tables:
                found.setdefault(name, []).append(short(path))
    return found


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_a_table_is_written_by_its_own_wing(path: Path) -> None:
    assert [f"{short(path)}:{line} {what}" for line, what in foreign_writes(path)] == []


def foreign_writes(path: Path) -> Iterator[tuple[int, str]]:
    """Statements that change another wing's table, rows made of its model, attributes set on what is declared to be one."""
    foreign = foreign_models(path)
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            first = node.args[0].id if node.args and isinstance(node.args[0], ast.Name) else ""
            if (name in foreign and name[0].isupper()) or (name in {"insert", "update", "delete"} and first in foreign):
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _set_on(node, foreign)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            wings = {table: wing_of_table(path, table) for table in SQL.findall(node.value)}
            yield from (
                (node.lineno, table) for table, wing in wings.items() if wing and wing != wing_of(name_of(path))
            )


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


def wing_of_table(path: Path, table: str) -> str | None:
    """By the module of the model that has it."""
    base = BASES[house_of(name_of(path))]
    models = (mapper.class_ for mapper in base.registry.mappers)
    return next((wing_of(each.__module__) for each in models if each.__tablename__ == table), None)
