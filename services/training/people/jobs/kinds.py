"""The kinds of long work that training has, as a table; what each does is in the domain that its target names."""

from services.training.people.jobs.models import Job
from shared.roles import Permission
from shared.services import Service
from shared.tasks.jobs import JobKind, JobTable, list_exports

PERSONNEL_IMPORT = JobKind(
    name="personnel_import",
    label="导入人员",
    target="services.training.people.personnel.import_job:open_import",
    permissions=frozenset({Permission.INSTITUTION_FILING}),
)

REVIEW_BATCH = JobKind(
    name="review_batch",
    label="批量审核",
    target="services.training.enrolment.review.batch_job:open_batch",
    permissions=frozenset({Permission.PROVINCE_REVIEW}),
)

LIST_EXPORTS = list_exports("services.training.main:open_export")
JOBS = JobTable(Service.TRAINING, Job, (PERSONNEL_IMPORT, REVIEW_BATCH, LIST_EXPORTS))
