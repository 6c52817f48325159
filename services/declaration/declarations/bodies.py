"""What the employer sends of a declaration: any part of the form, complete or not, made of the form's own table. What cannot be a value of
a field is refused here, with a code and in Chinese (PLAT-01); whether the whole agrees is asked by ``form.rules``.
"""

from collections import Counter
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, create_model, field_validator, model_validator
from pydantic_core import PydanticCustomError

from services.declaration.factors.catalogue import current, name_of
from services.declaration.factors.classes import HazardClass
from services.declaration.form.choices import DeclarationKind
from services.declaration.form.table import FIELDS, MOST_PEOPLE, OF_TABLES
from shared.fields import CleanText, Copied
from shared.web.drafts import Draft
from shared.web.form_tables import Blank, Shape, having


def _open(fields: Any) -> Shape:
    """Each may be left out, and a blank is nothing."""
    return {
        each.name: (Annotated[each.kind.type | None, Blank, Field(description=each.label)], None) for each in fields
    }


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _row(table: str, name: str, key: str = "") -> type[_Row]:
    """One row of that table; ``key`` is what it cannot be without."""
    shape = _open(OF_TABLES[table].columns)
    if key:
        own = next(each for each in OF_TABLES[table].columns if each.name == key)
        shape[key] = (Annotated[own.kind.type, Field(description=own.label)], ...)
    return create_model(name, __base__=_Row, __module__=__name__, **shape)


SiteInput = _row("sites", "SiteInput")
ProductInput = _row("products", "ProductInput")
TestInput = _row("tests", "TestInput", "item")
ExamInput = _row("exams", "ExamInput", "item")
_Count = Annotated[int, Field(ge=0, le=MOST_PEOPLE)]


def _no_repeats(codes: list[str], what: str) -> None:
    repeated = [code for code, times in Counter(codes).items() if times > 1]
    if repeated:
        raise PydanticCustomError("repeated", "{what}重复：{codes}", {"what": what, "codes": "、".join(repeated)})


class FactorInput(_Row):
    """A factor of the catalogue and the persons who meet it; with ``own_name`` one that the catalogue lacks."""

    factor_code: Annotated[str, CleanText(10), Copied(10)]
    own_name: Annotated[Annotated[str, CleanText(100)] | None, Blank, Field(description="因素名称")] = None
    exposed_count: _Count | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.factor_code, self.own_name or ""


class HazardInput(_Row):
    """A hazard class that the employer has (DECL-06); ``exposed_count`` is its 接触总人数."""

    class_code: HazardClass
    exposed_count: _Count | None = None
    factors: list[FactorInput] = Field(default_factory=list, max_length=500)

    @model_validator(mode="after")
    def _factors_of_this_class(self) -> Self:
        _no_repeats([_shown(each) for each in self.factors], f"{self.class_code.label}的具体因素")
        for factor in self.factors:
            _check_factor(factor, self.class_code)
        return self


def _shown(factor: FactorInput) -> str:
    name = name_of(factor.factor_code)
    return f"{name}（{factor.own_name}）" if factor.own_name else name


def _check_factor(factor: FactorInput, class_code: HazardClass) -> None:
    """Raises PydanticCustomError. A code of an older edition passes, so that a draft can be kept; the rules ask for another."""
    entry = current().get(factor.factor_code)
    context = {"code": _shown(factor), "name": class_code.label}
    if entry is None:
        if name_of(factor.factor_code) == factor.factor_code:
            raise PydanticCustomError("factor_unknown", "目录中没有代码为“{code}”的危害因素，请从目录中选择", context)
        return
    if entry.class_code is not class_code:
        raise PydanticCustomError("factor_of_another_class", "“{code}”不是{name}的危害因素，请从目录中选择", context)
    if factor.own_name and not entry.unlisted:
        message = "“{code}”是目录中的因素，不另填名称；目录中没有的请选“其他”一项"
        raise PydanticCustomError("own_name_not_wanted", message, context)


class _Tables(BaseModel):
    """Each comes whole."""

    model_config = ConfigDict(extra="forbid")

    hazards: list[HazardInput] = Field(default_factory=list, max_length=len(HazardClass), description="危害因素种类")
    sites: list[SiteInput] = Field(default_factory=list, max_length=50, description="作业场所")  # type: ignore[valid-type]
    products: list[ProductInput] = Field(default_factory=list, max_length=100, description="主要产品")  # type: ignore[valid-type]
    tests: list[TestInput] = Field(default_factory=list, max_length=20, description="检测点数")  # type: ignore[valid-type]
    exams: list[ExamInput] = Field(default_factory=list, max_length=20, description="检查人数")  # type: ignore[valid-type]

    @field_validator("hazards")
    @classmethod
    def _each_class_once(cls, hazards: list[HazardInput]) -> list[HazardInput]:
        _no_repeats([hazard.class_code.label for hazard in hazards], "危害因素种类")
        return hazards

    @field_validator("tests", "exams")
    @classmethod
    def _each_item_once(cls, rows: list[Any]) -> list[Any]:
        _no_repeats([row.item.label for row in rows], "项目")
        return rows


_PLAIN = _open(each for each in FIELDS if each.name != "kind")


@having(_PLAIN)
class DeclarationCreate(_Tables):
    """A new record, as far as it is filled in."""

    kind: DeclarationKind = Field(description="申报类型")


@having(_PLAIN)
class DeclarationUpdate(_Tables):
    """Fields that are left out stay as they are; null empties one, and a table comes whole."""

    kind: DeclarationKind = Field(default=DeclarationKind.INITIAL, description="申报类型")


@having(_PLAIN)
class DeclarationDraft(Draft):
    """What is being typed, for the check; nothing of it is kept."""

    kind: DeclarationKind | None = None
    hazards: Annotated[list[HazardInput], Field(max_length=len(HazardClass))] | None = None
    sites: Annotated[list[SiteInput], Field(max_length=50)] | None = None  # type: ignore[valid-type]
    products: Annotated[list[ProductInput], Field(max_length=100)] | None = None  # type: ignore[valid-type]
    tests: Annotated[list[TestInput], Field(max_length=20)] | None = None  # type: ignore[valid-type]
    exams: Annotated[list[ExamInput], Field(max_length=20)] | None = None  # type: ignore[valid-type]
