"""The background work of notifications, as a table."""

from services.notifications.hints import EXPAND_NOTICES, MATCH_RECEIPTS, SEND_DUE, SEND_HOOKS
from shared.services import Service
from shared.tasks.spec import Lane, TaskSpec, WorkerSpec, pull_events_task

WORKER = WorkerSpec(
    Service.NOTIFICATIONS,
    (
        pull_events_task(Service.NOTIFICATIONS),
        TaskSpec(EXPAND_NOTICES, "services.notifications.notices.tasks:expand_notices", every=5),
        TaskSpec(SEND_DUE, "services.notifications.deliveries.tasks:send_due", every=5),
        TaskSpec(
            "notifications.send_digests", "services.notifications.deliveries.digest_tasks:send_digests", every=300
        ),
        TaskSpec(MATCH_RECEIPTS, "services.notifications.deliveries.receipt_tasks:match_receipts", every=15),
        TaskSpec(
            "notifications.ask_receipts", "services.notifications.deliveries.receipt_tasks:ask_receipts", every=60
        ),
        TaskSpec("notifications.sweep_receipts", "services.notifications.deliveries.receipt_tasks:sweep", every=3600),
        TaskSpec("notifications.retain", "services.notifications.retention:retain", Lane.SLOW, every=3600, limit=300),
        # Others' servers may be slow: no code waits behind them.
        TaskSpec(SEND_HOOKS, "services.notifications.hooks.tasks:send_hooks", Lane.SLOW, every=10, limit=120),
        TaskSpec(
            "notifications.read_bounces",
            "services.notifications.deliveries.bounce_tasks:read_bounces",
            Lane.SLOW,
            every=60,
            limit=120,
        ),
        TaskSpec("notifications.sweep_hooks", "services.notifications.hooks.tasks:sweep", Lane.SLOW, every=3600),
        TaskSpec(
            "notifications.run_jobs",
            "services.notifications.jobs.tasks:run_jobs",
            Lane.SLOW,
            every=10,
            limit=1800,
            writes=True,
        ),
        TaskSpec(
            "notifications.tidy_jobs", "services.notifications.jobs.tasks:tidy_jobs", Lane.SLOW, every=600, limit=300
        ),
        TaskSpec("notifications.check_invariants", "services.notifications.invariants:check_invariants", every=60),
    ),
    bindings="services.notifications.bindings",
    files="services.notifications.files:sweep",
)
