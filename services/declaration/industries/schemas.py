"""An entry of 行业分类, as the drop-downs show it and as a sheet brings it."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from shared.fields import CleanText
from shared.identifiers import bare

_SHAPE = re.compile("[A-T]([0-9]{2,4})?")


class IndustryRead(BaseModel):
    """An entry of 行业分类 (GB/T 4754); one without ``has_children`` is chosen as it is."""

    code: str
    name: str
    pinyin: str
    parent: str
    has_children: bool


def _code(code: str) -> str:
    code = bare(code).upper()
    if not _SHAPE.fullmatch(code):
        raise PydanticCustomError(
            "industry_code", "应为门类字母加数字：门类 A、大类 A01、中类 A011、小类 A0111（GB/T 4754）"
        )
    return code


class IndustryRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, AfterValidator(_code)]
    name: Annotated[str, CleanText(100)]


def parent_of(code: str) -> str:
    """What a code lies in: "" for a 门类, the letter for a 大类, one digit less for the others."""
    return code[:1] if len(code) == 3 else code[:-1]
