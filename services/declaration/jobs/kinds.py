"""The kinds of long work that declaration has, as a table; what each does is in the domain that its target names."""

from services.declaration.jobs.models import Job
from shared.roles import Permission
from shared.services import Service
from shared.tasks.jobs import JobKind, JobTable, list_exports

_KEEPERS = frozenset({Permission.ADMINISTRATION})
LEGACY_READ = JobKind("legacy_read", "读取旧系统数据", "services.declaration.legacy.reading_job:open_reading", _KEEPERS)
LEGACY_APPLY = JobKind(
    "legacy_apply", "导入旧系统数据", "services.declaration.legacy.applying_job:open_applying", _KEEPERS
)
LEGACY_UNDO = JobKind(
    "legacy_undo", "撤销旧系统数据导入", "services.declaration.legacy.undoing_job:open_undoing", _KEEPERS
)
GROUP_SHEET = JobKind(
    "group_sheet",
    "保存集团申报表格",
    "services.declaration.groups.sheet_job:open_sheet",
    frozenset({Permission.HAZARD_DECLARATION}),
)
LIST_EXPORTS = list_exports("services.declaration.main:open_export")
JOBS = JobTable(Service.DECLARATION, Job, (LEGACY_READ, LEGACY_APPLY, LEGACY_UNDO, GROUP_SHEET, LIST_EXPORTS))
