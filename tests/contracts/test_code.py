"""The size and the manners of the code: small files, short functions, one place for each kind of thing."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checkout import ROOT, files

FILES = files()
CODE = [path for path in FILES if path.suffix == ".py" and "versions" not in path.parts]
PRODUCT = [path for path in CODE if path.relative_to(ROOT).parts[0] in {"shared", "services", "ops"}]
TEXTS = [
    path
    for path in FILES
    if path.suffix in {".py", ".md", ".toml", ".txt", ".yml", ".sh", ".ts", ".vue", ".json", ".in", ""}
]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


class TestSizes:
    def test_no_file_is_over_300_lines(self) -> None:
        sizes = {short(path): len(path.read_text("utf-8").splitlines()) for path in CODE}
        assert {name: size for name, size in sizes.items() if size > 300} == {}

    def test_files_are_small_on_the_whole(self) -> None:
        sizes = sorted(size for path in PRODUCT if (size := len(path.read_text("utf-8").splitlines())) > 0)
        assert statistics.median(sizes) <= 80
        assert sizes[int(len(sizes) * 0.95)] <= 250

    def test_no_function_of_the_product_is_over_40_lines(self) -> None:
        long = {
            f"{short(path)}:{node.name}": size
            for path in PRODUCT
            for node in functions(path)
            if (size := (node.end_lineno or 0) - node.lineno + 1) > 40 and not _is_wiring(node)
        }
        assert long == {}


def _is_wiring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A function that only declares inner functions and hands them on is as long as they are together."""
    return sum(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body) >= 4


def _tables() -> Iterator[tuple[str, Path]]:
    """(name, room) of every enum of statuses and every workflow."""
    for path in PRODUCT:
        for node in parsed(path).body if path.name == "workflow.py" else []:
            if isinstance(node, ast.ClassDef) and node.name.endswith("Status"):
                yield node.name, path.parent
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                yield node.target.id, path.parent


TABLES = set(_tables())


def _is_of_another_room(node: ast.expr, path: Path) -> bool:
    return isinstance(node, ast.Name) and node.id in dict(TABLES) and (node.id, path.parent) not in TABLES


def _spelled_record_types(path: Path) -> Iterator[int]:
    """Lines that give a record type as a keyword, other than none, or compare one with a word."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.keyword) and node.arg == "record_type" and ast.unparse(node.value) != "None":
            yield node.lineno
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr == "record_type":
            yield from (node.lineno for each in node.comparators if isinstance(each, ast.Constant))


def _record_types() -> Iterator[str]:
    """The name of every record type and every workflow; the kit alone takes one from a row that has it."""
    for path in PRODUCT:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in HAVE_HISTORIES:
                name = {each.arg: each.value for each in node.keywords}.get("name") or node.args[0]
                if isinstance(name, ast.Constant) or not short(path).startswith("shared/"):
                    yield ast.literal_eval(name)


HAVE_HISTORIES = {"RecordType", "Workflow"}


class TestManners:
    def test_every_module_says_what_it_owns(self) -> None:
        assert [short(path) for path in PRODUCT if path.stat().st_size and not ast.get_docstring(parsed(path))] == []

    def test_no_room_for_odds_and_ends(self) -> None:
        names = {part for path in PRODUCT for part in path.relative_to(ROOT).with_suffix("").parts}
        assert names & {"utils", "helpers", "common", "manager", "misc", "util", "helper"} == set()

    def test_only_the_kit_commits(self) -> None:
        guilty = [short(path) for path in PRODUCT if re.search(r"\.commit\(\)", path.read_text("utf-8"))]
        assert guilty == ["shared/db/session.py"]

    def test_only_tasks_publish(self) -> None:
        pattern = re.compile(r"\.(send_task|delay|apply_async)\(")
        guilty = {short(path) for path in PRODUCT if pattern.search(path.read_text("utf-8"))}
        assert guilty == {"shared/publisher.py"}

    @pytest.mark.req("PLAT-02")
    def test_only_the_kit_makes_a_button(self) -> None:
        guilty = [short(path) for path in PRODUCT if re.search(r"\bAllowedAction\(", path.read_text("utf-8"))]
        assert guilty == ["shared/workflow/buttons.py"]

    def test_no_status_is_spelled_outside_its_workflow(self) -> None:
        guilty = []
        for path in PRODUCT:
            if path.name == "workflow.py" or not short(path).startswith("services/"):
                continue
            for node in ast.walk(parsed(path)):
                if isinstance(node, ast.Compare) and any(
                    "status" in ast.unparse(side) for side in (node.left, *node.comparators)
                ):
                    sides = (node.left, *node.comparators)
                    if any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in sides):
                        guilty.append(f"{short(path)}:{node.lineno}")
        assert guilty == []

    def test_what_a_status_means_is_not_decided_in_another_room(self) -> None:
        """Another room asks the status (``shared.workflow.meaning``); the codes themselves are its own room's."""
        guilty = [
            f"{short(path)}:{node.lineno} {ast.unparse(node)}"
            for path in PRODUCT
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.Attribute) and node.attr.isupper() and _is_of_another_room(node.value, path)
        ]
        assert guilty == []

    def test_a_status_is_not_compared_with_the_first_of_another_room(self) -> None:
        """``PLAN.initial`` is what a new plan gets, and no way to say that one is a draft."""
        guilty = [
            f"{short(path)}:{node.lineno} {ast.unparse(node)}"
            for path in PRODUCT
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.Compare)
            for side in (node.left, *node.comparators)
            if isinstance(side, ast.Attribute) and side.attr == "initial" and _is_of_another_room(side.value, path)
        ]
        assert guilty == []

    @pytest.mark.req("PLAT-04")
    def test_no_record_type_is_spelled_by_hand(self) -> None:
        """A history and its files are found by it: ``WORKFLOW.note`` and ``RecordType`` cannot be one letter off."""
        spelled = [
            f"{short(path)}:{line}"
            for path in PRODUCT
            if not short(path).startswith("shared/")
            for line in _spelled_record_types(path)
        ]
        assert spelled == []
        names = list(_record_types())
        assert sorted(set(names)) == sorted(names)

    def test_a_table_knows_its_record(self) -> None:
        """``object`` would be no better than ``Any``: a guard would have to look its attributes up by name."""
        loose = [
            f"{short(path)}:{node.lineno}"
            for path in PRODUCT
            if path.name == "workflow.py" and short(path).startswith("services/")
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.Name) and node.id in {"Any", "object", "getattr"}
        ]
        assert loose == []

    @pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX", "NotImplemented"])
    def test_nothing_is_left_for_later(self, word: str) -> None:
        pattern = re.compile(rf"\b{word}\b")
        assert [short(path) for path in PRODUCT if pattern.search(path.read_text("utf-8"))] == []

    def test_lock_files_hold_no_addresses(self) -> None:
        locks = {
            "requirements/runtime.txt": "://",
            "requirements/embedded.txt": "://",
            "requirements/dev.txt": "://",
            "web/package-lock.json": '"resolved": "http',
        }
        assert [name for name, mark in locks.items() if mark in (ROOT / name).read_text("utf-8")] == []
