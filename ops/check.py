"""``python -m ops.check``: everything that is checked without running the product. One finding hides no other: every check runs, and what
is wrong is said together, with the command that mends it where there is one. Tests, and building the portal, are not here.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
WRITE = "make write"
AT_ONCE = 2


@dataclass(frozen=True)
class Check:
    """``mends`` is what to run where the finding is only that something was not written anew."""

    name: str
    command: Sequence[str]
    mends: str | None = None


def checks(openapi: Path) -> tuple[Check, ...]:
    """The longest first. ``openapi`` is where the document goes that the portal's types should follow: the one in docs may be stale."""
    python, portal = str(BIN / "python"), "ops/build_web.sh"
    return (
        Check("mypy", (str(BIN / "mypy"),)),
        Check("vue-tsc", (portal, "types")),
        Check("vitest", (portal, "test")),
        Check("eslint", (portal, "lint"), "ops/build_web.sh lint -- --fix"),
        Check("unused code", (portal, "unused")),
        Check("documents", (python, "-m", "ops.docs", "--check"), WRITE),
        Check(
            "portal's API",
            ("sh", "-c", f"{python} -m ops.docs --openapi {openapi} && {portal} stale -- {openapi}"),
            WRITE,
        ),
        Check("snapshots", (python, "-m", "tests.contracts.rewrite", "--check"), WRITE),
        Check("migrations", (python, "-m", "ops.migration_check")),
        Check("import rules", (str(BIN / "lint-imports"),)),
        Check("ruff", (str(BIN / "ruff"), "check", ".")),
        Check("format", (str(BIN / "ruff"), "format", "--check", "."), "ruff format ."),
    )


def findings(wanted: Sequence[Check]) -> Iterator[str]:
    """What is wrong, check by check."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for check, done in zip(wanted, pool.map(_run, wanted), strict=True):
            if done.returncode:
                how = f" (run: {check.mends})" if check.mends else ""
                yield f"── {check.name}{how}\n{done.stdout.strip()}"


def _run(check: Check) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        check.command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        wanted = checks(Path(folder) / "openapi.json")
        found = list(findings(wanted))
    print("\n\n".join(found) if found else f"{len(wanted)} checks passed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
