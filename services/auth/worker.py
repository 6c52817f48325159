"""The background work of auth, as a table."""

from shared.services import Service
from shared.tasks.spec import WorkerSpec, pull_events_task

WORKER = WorkerSpec(
    Service.AUTH,
    (pull_events_task(Service.AUTH),),
)
