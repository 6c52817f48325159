"""What others did to a sheet since somebody read it (PLAT-03): a row that shows another mark by now is not written over, and whoever
tries is told what it was, what it is, and by whom. Rows that nobody touched are written as usual: several people enter one sheet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.results.scores import row_repository
from services.training.results.scores.marks import Mark, conclusion
from services.training.results.scores.models import Result, ScoreSheet
from shared.clock import beijing_time, now_utc
from shared.db.history import History
from shared.errors import FieldError, VersionMismatch

# In the rows of a sheet's history, beside the marks of each result.
VERSION = "version"
CHANGED = "changed_meanwhile"


@dataclass(frozen=True)
class Change:
    """One row's mark when it was read, and now; ``by`` and ``at`` are of the last change."""

    before: Mark
    after: Mark
    by: str
    at: datetime

    def fields(self) -> Iterable[tuple[str, str, str, str]]:
        """(field, its label, before, after) of what differs, in words."""
        pairs = (
            ("score", "成绩", _score(self.before), _score(self.after)),
            ("passed", "结论", _verdict(self.before), _verdict(self.after)),
        )
        return [each for each in pairs if each[2] != each[3]]

    def said(self, label: str, before: str, after: str) -> str:
        when = beijing_time(self.at)
        return f"{label}已由“{self.by}”于 {when:%Y-%m-%d %H:%M} 从“{before}”改为“{after}”，请核对后再保存"

    def words(self) -> str:
        """The whole change as one sentence."""
        return self.said(
            "该行",
            f"{_score(self.before)} {_verdict(self.before)}",
            f"{_score(self.after)} {_verdict(self.after)}",
        )


def _score(mark: Mark) -> str:
    return "未录入" if mark.score is None else f"{mark.score.normalize():f}"


def _verdict(mark: Mark) -> str:
    return conclusion(mark.passed) or "未录入"


class MarksChanged(VersionMismatch):
    """``changes`` of the problem document has one entry per row and field."""

    def __init__(self, changes: Mapping[UUID, Change], places: Mapping[UUID, str]) -> None:
        told = [(result_id, change, each) for result_id, change in changes.items() for each in change.fields()]
        super().__init__(
            f"有 {len(changes)} 行成绩在您读取之后已被修改，您的内容尚未保存；请刷新核对后再保存",
            errors=[
                FieldError(places[result_id] + field, CHANGED, change.said(label, before, after))
                for result_id, change, (field, label, before, after) in told
            ],
            extra={
                "changes": [
                    {
                        "result_id": str(result_id),
                        "field": field,
                        "before": before,
                        "after": after,
                        "by": change.by,
                        "at": change.at.isoformat(),
                    }
                    for result_id, change, (field, _, before, after) in told
                ]
            },
        )


async def changed_since(
    session: AsyncSession, sheet: ScoreSheet, wanted: Mapping[UUID, Mark], seen: Mapping[UUID, int]
) -> dict[UUID, Change]:
    """Of the rows that are to get the ``wanted`` marks: those that somebody changed to another mark after the version of the sheet that the
    writer has ``seen``. The sheet is locked by the caller."""
    late = {
        row.id: row
        for row in sheet.results
        if row.id in wanted and row.sheet_version > seen[row.id] and wanted[row.id] != Mark(row.score, row.passed)
    }
    if not late:
        return {}
    steps = await row_repository.marks_given(session, sheet.id)
    return {each: _change(row, steps, seen[each]) for each, row in late.items()}


def _change(row: Result, steps: Iterable[History], seen: int) -> Change:
    key = str(row.id)
    mine = [step for step in steps if key in (step.after or {}) and _version(step) > seen]
    now = Mark(row.score, row.passed)
    if not mine:
        return Change(Mark(None, None), now, "系统", row.updated_at)
    return Change(_read((mine[0].before or {}).get(key)), now, mine[-1].actor_name, mine[-1].at)


def _version(step: History) -> int:
    """Steps of before versions were kept count as the first."""
    return int((step.after or {}).get(VERSION, 1))


def _read(kept: list[str | bool | None] | None) -> Mark:
    score, passed = kept or (None, None)
    return Mark(None if score is None else Decimal(str(score)), None if passed is None else bool(passed))


def stamp(sheet: ScoreSheet, rows: Iterable[Result]) -> int:
    """These rows have another mark from the sheet's next version on, which the flush makes; that version."""
    version = sheet.version + 1
    for row in rows:
        row.sheet_version = version
    sheet.updated_at = now_utc()
    return version
