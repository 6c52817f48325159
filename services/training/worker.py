"""The background work of training, as a table."""

from shared.services import Service
from shared.tasks.spec import TaskSpec, WorkerSpec, pull_events_task

WORKER = WorkerSpec(
    Service.TRAINING,
    (
        pull_events_task(Service.TRAINING),
        TaskSpec("training.check_invariants", "services.training.invariants:check_invariants", every=60),
    ),
)
