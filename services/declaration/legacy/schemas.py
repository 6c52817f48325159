"""旧系统数据导入 over the wire (DECL-09, FAQ-D16)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.declaration.legacy.files import PART_BYTES
from services.declaration.legacy.workflow import LegacyImportState, LegacyOutcome
from shared.fields import CleanText, Longest
from shared.web.answers import Read
from shared.web.jobs import JobListItem
from shared.workflow.buttons import AllowedAction


class LegacyImportCreate(BaseModel):
    """A file is announced first and comes in pieces then."""

    model_config = ConfigDict(extra="forbid")

    file_name: Annotated[str, CleanText(200, printed=False), Longest(400)] = Field(description="文件名，.xlsx 或 .csv")
    size: Annotated[int, Field(ge=1, le=10**12)] = Field(description="文件的字节数")


class LegacyColumnRead(BaseModel):
    """``letter`` as Excel has it, ``title`` as the file has it, ``known_as`` what it is here."""

    letter: str = Field(description="列号")
    title: str = Field(description="文件中的列名")
    known_as: str = Field(description="在本系统中是什么")


class LegacyOutcomeCount(Read):
    """How many rows came to that."""

    outcome: LegacyOutcome = Field(description="逐行的结果")
    count: int = Field(description="行数")


class LegacyImportListItem(Read):
    """``total`` and ``coming`` are 0 until it is read; ``undo_until`` is empty while nothing has come over."""

    id: UUID
    file_name: str = Field(description="文件名")
    size: int
    state: LegacyImportState
    total: int = Field(description="读取到的行数")
    coming: int = Field(description="其中导入的行数，含等待单位注册的")
    uploaded_by_name: str = Field(description="上传人")
    confirmed_by_name: str | None = Field(description="确认导入的人")
    created_at: datetime
    read_at: datetime | None = Field(description="读取完成的时间")
    confirmed_at: datetime | None = Field(description="确认导入的时间")
    applied_at: datetime | None = Field(description="导入完成的时间")
    undone_at: datetime | None = Field(description="撤销完成的时间")
    undo_until: datetime | None = Field(description="此前可以撤销")
    allowed_actions: list[AllowedAction]


class LegacyImportRead(LegacyImportListItem):
    """``missing_parts`` are the pieces that have not come yet, each of ``part_bytes`` but the last. ``kept_names`` are the first of the
    units whose records stayed when it was undone, because they had been edited."""

    parts: int = Field(description="文件分为几段")
    part_bytes: int = Field(default=PART_BYTES, description="每段的字节数，最后一段可以较短")
    missing_parts: list[int] = Field(description="还没有收到的段，从1开始")
    columns: list[LegacyColumnRead] = Field(description="识别出的列")
    ignored: list[str] = Field(description="不导入的列")
    notes: list[str] = Field(description="关于整个文件的说明")
    outcomes: list[LegacyOutcomeCount] = Field(description="各种结果的行数")
    kept_names: list[str] = Field(description="撤销时因单位已修改而保留的单位")
    failure: str | None
    job: JobListItem | None = Field(description="正在进行或最近一次的后台任务")


class LegacyCell(BaseModel):
    """``reason`` says what is wrong with it; where it does not ``refuses``, only this cell is left out."""

    cell: str = Field(description="单元格，如 C7")
    title: str = Field(description="列名")
    text: str = Field(description="单元格内容，电话掩码显示")
    reason: str | None = Field(description="有什么问题，没有为空")
    code: str | None = Field(description="问题的代码")
    refuses: bool = Field(description="是否因此整行不导入")


class LegacyRowRead(Read):
    """A row of the file as it came, and what becomes of it."""

    id: UUID
    import_id: UUID = Field(description="导入的编号")
    file_name: str = Field(description="文件名")
    line: int = Field(description="文件中的行号")
    credit_code: str
    name: str
    region_code: str
    region_label: str
    outcome: LegacyOutcome = Field(description="结果")
    words: str = Field(description="为什么")
    cells: list[LegacyCell] = Field(description="各单元格")
