"""What is said of a sheet of people over the wire (BEY-07)."""

from pydantic import BaseModel, Field


class ImportProblem(BaseModel):
    """One bad cell; ``row`` is Excel's number, ``column`` letter and title."""

    row: int
    column: str
    value: str
    reason: str
    code: str


class ImportCell(BaseModel):
    """``reason`` says what is wrong with it."""

    text: str
    reason: str | None = None


class ImportLine(BaseModel):
    """A row of the sheet as it came, its numbers masked (PLAT-05); ``row`` is Excel's number."""

    row: int
    cells: list[ImportCell]


class ImportReport(BaseModel):
    """``ready`` rows have nothing wrong; of these so many are (or, without ``applied``, would be) new, changed, as they were.
    ``errors`` are the first of ``error_count``. ``lines`` under ``columns`` are the sheet itself, of a longer one the bad rows; none where
    a job has read it."""

    total: int
    ready: int
    created: int
    updated: int
    unchanged: int
    error_count: int
    errors: list[ImportProblem]
    notes: list[str] = Field(default=[], description="上传者应当知道的情况，如隐藏的行")
    applied: bool
    columns: list[str] = Field(default=[], description="表格的列名")
    lines: list[ImportLine] = Field(default=[], description="表格的内容，有误的单元格附原因")
