"""How imports and rows are shown: where an import stands, what may be done with it, and each cell with what is wrong in it."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.declaration.jobs.kinds import JOBS
from services.declaration.jobs.models import Job
from services.declaration.legacy.columns import BY_KEY, COLUMNS, PHONE
from services.declaration.legacy.models import LegacyImport, LegacyRow
from services.declaration.legacy.repository import ShownRow
from services.declaration.legacy.schemas import (
    LegacyCell,
    LegacyColumnRead,
    LegacyImportListItem,
    LegacyImportRead,
    LegacyOutcomeCount,
    LegacyRowRead,
)
from services.declaration.legacy.workflow import (
    CONSEQUENCES,
    LegacyAction,
    LegacyImportState,
    LegacyOutcome,
    refusal_of,
    state_of,
    undo_until,
)
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.web.jobs import list_job
from shared.workflow.buttons import AllowedAction, button

MOST_MARKED: Final = 20_000
_S = LegacyImportState
# The buttons that make sense where an import stands; those that are refused there say why.
_OFFERED: Final[Mapping[LegacyImportState, tuple[LegacyAction, ...]]] = {
    _S.UPLOADING: (LegacyAction.READ,),
    _S.UNREADABLE: (LegacyAction.READ,),
    _S.READING: (),
    _S.UNDONE: (),
}
_LATER: Final = (LegacyAction.CONFIRM, LegacyAction.UNDO)
_NEVER_READ: Final = "文件没有读取成功，请重新读取或重新上传"


def _actions(row: LegacyImport, state: LegacyImportState) -> list[AllowedAction]:
    now = now_utc()
    offered = _OFFERED.get(state, _LATER)
    at = f"/api/declaration/legacy-imports/{row.id}"
    buttons = [
        button(each.value, each.label, refusal_of(each, row, state, now), consequence=CONSEQUENCES[each])
        for each in offered
    ]
    return [each.model_copy(update={"href": f"{at}/{each.action}"}) for each in buttons]


def list_item(row: LegacyImport, job: Job | None) -> LegacyImportListItem:
    return LegacyImportListItem.of(row, **_head(row, job))


def _head(row: LegacyImport, job: Job | None) -> dict[str, object]:
    state = state_of(row, job)
    return {"state": state, "undo_until": undo_until(row), "allowed_actions": _actions(row, state)}


def read(row: LegacyImport, job: Job | None, counts: Mapping[LegacyOutcome, int], kept: list[str]) -> LegacyImportRead:
    """The import as its page shows it."""
    failure = job.failure if job else None
    if failure is None and state_of(row, job) is _S.UNREADABLE:
        failure = _NEVER_READ
    return LegacyImportRead.of(
        row,
        **_head(row, job),
        missing_parts=[part for part in range(1, row.parts + 1) if part not in row.received_parts],
        columns=[
            LegacyColumnRead(letter=letter, title=title, known_as=BY_KEY[key].titles[0])
            for key, (letter, title) in sorted(row.places.items(), key=lambda each: (len(each[1][0]), each[1][0]))
        ],
        outcomes=[LegacyOutcomeCount(outcome=each, count=counts[each]) for each in LegacyOutcome if counts.get(each)],
        kept_names=kept,
        failure=failure,
        job=list_job(JOBS, job) if job else None,
    )


def row_read(shown: ShownRow, names: Mapping[str, str]) -> LegacyRowRead:
    """A row with its cells in the order of the known columns."""
    row = shown.row
    return LegacyRowRead.of(
        row,
        file_name=shown.file_name,
        region_label=names.get(row.region_code, row.region_code),
        cells=_cells(row, shown.places),
    )


def _cells(row: LegacyRow, places: Mapping[str, Sequence[str]]) -> list[LegacyCell]:
    wrong = {each["key"]: each for each in row.problems}
    cells = []
    for column in COLUMNS:
        found = wrong.get(column.key)
        if column.key not in places and found is None:
            continue
        letter, title = places.get(column.key, ("", column.titles[0]))
        text = row.cells.get(column.key, "")
        if column.key == PHONE:
            text = mask_phone(row.phone) if row.phone else ""
        cells.append(
            LegacyCell(
                cell=f"{letter}{row.line}",
                title=title,
                text=text,
                reason=found["reason"] if found else None,
                code=found["code"] if found else None,
                refuses=bool(found and found["refuses"]),
            )
        )
    return cells
