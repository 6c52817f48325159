"""Attendance of a class session as xlsx: whose days they are, on which, and what is lacking (BEY-07, BEY-15)."""

from services.training.people.personnel.columns import LISTED
from services.training.results.attendance.endpoints import get_attendance
from services.training.results.attendance.schemas import PersonAttendance
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router


def _days(row: PersonAttendance) -> str:
    return "、".join(f"{each.day}（{each.means.label}）" for each in row.days)


ATTENDANCE = Export(
    "attendance",
    "签到情况",
    get_attendance,
    (
        LISTED["name"],
        Column("unit_name", "单位", width=32),
        Column("count", "出勤天数", width=10),
        Column("days", "出勤日期", width=60),
        Column("lacking", "未达到的要求", width=40),
    ),
    part="people",
    made={"count": lambda row: len(row.days), "days": _days},
)

EXPORTS = (ATTENDANCE,)
router = export_router(Service.TRAINING)
add_export_routes(router, EXPORTS)
