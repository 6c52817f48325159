"""The sheet 目录 of a bundle: every certificate in printing order, with its file or with the reason why it has none."""

from dataclasses import dataclass

from shared.sheets import Column, write_sheet

NAME = "目录.xlsx"
_COLUMNS = (
    Column("position", "序号", width=8),
    Column("number", "证书编号", width=26),
    Column("holder_name", "姓名", width=16),
    Column("unit_name", "工作单位", width=32),
    Column("plan_name", "培训班", width=36),
    Column("session_no", "期次", width=8),
    Column("status", "状态", width=10),
    Column("bundle", "所在文件", width=28),
    Column("file", "文件名或页码", width=36),
    Column("reason", "未收录原因", width=60),
)


@dataclass
class Line:
    """One certificate; ``file`` is its name in ``bundle``, or its page there."""

    position: int
    number: str = ""
    holder_name: str = ""
    unit_name: str = ""
    plan_name: str = ""
    session_no: int | None = None
    status: str = ""
    bundle: str = ""
    file: str = ""
    reason: str = ""


def contents_sheet(lines: list[Line]) -> bytes:
    """The sheet as xlsx; takes some time for many lines."""
    return write_sheet("目录", _COLUMNS, (vars(line) for line in lines))


def longest(lines: int) -> int:
    """A bound, in bytes, of the sheet of so many lines."""
    return 20_000 + 400 * lines
