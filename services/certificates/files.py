"""The files of certificates, each kind with the rows that name it."""

import re

from services.certificates.forms.files_repository import named_forms
from services.certificates.issue.files_repository import named_pages, named_photos
from services.certificates.jobs.kinds import JOBS
from shared.runtime import Runtime
from shared.services import Service
from shared.tasks.strays import ID, Files, attachments, files_of_jobs, sweep_files

ROOTS = ("certificates", "forms")
FILES = (
    attachments(Service.CERTIFICATES),
    files_of_jobs(JOBS),
    Files(re.compile(rf"certificates/(?P<id>{ID})/(?P<job>{ID})/\d+-\d+\.pdf"), named_pages),
    Files(re.compile(rf"certificates/photos/(?P<id>{ID})/(?P<photo>{ID})\.jpg"), named_photos),
    Files(re.compile(rf"forms/\w+/{ID}/\d+/(?P<id>{ID})-\d+\.pdf"), named_forms),
)


async def sweep(runtime: Runtime) -> None:
    """The body of the task ``certificates.sweep_files``."""
    await sweep_files(runtime, FILES, ROOTS)
