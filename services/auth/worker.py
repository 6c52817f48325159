"""The background work of auth, as a table."""

from services.auth.hints import FOLLOW_TEXTS, SEND_TEXTS
from shared.services import Service
from shared.tasks.spec import Lane, TaskSpec, WorkerSpec, pull_events_task

WORKER = WorkerSpec(
    Service.AUTH,
    (
        pull_events_task(Service.AUTH),
        TaskSpec(SEND_TEXTS, "services.auth.access.texts.tasks:send_texts", every=5),
        TaskSpec("auth.sweep_texts", "services.auth.access.texts.tasks:sweep", every=3600),
        TaskSpec(FOLLOW_TEXTS, "services.auth.access.arrivals.tasks:follow_texts", every=15),
        TaskSpec("auth.ask_texts", "services.auth.access.arrivals.tasks:ask_texts", every=60),
        TaskSpec("auth.sweep_arrivals", "services.auth.access.arrivals.tasks:sweep", every=3600),
        TaskSpec("auth.sweep_codes", "services.auth.access.codes.tasks:sweep", every=3600),
        TaskSpec("auth.sweep_proofs", "services.auth.access.challenges.tasks:sweep", every=300),
        TaskSpec(
            "auth.expire_accounts",
            "services.auth.desks.oversight.tasks:expire_accounts",
            Lane.SLOW,
            every=600,
            limit=300,
        ),
        TaskSpec("auth.sweep_guesses", "services.auth.access.guesses.tasks:sweep", every=3600),
        TaskSpec("auth.sweep_uploads", "services.auth.access.uploads.tasks:sweep", every=3600),
        TaskSpec("auth.sweep_drafts", "services.auth.access.drafts.tasks:sweep", every=3600),
        TaskSpec("auth.bring_applications", "services.auth.desks.applications.tasks:bring_moved", every=300),
        TaskSpec("auth.bring_cases", "services.auth.desks.cases.tasks:bring_moved", every=300),
        TaskSpec("auth.sweep_applications", "services.auth.desks.applications.tasks:sweep", every=3600),
        TaskSpec("auth.retain", "services.auth.retention:retain", Lane.SLOW, every=3600, limit=300),
        TaskSpec(
            "auth.run_jobs", "services.auth.access.jobs.tasks:run_jobs", Lane.SLOW, every=10, limit=1800, writes=True
        ),
        TaskSpec("auth.tidy_jobs", "services.auth.access.jobs.tasks:tidy_jobs", Lane.SLOW, every=600, limit=300),
        TaskSpec("auth.check_invariants", "services.auth.invariants:check_invariants", every=60),
        # Often, because it is cheap and a new platform should have its form within a minute.
        TaskSpec(
            "auth.prepare_blank_form",
            "services.auth.desks.applications.tasks:prepare_blank_form",
            every=60,
            writes=True,
        ),
    ),
    bindings="services.auth.bindings",
    files="services.auth.files:sweep",
)
