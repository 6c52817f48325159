"""What is said of a group's sheet over the wire (BEY-17)."""

from uuid import UUID

from pydantic import BaseModel, Field

from shared.web.answers import Read
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled


class RowOutcome(Labelled):
    """What becomes, or has become, of one branch of the sheet."""

    READY = "ready", "可以保存", Colour.GOOD
    SAME = "same", "没有变化", Colour.QUIET
    CONFLICT = "conflict", "下载模板后已被修改", Colour.WAITING
    WRONG = "wrong", "有误", Colour.REFUSED
    SAVED = "saved", "已保存", Colour.GOOD


class GroupSheetCell(BaseModel):
    """One bad cell; ``row`` is Excel's number. One that ``blocks`` cannot be kept; the others are to be put right before submission."""

    page: str = Field(description="工作表")
    row: int
    column: str
    value: str
    reason: str
    code: str
    blocks: bool = Field(description="是否不能保存；为否的可以保存，提交前须改正")


class GroupSheetRow(Read):
    """One branch of the sheet. ``problems`` is how many keep its declaration from being submitted; ``why`` says more of the outcome."""

    row: int
    member_id: UUID | None
    employer_name: str
    credit_code: str
    outcome: RowOutcome = Field(description="结果")
    why: str = Field(description="结果的说明，没有则为空")
    problems: int = Field(description="提交前还需修改的处数")
    cells: list[GroupSheetCell] = Field(description="有误的单元格")


class GroupSheetReport(BaseModel):
    """So many branches of each outcome. ``strays`` are rows of the other pages whose branch stands on no row of the first."""

    total: int
    ready: int
    same: int = Field(description="没有变化的单位数")
    conflicts: int = Field(description="下载模板后已被修改的单位数")
    wrong: int = Field(description="有误的单位数")
    saved: int = Field(description="已保存的单位数")
    rows: list[GroupSheetRow]
    strays: list[GroupSheetCell] = Field(description="没有对应单位的行")
    notes: list[str] = Field(description="上传者应当知道的情况，如隐藏的行")
    applied: bool
