"""The background work of notifications, as a table."""

from shared.services import Service
from shared.tasks.spec import WorkerSpec, pull_events_task

WORKER = WorkerSpec(
    Service.NOTIFICATIONS,
    (pull_events_task(Service.NOTIFICATIONS),),
)
