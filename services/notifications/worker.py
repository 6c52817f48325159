"""The background work of notifications, as a table."""

from shared.services import Service
from shared.tasks.spec import TaskSpec, WorkerSpec, pull_events_task

WORKER = WorkerSpec(
    Service.NOTIFICATIONS,
    (
        pull_events_task(Service.NOTIFICATIONS),
        TaskSpec("notifications.expand_notices", "services.notifications.notices.tasks:expand_notices", every=5),
        TaskSpec("notifications.send_due", "services.notifications.deliveries.tasks:send_due", every=5),
        TaskSpec("notifications.check_invariants", "services.notifications.invariants:check_invariants", every=60),
    ),
    bindings="services.notifications.bindings",
)
