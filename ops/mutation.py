"""``python -m ops.mutation``, or ``make mutation``: mutmut changes the rules named in ``ops/mutation.toml`` one place at a time, in a copy
of the tree, and the tests beside them must notice; then the tables and guards of the services (``ops.table_mutation``). Says what survived
and ends with 1 when less than ``least`` per cent was noticed or explained. ``rules`` or ``tables`` does one of both, ``tables PART`` the
modules with that in their path. Some minutes on two cores.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.table_mutation import outcomes
from shared.db.migrations import ROOT

TABLE = ROOT / "ops" / "mutation.toml"
# Longer than it has ever taken on a machine with other work.
MINUTES = 30
NOTICED = frozenset({"killed", "timeout", "segfault", "caught by type check"})
_LINE = re.compile(r"\s*(?P<mutant>\S+)__mutmut_\d+: (?P<how>.+)")
# pytest-randomly is turned off there, and then knows no option.
_UNKNOWN = "--randomly-dont-reset-seed"


@dataclass(frozen=True)
class Table:
    """``modules`` {path: its tests}; ``tables`` the tests of every workflow module, with ``{module}`` and ``{service}`` in their names;
    ``explained`` {function, or a change to a table as it is told: why what survives changes nothing}; ``least`` in per cent."""

    least: int
    modules: Mapping[str, Sequence[str]]
    tables: Sequence[str]
    explained: Mapping[str, str]


def read_table() -> Table:
    return Table(**tomllib.loads(TABLE.read_text("utf-8")))


def function_of(mutant: str) -> str:
    """As people write it: ``shared.fields.xǁCleanTextǁcheck`` is ``shared.fields.CleanText.check``."""
    module, _, name = mutant.rpartition(".")
    return f"{module}.{name.removeprefix('xǁ').removeprefix('x_').replace('ǁ', '.')}"


def survivors(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(function, how it ended) of each mutant that mutmut lists."""
    for line in lines:
        if found := _LINE.fullmatch(line):
            yield function_of(found["mutant"]), found["how"]


def _copy(folder: Path, table: Table) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    for name in (each for each in listed.split("\0") if each and not each.startswith("web/")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copy2(ROOT / name, target)
    settings: dict[str, Any] = {
        "source_paths": sorted({module.partition("/")[0] for module in table.modules}),
        "only_mutate": list(table.modules),
        "also_copy": ["ops", "services", "shared", "docs"],
        "pytest_add_cli_args_test_selection": sorted({test for tests in table.modules.values() for test in tests}),
    }
    told = "\n".join(f"{name} = {json.dumps(value)}" for name, value in settings.items())
    project = folder / "pyproject.toml"
    project.write_text(f"{project.read_text('utf-8').replace(_UNKNOWN, '')}\n[tool.mutmut]\n{told}\n", "utf-8")


def mutate(table: Table) -> Counter[tuple[str, str]]:
    """{(function, how it ended): how many}. Raises CalledProcessError where the tests fail before anything is changed."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as name:
        folder = Path(name)
        _copy(folder, table)
        command = [str(Path(sys.executable).with_name("mutmut"))]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        log = folder / "said"
        with log.open("wb") as said:
            run = [*command, "run", "--max-children", str(os.cpu_count() or 2)]
            try:
                subprocess.run(
                    run, cwd=folder, env=environment, check=True, stdout=said, stderr=said, timeout=60 * MINUTES
                )
            except subprocess.CalledProcessError:
                print(log.read_text("utf-8", "replace")[-3000:])
                raise
        told = subprocess.run(
            [*command, "results", "--all", "true"],
            cwd=folder,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
    return Counter(survivors(told.stdout.splitlines()))


def rules(table: Table) -> int:
    """The exit code."""
    found = mutate(table)
    left = {key: count for key, count in found.items() if key[1] not in NOTICED and key[0] not in table.explained}
    for (function, how), count in sorted(left.items()):
        print(f"{count:4} {how:10} {function}")
    return _share(table, found.total(), sum(left.values()))


def tables(table: Table, only: str) -> int:
    """The exit code."""
    whole = left = 0
    for name, noticed in outcomes(table.tables, only):
        whole += 1
        if not noticed and name not in table.explained:
            left += 1
            print(f"   1 survived   {name}", flush=True)
    return _share(table, whole, left)


def _share(table: Table, whole: int, left: int) -> int:
    share = 100 * (whole - left) / max(whole, 1)
    print(f"{whole} changes, {share:.1f} % noticed or explained (at least {table.least} %)", flush=True)
    return 0 if share >= table.least else 1


def main() -> int:
    """The exit code."""
    table = read_table()
    part, only = [*sys.argv[1:], "", ""][:2]
    found = [rules(table)] if part != "tables" else []
    return max([*found, tables(table, only)] if part != "rules" else found)


if __name__ == "__main__":
    sys.exit(main())
