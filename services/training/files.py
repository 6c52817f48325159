"""The files of training, each kind with the rows that name it."""

from services.training.people.jobs.kinds import JOBS
from shared.runtime import Runtime
from shared.services import Service
from shared.tasks.strays import attachments, files_of_jobs, sweep_files

FILES = (attachments(Service.TRAINING), files_of_jobs(JOBS))
ROOTS = ("training",)


async def sweep(runtime: Runtime) -> None:
    """The body of the task ``training.sweep_files``."""
    await sweep_files(runtime, FILES, ROOTS)
