"""How an import of the old system's list stands, and what becomes of each of its rows (DECL-09, FAQ-D16). An import moves by the ends of
its jobs, so its state is derived from its times and never stored; a row's outcome is stored, because lists are narrowed to it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from shared.tasks.jobs import JobColumns
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled, Refusal
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # the rows are made after the words for them
    from services.declaration.legacy.models import LegacyImport

UNDO_WITHIN: Final = timedelta(days=1)


class LegacyImportState(Labelled):
    UPLOADING = "uploading", "上传中", Colour.WAITING
    READING = "reading", "读取中", Colour.WAITING
    UNREADABLE = "unreadable", "未能读取", Colour.REFUSED
    READY = "ready", "待确认", Colour.WAITING
    APPLYING = "applying", "导入中", Colour.WAITING
    INTERRUPTED = "interrupted", "导入中断", Colour.REFUSED
    APPLIED = "applied", "已导入", Colour.GOOD
    UNDOING = "undoing", "撤销中", Colour.WAITING
    UNDO_INTERRUPTED = "undo_interrupted", "撤销中断", Colour.REFUSED
    UNDONE = "undone", "已撤销", Colour.REFUSED


class LegacyOutcome(Labelled):
    """What becomes of a row. ``WAITING``: the unit has no account yet; when it signs up with 匹配原账号, its basics come over."""

    STAGED = "staged", "待核对", Colour.WAITING
    REFUSED = "refused", "有误，不导入", Colour.REFUSED
    DECLARED = "declared", "已在本系统申报，不导入", Colour.QUIET
    SAME = "same", "此前已导入，没有变化", Colour.QUIET
    READY = "ready", "将导入", Colour.GOOD
    WILL_WAIT = "will_wait", "单位未注册，将等待其注册", Colour.WAITING
    IMPORTED = "imported", "已导入", Colour.GOOD
    WAITING = "waiting", "等待单位注册", Colour.WAITING
    REPLACED = "replaced", "已由之后的导入代替", Colour.QUIET
    UNDONE = "undone", "已撤销", Colour.REFUSED
    KEPT = "kept", "单位已修改，未撤销", Colour.WAITING

    @meaning
    def comes(self) -> bool:
        """Of the preview: it comes over, now or when the unit signs up."""
        return self in {LegacyOutcome.READY, LegacyOutcome.WILL_WAIT}

    @meaning
    def came(self) -> bool:
        """It has come over, or waits for its unit."""
        return self in {LegacyOutcome.IMPORTED, LegacyOutcome.WAITING, LegacyOutcome.KEPT}

    @meaning
    def stays_out(self) -> bool:
        """It does not come over; its words say why."""
        return self in {LegacyOutcome.REFUSED, LegacyOutcome.DECLARED, LegacyOutcome.SAME}


class LegacyAction(Labelled):
    READ = "read", "读取"
    CONFIRM = "confirm", "确认导入"
    UNDO = "undo", "撤销导入"


_S, _A = LegacyImportState, LegacyAction
_STATES: Final[Mapping[LegacyAction, frozenset[LegacyImportState]]] = {
    _A.READ: frozenset({_S.UPLOADING, _S.UNREADABLE}),
    _A.CONFIRM: frozenset({_S.READY, _S.INTERRUPTED}),
    _A.UNDO: frozenset({_S.APPLIED, _S.INTERRUPTED, _S.UNDO_INTERRUPTED}),
}
CONSEQUENCES: Final[Mapping[LegacyAction, str]] = {
    _A.READ: "读取文件并逐行核对，此时不导入任何数据。",
    _A.CONFIRM: "将导入的单位各得到一份暂存的变更申报（变更原因：系统更新），"
    "未注册的单位在注册并匹配原账号时导入；有误的行不导入。一天内可以撤销。",
    _A.UNDO: "撤回本次导入的申报草稿；单位已经修改或提交的保留，并列出名单。",
}
_WHY: Final[Mapping[LegacyImportState, str]] = {
    _S.UPLOADING: "文件还没有传完，请传完后再办理",
    _S.READING: "正在读取文件，请等待读取结束",
    _S.UNREADABLE: "文件没有读取成功，请按失败原因处理后重新读取或重新上传",
    _S.READY: "已读取，请核对预览后确认导入",
    _S.APPLYING: "正在导入，请等待导入结束",
    _S.INTERRUPTED: "导入没有完成，请点击“确认导入”继续，或撤销导入",
    _S.APPLIED: "已经导入，无需重复办理；如有新的数据请另行上传",
    _S.UNDOING: "正在撤销，请等待撤销结束",
    _S.UNDO_INTERRUPTED: "撤销没有完成，请点击“撤销导入”继续",
    _S.UNDONE: "导入已经撤销，如需再次导入请重新上传",
}


def state_of(row: "LegacyImport", job: JobColumns | None) -> LegacyImportState:
    """``job`` is its last one; None where it has none, or none any more."""
    runs = job is not None and job.done_at is None
    ended = (
        (row.undone_at, _S.UNDONE, _S.UNDONE),
        (row.undo_asked_at, _S.UNDOING, _S.UNDO_INTERRUPTED),
        (row.applied_at, _S.APPLIED, _S.APPLIED),
        (row.confirmed_at, _S.APPLYING, _S.INTERRUPTED),
        (row.read_at, _S.READY, _S.READY),
        (row.read_asked_at, _S.READING, _S.UNREADABLE),
    )
    return next(((running if runs else over) for at, running, over in ended if at is not None), _S.UPLOADING)


def undo_until(row: "LegacyImport") -> datetime | None:
    """The end of the day within which it can be undone; None while nothing has come over."""
    begun = row.applied_at or row.confirmed_at
    return begun + UNDO_WITHIN if begun else None


def refusal_of(action: LegacyAction, row: "LegacyImport", state: LegacyImportState, now: datetime) -> Refusal | None:
    """Why this cannot be done with it now; None when it can. An undoing that has begun in time may end later."""
    if state not in _STATES[action]:
        return Refusal(f"legacy_import_{state.value}", _WHY[state])
    if action is _A.READ and row.received < row.parts:
        return Refusal("legacy_import_incomplete", f"文件共 {row.parts} 段，已收到 {row.received} 段；请传完后再读取")
    if action is _A.READ and not row.file_kept:
        return Refusal("legacy_file_gone", "文件已超过一天的保存期，请重新上传")
    if action is _A.CONFIRM and not row.coming:
        return Refusal("nothing_to_import", "没有可以导入的行，请按各行的原因改正文件后重新上传")
    end = undo_until(row)
    if action is _A.UNDO and row.undo_asked_at is None and end is not None and now > end:
        return Refusal("undo_too_late", "导入已超过一天，不能撤销；个别单位导入有误的，由该单位在申报中修改或删除草稿")
    return None
