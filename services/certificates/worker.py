"""The background work of certificates, as a table."""

from shared.services import Service
from shared.tasks.spec import Lane, TaskSpec, WorkerSpec, pull_events_task

WORKER = WorkerSpec(
    Service.CERTIFICATES,
    (
        pull_events_task(Service.CERTIFICATES),
        TaskSpec(
            "certificates.render_due",
            "services.certificates.printing.tasks:render_due",
            Lane.SLOW,
            every=15,
            limit=150,
        ),
        TaskSpec(
            "certificates.render_forms",
            "services.certificates.forms.tasks:render_forms",
            Lane.SLOW,
            every=5,
            limit=150,
        ),
        TaskSpec("certificates.check_invariants", "services.certificates.invariants:check_invariants", every=60),
    ),
)
