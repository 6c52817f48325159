"""What ``make write`` makes of the guides for the portal: one file for each guide, and one that says which guide explains which page and
where the old manual's chapters and questions are found."""

import csv
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ops.guides.reading import Section, read_sections
from ops.guides.table import FOLDER, GUIDES, INDEX, MADE, PICTURES, Guide

OLD = FOLDER / "old.csv"
# How a guide is printed is a part of what its file says.
_PAPER = (Path(__file__).with_name("paper.html"), Path(__file__).with_name("paper.css"))


@cache
def sections_of(guide: Guide) -> tuple[Section, ...]:
    """The sections of all its parts, in their order."""
    return tuple(section for part in guide.parts for section in read_sections(part))


def old_questions() -> list[dict[str, str]]:
    """Rows of ``old.csv``: ``source`` and ``number`` name the chapter or question, ``guide`` and ``section`` where it is answered."""
    with OLD.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def guide_pages() -> Mapping[Path, str]:
    """Each generated file and what it should hold. Raises ``BadGuide``."""
    made = {MADE / f"{guide.name}.json": _text(_content(guide)) for guide in GUIDES}
    return made | {MADE / f"{INDEX}.json": _text(_index())}


def _content(guide: Guide) -> dict[str, Any]:
    sections = [
        {"id": each.id, "title": each.title, "pages": list(each.pages), "blocks": list(each.blocks)}
        for each in sections_of(guide)
    ]
    content = {"name": guide.name, "title": guide.title, "summary": guide.summary, "sections": sections}
    return {**content, "pdf": f"guide-{guide.name}-{_digest(content)}.pdf"}


def _digest(content: dict[str, Any]) -> str:
    """A file that is kept for good has another name when it says something else."""
    digest = hashlib.sha256(_text(content).encode())
    names = {block["name"] for each in content["sections"] for block in each["blocks"] if block["kind"] == "picture"}
    for path in (*_PAPER, *(PICTURES / f"{name}.webp" for name in sorted(names))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _index() -> dict[str, Any]:
    guides = [
        {"name": guide.name, "title": guide.title, "summary": guide.summary, "by": sorted(guide.by)} for guide in GUIDES
    ]
    places: dict[str, list[dict[str, str]]] = {}
    for guide in GUIDES:
        for section in sections_of(guide):
            for page in section.pages:
                places.setdefault(page, []).append({"guide": guide.name, "section": section.id})
    return {"guides": guides, "places": dict(sorted(places.items())), "old": old_questions()}


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
