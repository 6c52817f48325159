"""The background work of declaration, as a table."""

from shared.services import Service
from shared.tasks.spec import Lane, TaskSpec, WorkerSpec, pull_events_task

WORKER = WorkerSpec(
    Service.DECLARATION,
    (
        pull_events_task(Service.DECLARATION),
        TaskSpec("declaration.tell_overdue_orders", "services.declaration.orders.tasks:tell_overdue", every=600),
        TaskSpec(
            "declaration.run_clock", "services.declaration.clock.tasks:run_clock", Lane.SLOW, every=600, limit=600
        ),
        TaskSpec(
            "declaration.run_jobs",
            "services.declaration.jobs.tasks:run_jobs",
            Lane.SLOW,
            every=10,
            limit=1800,
            writes=True,
        ),
        TaskSpec("declaration.tidy_jobs", "services.declaration.jobs.tasks:tidy_jobs", Lane.SLOW, every=600, limit=300),
        TaskSpec(
            "declaration.tidy_legacy", "services.declaration.legacy.tasks:tidy_files", Lane.SLOW, every=3600, limit=300
        ),
        TaskSpec("declaration.fold_figures", "services.declaration.figures.tasks:fold_figures", every=3),
        TaskSpec(
            "declaration.run_figures",
            "services.declaration.figures.tasks:run_figures",
            Lane.SLOW,
            every=600,
            limit=3600,
        ),
        TaskSpec("declaration.retain", "services.declaration.retention:retain", Lane.SLOW, every=3600, limit=300),
        TaskSpec("declaration.check_invariants", "services.declaration.invariants:check_invariants", every=60),
    ),
    bindings="services.declaration.bindings",
    files="services.declaration.files:sweep",
)
