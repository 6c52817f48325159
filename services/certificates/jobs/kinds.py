"""The kinds of long work that certificates has, as a table; what each does is in the domain that its target names."""

from services.certificates.jobs.models import Job
from shared.roles import Permission
from shared.services import Service
from shared.tasks.jobs import JobKind, JobTable, list_exports

CERTIFICATE_BUNDLE = JobKind(
    name="certificate_bundle",
    label="打包证书",
    target="services.certificates.bundles.bundle_job:open_bundle",
    permissions=frozenset({Permission.GROUP_REGISTRATION, Permission.CERTIFICATE_MANAGEMENT}),
    resumable=False,
)

LIST_EXPORTS = list_exports("services.certificates.main:open_export")
JOBS = JobTable(Service.CERTIFICATES, Job, (CERTIFICATE_BUNDLE, LIST_EXPORTS))
