"""The background work of certificates, as a table."""

from shared.services import Service
from shared.tasks.spec import WorkerSpec, pull_events_task

WORKER = WorkerSpec(
    Service.CERTIFICATES,
    (pull_events_task(Service.CERTIFICATES),),
)
