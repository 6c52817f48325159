"""The files of notifications: what its long work made, with the rows that name it."""

from services.notifications.jobs.kinds import JOBS
from shared.runtime import Runtime
from shared.tasks.strays import files_of_jobs, sweep_files

FILES = (files_of_jobs(JOBS),)
ROOTS = ("notifications",)


async def sweep(runtime: Runtime) -> None:
    """The body of the task ``notifications.sweep_files``."""
    await sweep_files(runtime, FILES, ROOTS)
