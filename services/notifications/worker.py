"""The background work of notifications, as a table."""

from services.notifications.hints import EXPAND_NOTICES, SEND_DUE
from shared.services import Service
from shared.tasks.spec import TaskSpec, WorkerSpec, pull_events_task

WORKER = WorkerSpec(
    Service.NOTIFICATIONS,
    (
        pull_events_task(Service.NOTIFICATIONS),
        TaskSpec(EXPAND_NOTICES, "services.notifications.notices.tasks:expand_notices", every=5),
        TaskSpec(SEND_DUE, "services.notifications.deliveries.tasks:send_due", every=5),
        TaskSpec("notifications.check_invariants", "services.notifications.invariants:check_invariants", every=60),
    ),
    bindings="services.notifications.bindings",
)
