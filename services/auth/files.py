"""The files of auth, each kind with the rows that name it."""

from services.auth.access.jobs.kinds import JOBS
from shared.runtime import Runtime
from shared.services import Service
from shared.tasks.strays import attachments, files_of_jobs, sweep_files

FILES = (attachments(Service.AUTH), files_of_jobs(JOBS))
ROOTS = ("auth",)


async def sweep(runtime: Runtime) -> None:
    """The body of the task ``auth.sweep_files``."""
    await sweep_files(runtime, FILES, ROOTS)
