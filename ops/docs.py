"""Writes what can be read off the code: docs/workflows/*.md, docs/events.md, docs/declaration-form.md, docs/openapi.json, docs/api.html,
docs/settings.md, docs/requirements.md, the characters that the fonts of printing have (shared/glyphs), what the portal shows of the guides
(web/guides), and the tail of .env.example. ``--check`` writes nothing and fails when a document is not what the code says;
``--openapi PATH`` writes that document there, and nothing else.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from ops.api_page import api_page
from ops.catalogue import APPS
from ops.guides.made import guide_pages
from ops.guides.reading import BadGuide
from ops.guides.table import MADE
from ops.requirements import requirements_page
from ops.settings_reference import reference_pages
from services.certificates.rendering.fonts import code_points_of_the_fonts
from services.declaration.form.page import form_page
from shared.events.base import Event
from shared.events.subscriptions import SUBSCRIPTIONS, producer_of
from shared.glyphs import BUNDLED, written
from shared.workflow.definition import AnyWorkflow, Labelled, Transition, Workflow

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def workflows() -> Iterator[tuple[str, AnyWorkflow]]:
    """(module, workflow) of every ``workflow.py``, in order."""
    for path in sorted(ROOT.glob("services/*/**/workflow.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for value in vars(import_module(module)).values():
            if isinstance(value, Workflow):
                yield module, value


def _row(transition: Transition[Any, Any]) -> str:
    sources = "、".join(status.label for status in sorted(transition.sources))
    who = "、".join(f"`{permission}`" for permission in sorted(transition.by)) or "系统"
    guard = f"`{transition.guard.__name__}`" if transition.guard else ""
    then = f"`{transition.then}`" if transition.then else ""
    emits = f"`{transition.emits.__name__}`" if transition.emits else ""
    reason = "是" if transition.needs_reason else ""
    cells = (transition.action.label, sources, transition.target.label, who, guard, reason, then, emits)
    return "| " + " | ".join(cells) + " |"


def workflow_page(module: str, workflow: AnyWorkflow) -> str:
    """A diagram, the table, and the words for refusals."""
    names: dict[Labelled, str] = {status: status.value for status in workflow.statuses}
    arrows = [
        f"    {names[source]} --> {names[t.target]}: {t.action.label}"
        for t in workflow.transitions
        for source in sorted(t.sources)
    ]
    declared = [f"    {name}: {status.label}" for status, name in names.items()]
    hints = [f"- {action.label} · {status.label}：{words}" for (action, status), words in workflow.hints.items()]
    lines = [
        f"<!-- Made by `make write` from {module}: do not edit. -->",
        f"# {workflow.label}（`{workflow.name}`）",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {names[workflow.initial]}",
        *declared,
        *arrows,
        "```",
        "",
        "| 操作 | 从 | 到 | 谁 | 条件 | 须填理由 | 同时 | 事件 |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(transition) for transition in workflow.transitions),
    ]
    return "\n".join([*lines, *(["", "不允许时的说明：", "", *hints] if hints else [])]) + "\n"


def _event_section(event: type[Event]) -> list[str]:
    readers = "、".join(sorted(SUBSCRIPTIONS[event])) or "—"
    fields = [f"| `{name}` | `{_type_name(field.annotation)}` |" for name, field in event.model_fields.items()]
    text = " ".join((event.__doc__ or "").split())
    return [f"## `{event.type}`", "", text, "", f"Read by: {readers}", "", "| field | type |", "|---|---|", *fields, ""]


def _type_name(annotation: Any) -> str:
    return str(annotation).replace("typing.", "").replace("datetime.", "").removeprefix("<class '").removesuffix("'>")


def events_page() -> str:
    """Every event: who writes it, who reads it, what it carries."""
    lines = ["<!-- Made by `make write` from shared/events: do not edit. -->", "# Events", ""]
    for event in sorted(SUBSCRIPTIONS, key=lambda event: (producer_of(event), event.type)):
        lines += _event_section(event)
    return "\n".join(lines)


def openapi() -> dict[str, Any]:
    """One document of all five services; an operation id or a schema of one name has one meaning."""
    whole: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "职业健康信息平台", "version": "1"}, "paths": {}}
    found: dict[str, dict[str, Any]] = {"headers": {}, "responses": {}, "schemas": {}, "securitySchemes": {}}
    tags: dict[str, dict[str, str]] = {}
    for service, app in APPS.items():
        document = app.openapi()
        whole["servers"] = document["servers"]
        whole["paths"].update(document["paths"])
        tags.update({tag["name"]: tag for tag in document["tags"]})
        for kind, known in found.items():
            for name, meant in document["components"][kind].items():
                if known.setdefault(name, meant) != meant:
                    raise SystemExit(f"two {kind} are called {name}; one of them is in {service}")
    whole["tags"] = list(tags.values())
    whole["components"] = {kind: dict(sorted(known.items())) for kind, known in found.items()}
    return whole


def openapi_text() -> str:
    return json.dumps(openapi(), ensure_ascii=False, indent=1) + "\n"


def pages() -> Mapping[Path, str]:
    """Every generated document and what it should hold."""
    made = {DOCS / "workflows" / f"{workflow.name}.md": workflow_page(m, workflow) for m, workflow in workflows()}
    made[DOCS / "events.md"] = events_page()
    made[DOCS / "declaration-form.md"] = form_page()
    made[DOCS / "openapi.json"] = openapi_text()
    made[DOCS / "api.html"] = api_page(openapi())
    made[BUNDLED] = written(code_points_of_the_fonts())
    made[DOCS / "requirements.md"] = requirements_page(ROOT)
    return {**made, **guide_pages(), **reference_pages(ROOT)}


def main() -> int:
    if "--openapi" in sys.argv:
        Path(sys.argv[-1]).write_text(openapi_text(), "utf-8")
        return 0
    try:
        made = pages()
    except BadGuide as error:
        raise SystemExit(str(error)) from error
    stray = {*(DOCS / "workflows").glob("*.md"), *MADE.glob("*.json")} - set(made)
    stale = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in sys.argv:
        for path in (*stale, *stray):
            print(f"stale: {path.relative_to(ROOT)}")
        return 1 if stale or stray else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[path], "utf-8")
    for path in stray:
        os.unlink(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
