"""The background work of training, as a table."""

from shared.services import Service
from shared.tasks.spec import WorkerSpec, pull_events_task

WORKER = WorkerSpec(
    Service.TRAINING,
    (pull_events_task(Service.TRAINING),),
)
