"""Members of a group, and what a branch or its county is asked, as xlsx: what the lists show (BEY-07)."""

from services.declaration.groups.endpoints import list_group_members, list_group_memberships
from services.declaration.groups.schemas import MemberRead
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router


def _declaration(row: MemberRead) -> str:
    return f"{row.declaration.kind.label}（{row.declaration.status.label}）" if row.declaration else ""


def _due(row: MemberRead) -> str:
    return f"{row.due.kind_label} {row.due.last_day or ''}".strip() if row.due else ""


_COMMON = (
    Column("credit_code", "统一社会信用代码", width=24),
    Column("region_label", "所属地区", width=28),
    Column("status_label", "成员状态", width=12),
    Column("invited_at", "邀请时间", width=18),
    Column("joined_at", "加入时间", width=18),
    Column("reason", "理由", width=40),
)
MEMBERS = Export(
    "group-members",
    "集团成员",
    list_group_members,
    (
        Column("name", "单位名称", width=36),
        *_COMMON,
        Column("declaration", "申报", width=24),
        Column("due", "办理期限", width=28),
    ),
    made={"declaration": _declaration, "due": _due},
)
MEMBERSHIPS = Export(
    "group-memberships",
    "集团邀请",
    list_group_memberships,
    (
        Column("group_name", "集团名称", width=28),
        Column("head_name", "集团总部", width=36),
        Column("employer_name", "受邀单位", width=36),
        *_COMMON,
    ),
)
EXPORTS = (MEMBERS, MEMBERSHIPS)
router = export_router(Service.DECLARATION)
add_export_routes(router, EXPORTS)
