"""The files of declaration, each kind with the rows that name it."""

from services.declaration.jobs.kinds import JOBS
from services.declaration.legacy.files_repository import with_files
from shared.runtime import Runtime
from shared.services import Service
from shared.tasks.strays import ID, attachments, by_id, files_of_jobs, sweep_files

LEGACY = by_id(rf"declaration/legacy/(?P<id>{ID})/\d+", with_files)
FILES = (attachments(Service.DECLARATION), files_of_jobs(JOBS), LEGACY)
ROOTS = ("declaration",)


async def sweep(runtime: Runtime) -> None:
    """The body of the task ``declaration.sweep_files``."""
    await sweep_files(runtime, FILES, ROOTS)
