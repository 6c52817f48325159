"""The kinds of long work that auth has, as a table."""

from services.auth.access.jobs.models import Job
from shared.services import Service
from shared.tasks.jobs import JobTable, list_exports

LIST_EXPORTS = list_exports("services.auth.main:open_export")
JOBS = JobTable(Service.AUTH, Job, (LIST_EXPORTS,))
