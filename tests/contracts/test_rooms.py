"""Each module of a service has a role, and its role says what it may do; what no role names may nothing. A name of one's own is no way
round: ``placing.py`` may no more build a query than ``service.py`` does. Who may more stands in ``MORE`` with the reason.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ops.up.workers import SPECS
from services.training.classes.class_sessions.workflow import ClassSessionStatus
from services.training.classes.selection.workflow import SelectionStatus
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.results.scores.workflow import ScoreSheetStatus
from shared.workflow.definition import Labelled

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.relative_to(ROOT) for path in (ROOT / "services").rglob("*.py") if "migrations" not in path.parts)
NAMES = {task.name for spec in SPECS for task in spec.all_tasks()}
# query: builds statements; raw: writes SQL as text; ask: sends statements; unit: opens a unit of work of its own; savepoint: within
# one, takes back a part; hint: asks a worker to look; route: has routes; name: spells the name of a task. Nobody here commits or
# publishes (``test_code``).
BUILDERS = {"select", "update", "delete", "insert", "exists", "union", "union_all", "except_", "intersect", "Insert"}
RAW = {"text", "literal_column"}
SENDS = {"execute", "scalar", "scalars", "stream", "stream_scalars"}
OPENS = {"unit_of_work": "unit", "begin_nested": "savepoint"}
ROUTES = {"api_router", "APIRouter", "PrefixedRouter"}

# By the last word of the name: ``group_repository.py`` is a repository.
ROLES: Mapping[str, frozenset[str]] = {
    "workflow": frozenset(),
    "models": frozenset({"query", "raw"}),  # conditions of an index, columns that are counted
    "schemas": frozenset(),
    "repository": frozenset({"query", "ask", "savepoint"}),
    "service": frozenset({"hint", "savepoint"}),
    "endpoints": frozenset({"route"}),
    "tasks": frozenset({"unit", "hint"}),
}
# Beside the domains' folders.
TOP: Mapping[str, frozenset[str]] = {
    "hints": frozenset({"name"}),
    "worker": frozenset({"name"}),
    "invariants": frozenset({"unit"}),
}
FLOORS = {"workflow": 0, "models": 1, "schemas": 2, "repository": 2, "service": 3, "endpoints": 4, "tasks": 4}
_HASHES = "a password is hashed between two units of work, which holds no connection meanwhile"
_PAGES = "the page is made after the unit of work that read for it, which holds no connection meanwhile"
MORE: Mapping[str, Mapping[str, str]] = {
    "services/auth/access/activations/service.py": {"unit": _HASHES},
    "services/auth/access/phones/service.py": {"unit": _HASHES},
    "services/auth/access/recovery/service.py": {"unit": _HASHES},
    "services/auth/access/sessions/sign_in.py": {"unit": _HASHES},
    "services/auth/desks/enterprises/sign_up.py": {"unit": _HASHES},
    "services/auth/desks/cases/filing.py": {"unit": _HASHES},
    "services/auth/units.py": {"unit": "what a refusal keeps, such as a counted try, is committed although it refuses"},
    "services/auth/directory/registry/service.py": {
        "unit": "stands in for a registry elsewhere, which is asked without a unit of work"
    },
    "services/auth/access/sessions/lookup.py": {
        "unit": "the cache of sessions is filled before a request has a unit of work"
    },
    "services/training/results/rosters/endpoints.py": {"unit": _PAGES},
    "services/training/results/scores/endpoints.py": {"unit": _PAGES},
    "services/training/results/scores/result_endpoints.py": {"unit": _PAGES},
    "services/certificates/checks/service.py": {
        "unit": "a stranger's file is read after the unit of work, because that takes long"
    },
    "services/certificates/signing/service.py": {
        "unit": "the identity is made once for a process, before anything is signed"
    },
    "services/certificates/bundles/bundle_job.py": {"unit": "a part of a bundle is a unit of work"},
    "services/notifications/catcher/mail.py": {"unit": "a mail comes by SMTP and has no request around it"},
    "services/notifications/deliveries/sending.py": {"unit": "claimed, sent without a transaction, then settled"},
    "services/training/enrolment/registrations/batches.py": {
        "savepoint": "one person's refusal takes back what was done for that one"
    },
    "services/training/classes/selection/moving.py": {
        "raw": "one statement with thirteen parts for a click in a rush (BEY-01)",
        "ask": "sends it",
    },
    "services/training/classes/selection/situation.py": {
        "raw": "one statement with all that decides about a click (BEY-01)",
        "ask": "sends it",
    },
    "services/training/classes/selection/placing.py": {"hint": "a place that a click frees is offered to who queues"},
    "services/training/classes/waiting/queueing.py": {"hint": "who joins the queue may fit at once"},
    "services/training/desk/boards/counts_repository.py": {
        "raw": "the fold and the recount are statements of many parts (ADR 28)"
    },
    "services/training/desk/boards/counted_repository.py": {
        "raw": "the view of what is shown is no mapped table (ADR 28)"
    },
    "services/training/desk/boards/ages.py": {"query": "the rows of which the board's repository makes one statement"},
}


def role_of(path: Path) -> str:
    """The last word of the name where that is a role, else nothing."""
    word = path.stem.rpartition("_")[2]
    return word if len(path.parts) > 3 and word in ROLES else ""


def allowed(path: Path) -> frozenset[str]:
    if len(path.parts) == 3:
        return TOP.get(path.stem, frozenset())
    return ROLES.get(role_of(path), frozenset())


def _powers(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        taken = {alias.name for alias in node.names}
        if (node.module or "").startswith("sqlalchemy"):
            yield from (power for power, words in (("query", BUILDERS), ("raw", RAW)) if taken & words)
        yield from (power for power, words in (("hint", {"note_hint"}), ("route", ROUTES)) if taken & words)
    elif isinstance(node, ast.Import) and any(alias.name.partition(".")[0] == "sqlalchemy" for alias in node.names):
        yield from ("query", "raw")
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        asked = ast.unparse(node.func.value)
        if node.func.attr in SENDS and re.search(r"session|connection", asked):
            yield "ask"
        if node.func.attr in OPENS:
            yield OPENS[node.func.attr]
    elif isinstance(node, ast.Constant) and node.value in NAMES:
        yield "name"


def powers_of(path: Path) -> set[str]:
    return {power for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))) for power in _powers(node)}


POWERS = {path: powers_of(path) for path in MODULES}


def test_every_module_does_what_its_role_may() -> None:
    beyond = {
        f"{path}: {power}"
        for path, powers in POWERS.items()
        for power in powers - allowed(path) - MORE.get(str(path), {}).keys()
    }
    assert beyond == set()


def test_no_exception_outlives_its_need() -> None:
    needless = {
        f"{name}: {power}"
        for name, powers in MORE.items()
        for power in powers
        if power in allowed(Path(name)) or power not in POWERS.get(Path(name), set())
    }
    assert needless == set()


def test_the_exceptions_only_become_fewer() -> None:
    """A new one wants a better place for what it does; whoever takes one away lowers the number."""
    assert sum(len(powers) for powers in MORE.values()) == 27


def _imports(path: Path) -> Iterator[Path]:
    """What a module imports of its own domain, when it runs."""
    for node in ast.parse((ROOT / path).read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                target = Path(*name.split(".")).with_suffix(".py")
                if target.parent == path.parent and target in POWERS:
                    yield target


def test_no_role_stands_on_one_above_it() -> None:
    """``lint-imports`` holds this for the plain names; here for ``applicant_endpoints`` and ``group_schemas`` too."""
    upwards = {
        f"{path} → {target}"
        for path in MODULES
        if role_of(path)
        for target in _imports(path)
        if role_of(target) and FLOORS[role_of(target)] > FLOORS[role_of(path)]
    }
    assert upwards == set()


@pytest.mark.parametrize(
    "name", sorted(task.name for spec in SPECS for task in spec.tasks if not task.name.endswith(".pull_events"))
)
def test_a_task_is_named_in_one_place(name: str) -> None:
    said = re.compile(rf"[\"']{re.escape(name)}[\"']")
    assert sum(len(said.findall((ROOT / path).read_text("utf-8"))) for path in MODULES) == 1


def test_rows_have_names() -> None:
    """A NamedTuple (``shared.db.rows``), not a tuple that its reader unpacks by position."""
    nameless = {
        str(path)
        for path in MODULES
        for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy"
        if any(alias.name == "Row" for alias in node.names)
    }
    # A bundle's order chooses its columns.
    assert nameless == {f"services/certificates/bundles/{name}.py" for name in ("ordering", "repository")}


# SQL that is written as text spells codes, where a builder would ask the enum.
SPELLED: Mapping[str, Mapping[str, frozenset[Labelled]]] = {
    "services/training/classes/selection/moving.py": {
        "selecting": SelectionStatus.awaits_choice,
        "approved": RegistrationStatus.takes_a_seat,
    },
    "services/training/classes/selection/situation.py": {
        "published": ScoreSheetStatus.is_out,
        "scheduled": ClassSessionStatus.takes_place,
    },
}


@pytest.mark.parametrize(
    "path", [path for path, powers in POWERS.items() if "raw" in powers and "ask" in powers], ids=str
)
def test_written_sql_says_what_the_statuses_mean(path: Path) -> None:
    spelled = set(re.findall(r"status = '(\w+)'", (ROOT / path).read_text("utf-8")))
    meant = SPELLED.get(str(path), {})
    assert spelled == set(meant)
    assert {code: {each.value for each in statuses} for code, statuses in meant.items()} == {
        code: {code} for code in spelled
    }
