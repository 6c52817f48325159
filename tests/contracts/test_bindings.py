"""Names that a table states and another domain binds (ADR 1): no process of the platform starts with one that is not bound. A process is
asked by itself, because whatever else this one has imported would bind names for it.
"""

import ast
import subprocess
import sys
from importlib import import_module
from types import ModuleType

import pytest

from ops.docs import workflows
from ops.up.workers import SPECS
from shared.app import create_app
from shared.services import Service
from shared.tasks.spec import Lane, WorkerSpec
from shared.tasks.worker import create_worker
from shared.workflow.facts import Fact, Unbound
from tests.checkout import ROOT
from tests.contracts.test_code import parsed

BINDS = {"effect", "effect_of_many", "answer"}


def binders_of(service: Service) -> set[str]:
    """Modules in which a decorator binds something."""
    found = set()
    for path in (ROOT / "services" / service).rglob("*.py"):
        for node in parsed(path).body:
            for each in getattr(node, "decorator_list", ()):
                bound = each.func if isinstance(each, ast.Call) else each
                if isinstance(bound, ast.Attribute) and bound.attr in BINDS:
                    found.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return found


def run_alone(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize("spec", SPECS, ids=[spec.service for spec in SPECS])
class TestEveryService:
    def test_its_bindings_are_asked(self, spec: WorkerSpec) -> None:
        assert spec.bindings == f"services.{spec.service}.bindings"

    def test_they_name_every_table(self, spec: WorkerSpec) -> None:
        own = [each for module, each in workflows() if module.split(".")[1] == spec.service]
        assert {id(each) for each in import_module(str(spec.bindings)).WORKFLOWS} == {id(each) for each in own}

    def test_they_import_whoever_binds(self, spec: WorkerSpec) -> None:
        binders = getattr(import_module(str(spec.bindings)), "BINDERS", ())
        assert {each.__name__ for each in binders} == binders_of(spec.service)

    def test_they_are_enough_by_themselves(self, spec: WorkerSpec) -> None:
        run_alone(f"from shared.workflow.binding import bind; bind({spec.bindings!r})")


UNKNOWN = Fact[[str], bool]("never_told")


@pytest.fixture
def unfinished(monkeypatch: pytest.MonkeyPatch) -> WorkerSpec:
    """A service one of whose tables asks for something that nobody knows."""

    class Table:
        name = "sample"

        def unbound(self) -> set[str]:
            return {UNKNOWN.name}

    module = ModuleType("tests.contracts.unfinished")
    module.WORKFLOWS = (Table(),)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return WorkerSpec(Service.TRAINING, (), bindings=module.__name__)


@pytest.mark.usefixtures("platform")
class TestNoProcessStartsWithAnUnboundName:
    def test_no_api(self, unfinished: WorkerSpec) -> None:
        with pytest.raises(Unbound, match=r"sample\.never_told"):
            create_app(unfinished, (), title="未完成")

    @pytest.mark.parametrize("lane", [Lane.FAST, Lane.SLOW])
    def test_no_worker(self, unfinished: WorkerSpec, lane: Lane) -> None:
        with pytest.raises(Unbound, match=r"sample\.never_told"):
            create_worker((unfinished,), lane)

    async def test_a_fact_that_nobody_tells_is_no_answer(self) -> None:
        with pytest.raises(Unbound, match="never_told"):
            await UNKNOWN("anything")
