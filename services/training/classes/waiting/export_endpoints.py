"""The queues as xlsx: who waits for what, and how many stand ahead (BEY-02, BEY-07)."""

from services.training.classes.waiting.endpoints import list_waiting_entries
from services.training.classes.waiting.schemas import WaitingEntryRead
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router


def _people(row: WaitingEntryRead) -> str:
    return "、".join(each.name for each in row.people)


def _place(row: WaitingEntryRead) -> str | None:
    return f"前面 {row.position.people} 人" if row.position else None


WAITING_ENTRIES = Export(
    "waiting-entries",
    "候补",
    list_waiting_entries,
    (
        Column("queue_no", "排队号", width=8),
        Column("unit_name", "单位", width=32),
        Column("plan_name", "培训班名称", width=40),
        Column("session_no", "期次", width=8),
        Column("start_date", "培训开始日期"),
        Column("end_date", "培训结束日期"),
        Column("specialty_label", "专业类别", width=32),
        Column("people", "候补人员", width=40),
        Column("size", "人数", width=8),
        Column("comes_first", "优先", width=8),
        Column("status_label", "状态", width=12),
        Column("place", "排队位置"),
        Column("queued_at", "候补时间", width=20),
        Column("offered_until", "确认截止时间", width=20),
        Column("note", "说明", width=40),
    ),
    made={"people": _people, "place": _place},
)

EXPORTS = (WAITING_ENTRIES,)
router = export_router(Service.TRAINING)
add_export_routes(router, EXPORTS)
