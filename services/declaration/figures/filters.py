"""What figures are asked for by, and the list of the units behind them: the same filters, so that a number and its list agree."""

from pydantic import Field

from shared.days import Day
from shared.db.paging import Filter
from shared.workflow.definition import Labelled


class Dimension(Labelled):
    """By what the figures are told apart."""

    REGION = "region", "地区"
    INDUSTRY = "industry", "行业"
    FACTOR = "factor", "危害因素"
    SIZE = "size", "企业规模"
    YEAR = "year", "年度"


class FigureFilter(Filter):
    """``region_code`` is a prefix: 32 the province, 3201 a city, 320102 a county; of the caller's region without. ``industry`` is a 门类 or
    大类, ``factor`` a class or one factor of the catalogue."""

    day: Day | None = Field(default=None, description="截至哪一天，不晚于今天；不填为今天")
    region_code: str = Field(
        default="", pattern=r"^(\d{2}|\d{4}|\d{6})?$", max_length=6, description="行政区划代码的前几位"
    )
    industry: str = Field(default="", pattern=r"^([A-T]([0-9]{2})?)?$", max_length=3, description="行业门类或大类代码")
    size: str = Field(default="", max_length=4, description="企业规模代码")
    factor: str = Field(default="", max_length=10, description="危害因素类别或具体因素的代码")


class FigureQuery(FigureFilter):
    """What is asked for, and by what it is told apart."""

    dimension: Dimension = Field(default=Dimension.REGION, description="按什么分组")


class FigureUnitFilter(FigureFilter):
    """Narrowed by industry, size or factor it holds units with a declaration alone."""

    declared: bool | None = Field(default=None, description="有已审核且未注销的申报")
    tested: bool | None = Field(default=None, description="本年度检测情况为“检测”")
    over: bool | None = Field(default=None, description="有超标点；选了危害因素的，为该因素有超标点")
    employer_name: str = Field(default="", max_length=100, description="单位名称的任一部分或拼音首字母")
