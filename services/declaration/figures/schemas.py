"""Figures over the wire (STAFF-12): each with the way to the units that it counts, and a row with the way to what it is made of."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from services.declaration.figures.filters import Dimension
from services.declaration.form.choices import DeclarationKind
from shared.web.answers import Read

Filters = dict[str, str]


class DeclarationMeasure(Read):
    """One column: ``words`` say how its number is read."""

    key: str
    label: str
    unit: str = Field(description="计量单位")
    words: str = Field(description="数字的含义")


class DeclarationFigure(BaseModel):
    """``count`` is None where it is not known of such a row, or the share of nothing. ``filters`` are the query parameters with which the
    list at ``link`` holds exactly the units that are counted; None where no units are."""

    key: str
    label: str
    count: int | float | None = Field(description="数字；比率为百分数")
    link: str = Field(description="门户页面路径")
    filters: Filters | None = Field(description="该页面列表的查询参数")


class DeclarationFigureRow(BaseModel):
    """``below`` is what these figures are asked for to see the parts of the row; None where it has none."""

    key: str
    label: str
    below: Filters | None = Field(description="查看其组成部分的查询参数，没有则为空")
    figures: list[DeclarationFigure]


class DeclarationFigures(BaseModel):
    """``made_at`` is up to when changes are counted; ``complete`` is False while earlier declarations are being counted for the first
    time. ``above`` leads back up, as ``below`` of a row leads down."""

    day: date = Field(description="截至哪一天")
    made_at: datetime
    complete: bool = Field(description="以前的申报是否已全部计入")
    region_code: str
    region_label: str
    dimension: Dimension = Field(description="按什么分组")
    above: Filters | None = Field(description="返回上一级的查询参数，没有则为空")
    notes: list[str] = Field(description="阅读这些数字时须知")
    measures: list[DeclarationMeasure] = Field(description="各栏的含义")
    rows: list[DeclarationFigureRow]
    total: DeclarationFigureRow


class DeclarationFigureUnit(Read):
    """A registered unit with the declaration that was valid on the day; without one the rest is None. ``path`` opens the record; None where
    it was declared to another county, whose it is."""

    id: str
    employer_name: str
    credit_code: str
    region_code: str
    region_label: str
    declared: bool = Field(description="有已审核且未注销的申报")
    kind: DeclarationKind | None
    declared_on: date | None
    industry_label: str | None = Field(description="行业")
    size_label: str | None = Field(description="企业规模")
    exposed: int | None = Field(description="接害总人数（含外委）")
    measured: int | None = Field(description="检测点数")
    exceeded: int | None = Field(description="超标点数")
    exam_due: int | None = Field(description="应检人次")
    exam_done: int | None = Field(description="实检人次")
    path: str | None = Field(description="门户页面路径，没有则为空")
