"""All that a workflow module states, as text: what its statuses are called, which colour they have and what they mean, its table and
whatever else stands there as a constant. People review it as a snapshot: a word, a colour or a row changes nowhere unseen.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import timedelta
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from shared.db.history import RecordType
from shared.workflow.definition import ActionBody, Labelled, Transition, Workflow
from shared.workflow.facts import Fact
from shared.workflow.meaning import meaning

ROOT = Path(__file__).resolve().parents[2]
SHEETS = Path(__file__).parent / "snapshots" / "sheets"
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for name in ("workflow.py", "guards.py")
    for path in (ROOT / "services").rglob(name)
)


def path_of(module: str) -> Path:
    return SHEETS / f"{module.removeprefix('services.')}.txt"


def sheet(name: str) -> str:
    module = import_module(name)
    return "\n".join(line for each in _names(module) for line in _stated(each, vars(module)[each])) + "\n"


def _names(module: ModuleType) -> Iterator[str]:
    """What is made here, in the order of the file."""
    for node in ast.parse(Path(module.__file__ or "").read_text("utf-8")).body:
        match node:
            case ast.ClassDef(name) | ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(target=ast.Name(name)):
                yield name


def _stated(name: str, value: object) -> Iterator[str]:
    if isinstance(value, type):
        yield from (_enum(value) if issubclass(value, Labelled) else ())
    elif isinstance(value, Workflow):
        yield from ("", f"{name}: {value.label} ({value.name}), begins as {value.initial}", *_table(value))
    elif isinstance(value, Mapping):
        yield from (f"{name}:", *(f"  {said(key)} → {said(each)}" for key, each in value.items()))
    else:
        yield f"{name} = {said(value)}"


def _enum(enum: type[Labelled]) -> Iterator[str]:
    yield f"{enum.__name__}:"
    yield from (f"  {each} {each.label}{f' {each.colour}' if each.coloured else ''}" for each in enum)
    for name, found in vars(enum).items():
        if isinstance(found, meaning):
            yield f"  {name}: {said(getattr(enum, name))}"


_LEFT_OUT: Sequence[object] = (frozenset(), None, False, ActionBody)


def _table(workflow: Workflow[Any, Any]) -> Iterator[str]:
    yield from (f"  {_row(row)}" for row in workflow.transitions)
    for kind in ("hints", "consequences", "suggestions"):
        yield from (f"  {kind}: {said(key)} → {said(value)}" for key, value in getattr(workflow, kind).items())
    yield f"  asks {said(workflow.asks)}; before a deletion {workflow.deletion}"


def _row(row: Transition[Any, Any]) -> str:
    """Without what a row leaves out."""
    given = {name: getattr(row, name) for name in ("by", "guard", "needs_reason", "then", "emits", "body")}
    told = "".join(f"; {name} {said(value)}" for name, value in given.items() if value not in _LEFT_OUT)
    return f"{row.action}: {said(row.sources)} → {row.target}{told}"


def _of_record(value: Any) -> str:
    told = ", ".join(f"{each.name} {said(getattr(value, each.name))}" for each in fields(value))
    return f"{type(value).__name__}({told})"


_SAID: Mapping[type | tuple[type, ...], Callable[[Any], str]] = {
    Enum: str,
    (str, int, type(None)): repr,
    timedelta: str,
    Mapping: lambda value: "{" + "; ".join(f"{said(key)}: {said(each)}" for key, each in value.items()) + "}",
    (set, frozenset): lambda value: "{" + ", ".join(sorted(map(said, value))) + "}",
    (tuple, list): lambda value: "(" + ", ".join(map(said, value)) + ")",
    (Fact, RecordType): lambda value: str(value.name),  # words come to a history from whatever else is loaded
}


def said(value: object) -> str:
    for kind, how in _SAID.items():
        if isinstance(value, kind):
            return how(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _of_record(value)
    return str(getattr(value, "__name__", type(value).__name__))
