"""The kinds of long work that declaration has, as a table; what each does is in the domain that its target names."""

from services.declaration.jobs.models import Job
from shared.roles import Permission
from shared.services import Service
from shared.tasks.jobs import JobKind, JobTable

GROUP_SHEET = JobKind(
    "group_sheet",
    "保存集团申报表格",
    "services.declaration.groups.sheet_job:open_sheet",
    frozenset({Permission.HAZARD_DECLARATION}),
)
JOBS = JobTable(Service.DECLARATION, Job, (GROUP_SHEET,))
