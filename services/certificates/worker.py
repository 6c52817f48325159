"""The background work of certificates, as a table."""

from services.certificates.hints import RENDER_DUE, RENDER_FORMS
from shared.services import Service
from shared.tasks.spec import Lane, TaskSpec, WorkerSpec, pull_events_task

WORKER = WorkerSpec(
    Service.CERTIFICATES,
    (
        pull_events_task(Service.CERTIFICATES),
        TaskSpec(
            RENDER_DUE,
            "services.certificates.printing.tasks:render_due",
            Lane.PRINT,
            every=15,
            limit=90,
            writes=True,
        ),
        TaskSpec(
            RENDER_FORMS,
            "services.certificates.forms.tasks:render_forms",
            Lane.PRINT,
            every=5,
            limit=90,
            writes=True,
        ),
        # A bundle is made by one run: 50,000 certificates out of a slow store take their time.
        TaskSpec(
            "certificates.run_jobs",
            "services.certificates.jobs.tasks:run_jobs",
            Lane.SLOW,
            every=10,
            limit=1800,
            writes=True,
        ),
        TaskSpec(
            "certificates.tidy_jobs", "services.certificates.jobs.tasks:tidy_jobs", Lane.SLOW, every=600, limit=300
        ),
        TaskSpec("certificates.check_invariants", "services.certificates.invariants:check_invariants", every=60),
    ),
    warm_ups={Lane.PRINT: "services.certificates.rendering.press:warm_up"},
    bindings="services.certificates.bindings",
    files="services.certificates.files:sweep",
)
