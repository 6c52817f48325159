"""What the worker does about auth's long work: all that is due, and taking away what has had its time (PLAT-09)."""

from services.auth.access.jobs.kinds import JOBS
from shared.runtime import Runtime
from shared.tasks import job_runner


async def run_jobs(runtime: Runtime) -> None:
    """Batch after batch, until nothing is due."""
    await job_runner.run_jobs(runtime, JOBS)


async def tidy_jobs(runtime: Runtime) -> None:
    """Inputs of ended jobs, results after a day, rows after a month."""
    await job_runner.tidy_jobs(runtime, JOBS)
