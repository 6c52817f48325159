"""What differs between two declarations, field by field with its label: never of text (BEY-04, FAQ-D4). Rows are told apart by what they
are of (a class, a factor, a product), not by where they stand.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from services.declaration.factors.catalogue import name_of
from services.declaration.factors.classes import CLASSES
from services.declaration.form.choices import ITEMS
from services.declaration.form.table import BASICS as BASICS_OF_FORM
from services.declaration.form.table import FIELDS, LABELS, OF_TABLES, TITLES, part_of, words_for
from shared.reference.regions import region


class Difference(BaseModel):
    """One field: what it held and holds, in words; ``what`` is added, removed or changed."""

    section: str
    section_label: str
    field: str
    label: str
    what: str
    before: str | None
    after: str | None


BASICS = {
    "employer_name": "单位名称",
    "credit_code": "统一社会信用代码",
    "region_code": "所属地区",
    "address": "单位注册地址",
    "legal_representative": "法定代表人（主要负责人）",
}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Between two contents, in the order of the form; what is the same on both sides is left out."""
    old, new = dict(_lines(before)), dict(_lines(after))
    paths = [*new, *(path for path in old if path not in new)]
    order = {key: at for at, key in enumerate(TITLES)}
    found = [_difference(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)]
    return sorted(found, key=lambda each: order[each.section])


def _difference(path: str, old: tuple[str, str] | None, new: tuple[str, str] | None) -> Difference:
    section = BASICS_OF_FORM.key if path in BASICS else part_of(path)
    label = (new or old or ("", ""))[0]
    what = "added" if old is None else "removed" if new is None else "changed"
    return Difference(
        section=section,
        section_label=TITLES[section],
        field=path,
        label=label,
        what=what,
        before=old and old[1],
        after=new and new[1],
    )


def _lines(content: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, label in BASICS.items():
        if value := content.get(name):
            yield name, (label, _place(str(value)) if name == "region_code" else str(value))
    for field in FIELDS:
        words = words_for(field.name, content.get(field.name))
        if words is not None and (content.get(field.name) is not False or field.kind.name != "switch"):
            yield field.name, (field.label, words)
    yield from _sites(content)
    yield from _products(content)
    yield from _hazards(content)
    yield from _counts(content, "tests", ("measured", "over"))
    yield from _counts(content, "exams", ("due", "done"))


def _place(code: str) -> str:
    known = region(code)
    return known.full_name if known else code


def _sites(content: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    for row in content.get("sites") or ():
        address, name = row.get("address") or "", row.get("name")
        yield f"sites.{address}", (LABELS["sites"], f"{address}（{name}）" if name else address)


def _products(content: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    rows = content.get("products") or ()
    for row in () if isinstance(rows, str) else rows:
        name = row.get("product") or ""
        said = " ".join(str(each) for each in (row.get("output"), row.get("unit")) if each not in (None, ""))
        yield f"products.{name}", (f"产品“{name}”", said or name)


def _hazards(content: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    for row in content.get("hazards") or ():
        code = CLASSES[row["class_code"]]
        yield f"hazards.{code}", (f"{code.label}接触总人数", _people(row.get("exposed_count")))
        for factor in row.get("factors") or ():
            own = factor.get("own_name") or ""
            name = own or name_of(factor["factor_code"])
            path = f"hazards.{code}.{factor['factor_code']}" + (f".{own}" if own else "")
            yield path, (f"{code.label}：{name}", _people(factor.get("exposed_count"), "有"))


def _people(count: int | None, blank: str = "未填") -> str:
    return blank if count is None else f"{count} 人"


def _counts(content: Mapping[str, Any], table: str, columns: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, str]]]:
    labels = {each.name: each.label for each in OF_TABLES[table].columns}
    for row in content.get(table) or ():
        item = ITEMS[str(row["item"])]
        for column in columns:
            if row.get(column) is not None:
                yield f"{table}.{item}.{column}", (f"{item.label}{labels[column]}", str(row[column]))
