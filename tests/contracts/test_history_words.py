"""What a history names has a Chinese name, codes are read and ids are shown to nobody, in every kind of record (PLAT-04): a new field of a
change fails here until its record's ``words`` know it.
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest
from pydantic import BaseModel

from ops.up.servers import Servers
from services.auth.directory.organisations.schemas import OrganisationOpen
from services.certificates.patterns.schemas import NumberPatternCreate
from services.declaration.declarations.schemas import DeclarationCreate
from services.training.classes.class_sessions.schemas import ClassSessionCreate
from services.training.people.personnel.qualification_schemas import QualificationCreate
from services.training.people.personnel.schemas import StaffMemberCreate
from services.training.plans.schemas import PlanCreate
from shared.db.history import RecordType
from shared.services import Service
from shared.web.histories import COMMON_WORDS
from shared.wording import Word
from shared.workflow.definition import Workflow

pytestmark = pytest.mark.req("PLAT-04")
ROOT = Path(__file__).parents[2]
NOTES = {"note", "note_view", "note_views"}
AN_ID = "01a22829-3f2c-73a4-ab81-3598a155ade0"
# Whose changes are written field by field from what was sent: the whole of it has names. Phones stand in no history.
SENT: dict[str, tuple[type[BaseModel], ...]] = {
    "organisation": (OrganisationOpen,),
    "plan": (PlanCreate,),
    "class_session": (ClassSessionCreate,),
    "staff_member": (StaffMemberCreate, QualificationCreate),
    "declaration": (DeclarationCreate,),
    "number_pattern": (NumberPatternCreate,),
}


class Named(NamedTuple):
    """One field that the source spells out in a row of a history."""

    of: RecordType
    place: str
    name: str
    value: str


def modules() -> list[tuple[Path, ModuleType]]:
    """Every module of the services, all of them imported: words are filled by many."""
    paths = [path for path in (ROOT / "services").rglob("*.py") if "migrations" not in path.parts]
    return [(path, import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))) for path in paths]


def record_types(loaded: list[tuple[Path, ModuleType]]) -> dict[str, RecordType]:
    found = (each for _, module in loaded for each in vars(module).values() if isinstance(each, RecordType))
    return {each.name: each for each in found}


def named(loaded: list[tuple[Path, ModuleType]]) -> Iterator[Named]:
    for path, module in loaded:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in NOTES:
                of = getattr(module, ast.unparse(call.func.value), None)
                if isinstance(of, RecordType):
                    yield from _fields(of, f"{path.relative_to(ROOT)}:{call.lineno}", call)


def done(path: Path, module: ModuleType) -> Iterator[tuple[RecordType, str]]:
    """What the module writes down as done, of what: said where it is noted, or handed to a function that notes it."""
    tree = ast.parse(path.read_text("utf-8"))
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    handing = {each.name: each for each in ast.walk(tree) if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))}
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in NOTES and len(call.args) > 2:
            of = getattr(module, ast.unparse(call.func.value), None)
            if isinstance(of, RecordType):
                yield from ((of, each) for each in _said(call.args[2], call, calls, handing))


def _said(
    action: ast.expr, noted: ast.Call, calls: list[ast.Call], handing: dict[str, ast.FunctionDef | ast.AsyncFunctionDef]
) -> Iterator[str]:
    if isinstance(action, ast.Constant):
        yield str(action.value)
    for name, function in handing.items():
        names = [each.arg for each in function.args.args]
        if isinstance(action, ast.Name) and action.id in names and noted in ast.walk(function):
            place = names.index(action.id)
            for call in calls:
                if ast.unparse(call.func) == name and len(call.args) > place:
                    yield from (str(given.value) for given in [call.args[place]] if isinstance(given, ast.Constant))


def _fields(of: RecordType, place: str, call: ast.Call) -> Iterator[Named]:
    for given in call.keywords:
        if given.arg in {"before", "after"} and isinstance(given.value, ast.Dict):
            for key, value in zip(given.value.keys, given.value.values, strict=True):
                if isinstance(key, ast.Constant):
                    yield Named(of, place, str(key.value), ast.unparse(value))


def word_of(of: RecordType, name: str) -> Word | None:
    return of.words.get(name) or COMMON_WORDS.get(name) or (None if name.isascii() else Word(name))


@pytest.mark.parametrize("service", list(Service))
def test_every_record_can_be_found_in_the_audit(service: Service, platform: Servers) -> None:
    """With what is done with it in Chinese (AUTH-31)."""
    kept = {each.of.name: each for each in import_module(f"services.{service}.records").RECORDS}
    own = [(path, module) for path, module in modules() if path.relative_to(ROOT).parts[1] == service]
    noted = {
        name
        for path, module in own
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {*NOTES, "note_shown"}
        if isinstance(of := getattr(module, ast.unparse(call.func.value), None), RecordType)
        for name in [of.name]
    }
    assert noted <= kept.keys()
    assert {
        f"{of.name}: {each}" for place in own for of, each in done(*place) if each not in kept[of.name].words
    } == set()
    assert all(not each.title.isascii() and each.title != "其他记录" for each in kept.values())
    assert all(not word.isascii() for each in kept.values() for word in each.words.values())


def test_every_field_has_a_name(platform: Servers) -> None:
    found = list(named(modules()))
    assert len(found) > 40
    assert {
        f"{each.place} {each.of.name}.{each.name}" for each in found if word_of(each.of, each.name) is None
    } == set()


def test_codes_are_read_and_ids_are_shown_to_nobody(platform: Servers) -> None:
    for each in named(modules()):
        word = word_of(each.of, each.name)
        assert word is not None
        told = f"{each.place} {each.of.name}.{each.name}"
        if each.value.endswith(".value"):
            assert word.read is not None, told
        if each.name.endswith(("_id", "_ids")):
            assert word.of([AN_ID] if each.name.endswith("_ids") else AN_ID) in {None, "1 份", "1 项", "1 人"}, told


def test_what_an_action_brings_has_names(platform: Servers) -> None:
    unnamed = {
        f"{each.name}.{field}"
        for each in record_types(modules()).values()
        if isinstance(each, Workflow)
        for body in {row.body for row in each.transitions}
        for field, info in body.model_fields.items()
        if field != "reason" and not info.exclude and word_of(each, field) is None
    }
    assert unnamed == set()


def test_what_is_sent_has_names(platform: Servers) -> None:
    known = record_types(modules())
    hidden = {"phone", "contact_phone"}
    unnamed = {
        f"{name}.{field}"
        for name, schemas in SENT.items()
        for schema in schemas
        for field in schema.model_fields
        if field not in hidden and word_of(known[name], field) is None
    }
    assert unnamed == set()


@pytest.mark.parametrize("service", list(Service))
def test_no_word_is_english(service: Service, platform: Servers) -> None:
    for name, of in record_types(modules()).items():
        assert all(not word.label.isascii() for word in of.words.values()), name
