"""Stored values as people read them (PLAT-03, PLAT-04)."""

from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from shared.wording import CodeOf, Word, files, in_words, lines, words_of
from shared.workflow.definition import Labelled


class Colour(Labelled):
    RED = "red", "红"
    BLUE = "blue", "蓝"


class Row(BaseModel):
    name: str = Field(description="名称")
    colour: Colour | None = Field(default=None, description="颜色")


class Body(BaseModel):
    colour: Colour = Field(description="颜色，可不选")
    colours: list[Colour] = Field(description="各种颜色（多选）")
    title: Annotated[str, CodeOf("professional_titles")] | None = Field(description="职称")
    day: date = Field(description="日期")
    silent: int = 0


WORDS = words_of(Body, silent=Word("不声不响"))
pytestmark = pytest.mark.req("PLAT-04")


@pytest.mark.parametrize(
    ("field", "value", "label", "words"),
    [
        ("colour", "red", "颜色", "红"),
        ("colours", ["red", "blue"], "各种颜色", "红、蓝"),
        ("colours", [], "各种颜色", None),
        ("colour", "mauve", "颜色", "mauve"),
        ("day", "2026-03-01", "日期", "2026-03-01"),
        ("silent", 0, "不声不响", "0"),
    ],
)
def test_of_a_field(field: str, value: Any, label: str, words: str | None) -> None:
    assert (WORDS[field].label, WORDS[field].of(value)) == (label, words)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, None),
        ("", None),
        (True, "是"),
        (False, "否"),
        (0, "0"),
        ("2026-03-01T16:30:00+00:00", "2026-03-02 00:30"),
        ("2026-03-01 09:00 开会", "2026-03-01 09:00 开会"),
        ("skin", "职业性皮肤病"),
        ({"skin": 20, "eye": None}, "职业性皮肤病：20；职业性眼病"),
        ([["skin"], ["eye", "other"]], "职业性皮肤病、职业性眼病、other"),
    ],
)
def test_of_a_value(value: Any, words: str | None) -> None:
    assert in_words(value, names={"skin": "职业性皮肤病", "eye": "职业性眼病"}) == words


def test_rows_and_uploads() -> None:
    assert lines("仪器", Row).of([{"name": "肺功能仪", "colour": "red"}, {"name": "听力计"}]) == "肺功能仪，红、听力计"
    assert (files("附件").of(["a", "b"]), files("附件").of([])) == ("2 份", None)
