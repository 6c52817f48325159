"""The files of auth, each kind with the rows that name it."""

from shared.runtime import Runtime
from shared.services import Service
from shared.tasks.strays import attachments, sweep_files

FILES = (attachments(Service.AUTH),)
ROOTS = ("auth",)


async def sweep(runtime: Runtime) -> None:
    """The body of the task ``auth.sweep_files``."""
    await sweep_files(runtime, FILES, ROOTS)
