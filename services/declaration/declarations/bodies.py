"""What the employer sends of a declaration: any part of the form, complete or not, made of the form's own table. What cannot be a value of
a field is refused here, with a code and in Chinese (PLAT-01); whether the whole agrees is asked by ``form.rules``.
"""

from collections import Counter
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from services.declaration.factors.classes import HazardClass
from services.declaration.factors.misfits import misfits
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


class HazardTyped(_Row):
    """A hazard class as it is typed; whether its factors can stand there is asked by ``misfits``."""

    class_code: HazardClass
    exposed_count: _Count | None = None
    factors: list[FactorInput] = Field(default_factory=list, max_length=500)


class HazardInput(HazardTyped):
    """A hazard class that the employer has (DECL-06); ``exposed_count`` is its 接触总人数."""

    @model_validator(mode="after")
    def _factors_of_this_class(self) -> Self:
        wrong = [
            InitErrorDetails(
                type=PydanticCustomError(each.code, "{words}", {"words": each.words}),
                loc=("factors", each.at, each.field),
                input=self.factors[each.at].factor_code,
            )
            for each in misfits(self.class_code, self.factors)
        ]
        if wrong:
            # Every one of them, each at its place: pydantic takes the errors of an error over.
            raise ValidationError.from_exception_data(type(self).__name__, wrong)
        return self


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
    hazards: Annotated[list[HazardTyped], Field(max_length=len(HazardClass))] | None = None
    sites: Annotated[list[SiteInput], Field(max_length=50)] | None = None  # type: ignore[valid-type]
    products: Annotated[list[ProductInput], Field(max_length=100)] | None = None  # type: ignore[valid-type]
    tests: Annotated[list[TestInput], Field(max_length=20)] | None = None  # type: ignore[valid-type]
    exams: Annotated[list[ExamInput], Field(max_length=20)] | None = None  # type: ignore[valid-type]
