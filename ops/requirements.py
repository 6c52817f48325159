"""docs/requirements.md: each requirement id in one line, with the tests that carry it, read off their marks (``pytest.mark.req``). What an
id asks is written where the product's requirements are kept; here stands what proves it, and so what breaks first when it no longer holds.
"""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

_ORDER = ("AUTH", "ORG", "TRN", "CERT", "DECL", "NOTE", "STAFF", "PLAT", "BEY", "FAQ", "X")
_HEAD = """\
<!-- Made by `make write` from the tests' marks: do not edit. -->
# Requirements and their tests
An id in the code (`TRN-44`) names a requirement. Each stands here with the tests that carry it; `make test ARGS="…"` runs one of them.

| id | tests |
|---|---|
"""


def requirements_page(root: Path) -> str:
    """The whole document, in the order of the groups and numbers."""
    carried = _carried(root)
    return _HEAD + "".join(f"| {name} | {_tests(carried[name])} |\n" for name in sorted(carried, key=_place))


def _carried(root: Path) -> Mapping[str, Counter[str]]:
    """For each id the test files that carry it, each with the number of its marks."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for path in sorted((root / "tests").rglob("test_*.py")):
        for name in _marks(ast.parse(path.read_text("utf-8"))):
            found[name][str(path.relative_to(root))] += 1
    return found


def _marks(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "req":
            yield from (str(word.value) for word in node.args if isinstance(word, ast.Constant))


def _place(name: str) -> tuple[int, str, int]:
    parts = re.fullmatch(r"([A-Z]+?)-?([A-Z]?)(\d+)", name)
    assert parts, f"{name} is no requirement id"
    group, letter, number = parts.groups()
    return _ORDER.index(group), letter, int(number)


def _tests(files: Counter[str]) -> str:
    return "; ".join(
        f"[{file.removeprefix('tests/').removeprefix('services/')}](../{file})" + (f" ×{count}" if count > 1 else "")
        for file, count in files.items()
    )
