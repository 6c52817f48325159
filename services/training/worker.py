"""The background work of training, as a table."""

from shared.services import Service
from shared.tasks.spec import Lane, TaskSpec, WorkerSpec, pull_events_task

_HOUR = 3600
_TASKS = "services.training.attachments.tasks"

WORKER = WorkerSpec(
    Service.TRAINING,
    (
        pull_events_task(Service.TRAINING),
        TaskSpec("training.sweep_attachments", f"{_TASKS}:sweep_attachments", Lane.SLOW, every=_HOUR),
        TaskSpec("training.forget_old_answers", f"{_TASKS}:forget_old_answers", Lane.SLOW, every=_HOUR),
    ),
)
