"""``python -m ops.mutation``, or ``make mutation``: mutmut changes the rules named in ``ops/mutation.toml`` one place at a time, in a copy
of the tree, and the tests beside them must notice. Says what survived and ends with 1 when less than ``least`` per cent was noticed or
explained. Some minutes on two cores.
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
    """``modules`` {path: its tests}; ``explained`` {function: why its survivors change nothing}; ``least`` in per cent."""

    least: int
    modules: Mapping[str, Sequence[str]]
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


def main() -> int:
    """The exit code."""
    table = read_table()
    found = mutate(table)
    whole = found.total()
    left = {key: count for key, count in found.items() if key[1] not in NOTICED and key[0] not in table.explained}
    for (function, how), count in sorted(left.items()):
        print(f"{count:4} {how:10} {function}")
    share = 100 * (whole - sum(left.values())) / max(whole, 1)
    print(f"{whole} changes, {share:.1f} % noticed or explained (at least {table.least} %)")
    return 0 if share >= table.least else 1


if __name__ == "__main__":
    sys.exit(main())
