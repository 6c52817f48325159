"""The second part of ``make mutation``: what the services' workflow modules state and how their guards answer is changed one place at a
time (``ops.mutants``), and the tests that ``ops/mutation.toml`` names for them must notice. Nothing is written: a child of this process,
which has all libraries but no service in its memory, imports the module as changed and runs the tests, two at once.
"""

import ast
import gc
import os
import pkgutil
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any

import shared
from ops.mutants import Mutant, guards_named, mutants
from shared.db.migrations import ROOT

FORK = get_context("fork")
# Longer than a child has ever taken on a machine with other work.
SECONDS = 60.0
# A test run as bare as it can be: it is started some thousand times.
BARE = (
    *("-c", os.devnull, "--rootdir", str(ROOT), "--import-mode=importlib", "--noconftest", "--disable-plugin-autoload"),
    *("--assert=plain", "--tb=no", "-xq"),
    *(
        f"-pno:{name}"
        for name in ("cacheprovider", "warnings", "unraisableexception", "threadexception", "faulthandler")
    ),
)


@dataclass(frozen=True)
class Judged:
    """A module, one change to it (None: as it is), and the tests that must notice."""

    path: str
    mutant: Mutant | None
    tests: Sequence[str]

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").replace("/", ".")

    @property
    def name(self) -> str:
        return f"{self.module}.{self.mutant.where}: {self.mutant.what}" if self.mutant else self.module


def paths() -> list[str]:
    """Every module of the services that has a table, words of statuses or guards."""
    found = (path for name in ("workflow.py", "guards.py") for path in (ROOT / "services").rglob(name))
    return sorted(str(path.relative_to(ROOT)) for path in found)


def mutants_of(path: str) -> list[Mutant]:
    """Guards in a module of their own are named in the table beside it."""
    file = ROOT / path
    beside = file.with_name("workflow.py")
    named = guards_named(beside.read_text("utf-8"), "guards.") if file.stem == "guards" else frozenset[str]()
    return mutants(file.read_text("utf-8"), named)


def work(tests: Sequence[str], only: str = "") -> Iterator[Judged]:
    """Each module as it is, then each change to it. The tests name ``{module}`` and ``{service}``."""
    for path in paths():
        if only in path:
            module = path.removesuffix(".py").replace("/", ".")
            named = [test.format(module=module, service=path.split("/")[1]) for test in tests]
            yield from (Judged(path, mutant, named) for mutant in (None, *mutants_of(path)))


class Changed(MetaPathFinder, Loader):
    """Gives one module from a tree in memory."""

    def __init__(self, module: str, path: Path, tree: ast.Module) -> None:
        self.module, self.path, self.tree = module, path, tree

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        return spec_from_loader(fullname, self, origin=str(self.path)) if fullname == self.module else None

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self.path)
        exec(compile(self.tree, str(self.path), "exec"), vars(module))  # noqa: S102  # our own source, changed


def judge(job: Judged) -> None:
    """In a child: ends with what pytest says, 0 where nobody noticed."""
    import pytest  # noqa: PLC0415  # a part of development only

    if job.mutant:
        file = ROOT / job.path
        sys.meta_path.insert(0, Changed(job.module, file, job.mutant.made_of(file.read_text("utf-8"))))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
    gc.disable()
    # One after another: most changes are noticed by the first, and the next would import more of the service.
    code = next((code for test in job.tests if (code := pytest.main([*BARE, test]))), 0)
    sys.stdout.flush()
    os._exit(int(code))


def judged(jobs: Iterable[Judged], at_once: int) -> Iterator[tuple[Judged, int | None]]:
    """Each with its exit code; None where the time was over."""
    running: dict[BaseProcess, tuple[Judged, float]] = {}
    waiting = iter(jobs)
    while True:
        while len(running) < at_once and (job := next(waiting, None)):
            child = FORK.Process(target=judge, args=(job,))
            child.start()
            running[child] = (job, time.monotonic() + SECONDS)
        if not running:
            return
        wait([child.sentinel for child in running], timeout=1)
        for each, (job, until) in list(running.items()):
            late = each.is_alive() and time.monotonic() > until
            if late:
                each.kill()
            if late or not each.is_alive():
                each.join()
                del running[each]
                yield job, None if late else each.exitcode


def prepare() -> None:
    """What every child needs and no change touches. Raises RuntimeError when a service came along."""
    for found in pkgutil.walk_packages(shared.__path__, "shared."):
        import_module(found.name)
    import_module("tests.conftest")
    import_module("pytest")
    gc.collect()
    gc.freeze()  # what is shared with the children is not written to by counting it
    if any(name.startswith("services.") for name in sys.modules):
        raise RuntimeError("a service is loaded: a change to it would come too late")


def outcomes(tests: Sequence[str], only: str = "") -> Iterator[tuple[str, bool]]:
    """(the change in words, whether it was noticed) of each. Raises RuntimeError where the tests fail before anything is changed."""
    prepare()
    for job, code in judged(work(tests, only), os.cpu_count() or 2):
        if job.mutant:
            yield job.name, code != 0
        elif code != 0:
            raise RuntimeError(f"the tests of {job.name} fail as it is")
