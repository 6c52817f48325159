"""How what was filled in gets into a record, and what of it the history remembers. Judges nothing: that is ``form.rules``."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.declaration.declarations.contents import PLAIN, ROWS
from services.declaration.declarations.models import Declaration, DeclaredClass, DeclaredFactor
from services.declaration.declarations.schemas import DeclarationCreate, DeclarationUpdate, HazardInput
from services.declaration.factors.catalogue import name_of
from services.declaration.factors.classes import HazardClass
from services.declaration.form.table import FIELDS, HAZARDS, LABELS, OF_TABLES, PHONE, words_for
from shared.crypto import mask_phone
from shared.wording import Word

_CLASSES: Final = {each.value: each.label for each in HazardClass}
# A record's own: it is not taken over into the next one.
OWN: Final = frozenset({"kind", "change_reason", "ended_on"})
HIDDEN: Final = "（涉密，不显示）"
_OWN_NAME = "："
# What comes from 注册信息.
BASICS: Final = ("employer_name", "credit_code", "region_code", "address", "legal_representative")


def change(declaration: Declaration, content: DeclarationCreate | DeclarationUpdate) -> None:
    """Takes over every field that was sent, and leaves the others; tables come whole."""
    sent = content.model_dump(mode="json", include=set(ROWS) & content.model_fields_set)
    for name in content.model_fields_set - {HAZARDS, *ROWS}:
        value = getattr(content, name)
        setattr(declaration, name, False if name == "confidential" and value is None else value)
    for name, rows in sent.items():
        setattr(declaration, name, rows or [])
    if HAZARDS in content.model_fields_set:
        _keep_hazards(declaration, content.hazards)


def begin_from(declaration: Declaration, last: Declaration) -> None:
    """Takes over what was last declared; kind, reason and end are a record's own. A factor of an older catalogue comes along: the rules
    then ask for another."""
    for name in (*PLAIN, PHONE, *ROWS):
        if name not in OWN:
            setattr(declaration, name, getattr(last, name))
    declaration.hazards = [
        DeclaredClass(
            class_code=hazard.class_code,
            position=hazard.position,
            exposed_count=hazard.exposed_count,
            factors=[
                DeclaredFactor(
                    factor_code=factor.factor_code, own_name=factor.own_name, exposed_count=factor.exposed_count
                )
                for factor in hazard.factors
            ],
        )
        for hazard in last.hazards
    ]


def snapshot(declaration: Declaration) -> dict[str, object]:
    """What the history keeps, JSON-ready; the phone masked (PLAT-05), secret products not at all."""
    phone = declaration.contact_phone
    products: object = HIDDEN if declaration.confidential and declaration.products else declaration.products
    ended = declaration.ended_on
    return {
        **{name: getattr(declaration, name) for name in (*PLAIN, *ROWS)},
        "ended_on": ended and ended.isoformat(),
        "products": products,
        PHONE: phone and mask_phone(phone),
        HAZARDS: [
            {
                "class_code": hazard.class_code.value,
                "exposed_count": hazard.exposed_count,
                "factors": {_key(factor): factor.exposed_count for factor in hazard.factors},
            }
            for hazard in declaration.hazards
        ],
    }


def comparable(declaration: Declaration) -> dict[str, object]:
    """The content for ``form.differences``: as the history keeps it, but hazards as the form has them."""
    hazards = [
        {
            "class_code": hazard.class_code.value,
            "exposed_count": hazard.exposed_count,
            "factors": [
                {"factor_code": each.factor_code, "own_name": each.own_name, "exposed_count": each.exposed_count}
                for each in hazard.factors
            ],
        }
        for hazard in declaration.hazards
    ]
    basics = {**{name: getattr(declaration, name) for name in BASICS}, "region_code": declaration.declared_for}
    return {**snapshot(declaration), **basics, HAZARDS: hazards}


def _key(factor: DeclaredFactor) -> str:
    return f"{factor.factor_code}{_OWN_NAME}{factor.own_name}" if factor.own_name else factor.factor_code


def words_of_the_form() -> dict[str, Word]:
    """For the history: every field by its label, and its values as people read them."""
    plain = {each.name: Word(each.label, _reader(each.name), whole=True) for each in FIELDS}
    tables = {name: Word(OF_TABLES[name].label, _row_reader(name)) for name in ROWS}
    asked_for = Word("需要修改的栏目", lambda path: LABELS.get(path.split(".")[0]))
    return {**plain, **tables, HAZARDS: Word(OF_TABLES[HAZARDS].label, hazard_in_words), "fields": asked_for}


def _reader(name: str) -> Any:
    return lambda value: words_for(name, value)


def _row_reader(table: str) -> Any:
    """One row, its columns one after the other."""
    columns = OF_TABLES[table].columns

    def read(row: Mapping[str, Any] | str) -> str | None:
        if isinstance(row, str):
            return row
        said = (column.kind.choices.get(str(row.get(column.name)), row.get(column.name)) for column in columns)
        return " ".join(str(each) for each in said if each is not None)

    return read


def hazard_in_words(kept: Mapping[str, Any]) -> str:
    """One hazard of a snapshot as people read it."""
    factors = "、".join(_factor_in_words(*each) for each in kept["factors"].items())
    return f"{_CLASSES[kept['class_code']]} {_people(kept['exposed_count'])}" + (f"（{factors}）" if factors else "")


def _factor_in_words(key: str, count: int | None) -> str:
    code, _, own_name = key.partition(_OWN_NAME)
    return f"{own_name or name_of(code)} {_people(count)}"


def _people(count: int | None) -> str:
    return "人数未填" if count is None else f"{count} 人"


def _keep_hazards(declaration: Declaration, hazards: Iterable[HazardInput] | None) -> None:
    present = {hazard.class_code: hazard for hazard in declaration.hazards}
    kept = []
    for position, given in enumerate(hazards or ()):
        hazard = present.get(given.class_code) or DeclaredClass(class_code=given.class_code, factors=[])
        hazard.position, hazard.exposed_count = position, given.exposed_count
        _keep_factors(hazard, given)
        kept.append(hazard)
    declaration.hazards = kept


def _keep_factors(hazard: DeclaredClass, given: HazardInput) -> None:
    present = {(factor.factor_code, factor.own_name): factor for factor in hazard.factors}
    kept = []
    # In the order in which they are read again, so that the paths of problems point to the same rows.
    for each in sorted(given.factors, key=lambda factor: factor.key):
        factor = present.get(each.key) or DeclaredFactor(factor_code=each.factor_code, own_name=each.own_name or "")
        factor.exposed_count = each.exposed_count
        kept.append(factor)
    hazard.factors = kept
