"""The kinds of long work that notifications has, as a table."""

from services.notifications.jobs.models import Job
from shared.services import Service
from shared.tasks.jobs import JobTable, list_exports

LIST_EXPORTS = list_exports("services.notifications.main:open_export")
JOBS = JobTable(Service.NOTIFICATIONS, Job, (LIST_EXPORTS,))
