"""Which of the factors that were chosen for a class cannot stand there, each by itself, so that all of them are told at once (FAQ-D11)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from services.declaration.factors.catalogue import current, name_of
from services.declaration.factors.classes import HazardClass


class Chosen(Protocol):
    """One row: a code of the catalogue, and a name of its own where the catalogue lacks it."""

    @property
    def factor_code(self) -> str: ...

    @property
    def own_name(self) -> str | None: ...


@dataclass(frozen=True)
class Misfit:
    """``at`` is its place among the rows, ``field`` the column to put right."""

    at: int
    field: str
    code: str
    words: str


def misfits(class_code: HazardClass, rows: Iterable[Chosen]) -> Iterator[Misfit]:
    """In the order of the rows. A code of an older edition fits, so that a draft can be kept; the rules of the form ask for another."""
    seen: set[tuple[str, str]] = set()
    for at, row in enumerate(rows):
        key = row.factor_code, row.own_name or ""
        if key in seen:
            yield Misfit(at, "factor_code", "repeated", f"“{_shown(row)}”重复，请删除重复的一行")
        elif wrong := _wrong(row, class_code):
            yield Misfit(at, *wrong)
        seen.add(key)


def _shown(row: Chosen) -> str:
    name = name_of(row.factor_code)
    return f"{name}（{row.own_name}）" if row.own_name else name


def _wrong(row: Chosen, class_code: HazardClass) -> tuple[str, str, str] | None:
    entry = current().get(row.factor_code)
    if entry is None:
        if name_of(row.factor_code) != row.factor_code:
            return None
        return "factor_code", "factor_unknown", f"目录中没有代码为“{_shown(row)}”的危害因素，请从目录中选择"
    if entry.class_code is not class_code:
        words = f"“{_shown(row)}”不是{class_code.label}的危害因素，请从目录中选择"
        return "factor_code", "factor_of_another_class", words
    if row.own_name and not entry.unlisted:
        words = f"“{_shown(row)}”是目录中的因素，不另填名称；目录中没有的请选“其他”一项"
        return "own_name", "own_name_not_wanted", words
    return None
