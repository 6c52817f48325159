"""The shipped code tables, read once per process: rows by code, search by name and pinyin initials, labels.
The region tree stands beside in ``regions``; tables that the law updates are versioned by the services that use them.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from shared.reference.pinyin import folded

DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Row:
    """One entry. ``pinyin`` are upper-case initials; ``fields`` holds every column of the table as text."""

    code: str
    name: str
    pinyin: str
    parent: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class _Source:
    file: str
    only: tuple[str, str] | None = None
    code: str = "code"
    name: str = "name"
    parent: str = "parent"


SOURCES: Final[Mapping[str, _Source]] = MappingProxyType(
    {
        "hazard_factors": _Source("hazard_factors", parent="class"),
        "hazard_catalogues": _Source("hazard_catalogues", code="edition"),
        "industries": _Source("industries", parent="parent_code"),
        "ethnic_groups": _Source("ethnic_groups"),
        "education_levels": _Source("education_levels"),
        "degrees": _Source("degrees"),
        "professional_titles": _Source("professional_titles"),
        "professional_title_levels": _Source("professional_title_levels"),
        "enterprise_sizes": _Source("enterprise_sizes"),
        "economic_types": _Source("economic_types", only=("scheme", "GB/T 12402-2000")),
        "registration_types": _Source("economic_types", only=("scheme", "登记注册类型(国统字〔2011〕86号)")),
        "physician_qualification_levels": _Source("physician_licences", only=("kind", "医师资格级别")),
        "physician_qualification_classes": _Source("physician_licences", only=("kind", "医师资格类别")),
        "physician_practice_classes": _Source("physician_licences", only=("kind", "医师执业类别")),
        "clinical_practice_scopes": _Source("physician_licences", only=("kind", "临床类别执业范围")),
        "public_health_practice_scopes": _Source("physician_licences", only=("kind", "公共卫生类别执业范围")),
        "departments": _Source("departments"),
        "duties": _Source("duties"),
        "declaration_fields": _Source("declaration_fields", code="key", name="label", parent="section"),
    }
)


def read_csv(name: str) -> list[dict[str, str]]:
    """The lines of one shipped file, as they stand."""
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def table(name: str) -> tuple[Row, ...]:
    """A table of ``SOURCES`` in its own order; raises KeyError for any other name."""
    source = SOURCES[name]
    return tuple(
        Row(
            code=line[source.code],
            name=line[source.name],
            pinyin=line.get("pinyin", ""),
            parent=line.get(source.parent, ""),
            fields=MappingProxyType(line),
        )
        for line in read_csv(source.file)
        if source.only is None or line[source.only[0]] == source.only[1]
    )


@cache
def _by_code(name: str) -> Mapping[str, Row]:
    return MappingProxyType({row.code: row for row in table(name)})


def row(name: str, code: str) -> Row | None:
    """The entry with that code; None when there is none."""
    return _by_code(name).get(code)


def label(name: str, code: str) -> str:
    """What a code is called; an unknown code is its own label, so that old records can still be shown."""
    found = row(name, code)
    return found.name if found else code


def find(name: str, query: str) -> tuple[Row, ...]:
    """Entries whose name, initials or code contain the query (TRN-22); all of them for a blank query."""
    wanted = folded(query)
    return tuple(
        entry
        for entry in table(name)
        if wanted in folded(entry.name) or wanted in entry.pinyin.lower() or folded(entry.code).startswith(wanted)
    )


@cache
def _enums() -> Mapping[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for line in sorted(read_csv("seed_enums"), key=lambda line: int(line["seq"])):
        values[line["enum"]] = (*values.get(line["enum"], ()), line["value"])
    return MappingProxyType(values)


def enum_values(name: str) -> tuple[str, ...]:
    """The labels of an enumeration in the order of the sources, e.g. 培训专业类别 (TRN-45); raises KeyError."""
    return _enums()[name]
