"""The background work of training, as a table."""

from services.training.hints import OFFER_PLACES
from shared.services import Service
from shared.tasks.spec import Lane, TaskSpec, WorkerSpec, pull_events_task

WORKER = WorkerSpec(
    Service.TRAINING,
    (
        pull_events_task(Service.TRAINING),
        TaskSpec("training.keep_deadlines", "services.training.classes.deadlines.tasks:keep_deadlines", every=60),
        TaskSpec(
            "training.run_jobs",
            "services.training.people.jobs.tasks:run_jobs",
            Lane.SLOW,
            every=10,
            limit=1800,
            writes=True,
        ),
        TaskSpec(
            "training.tidy_jobs", "services.training.people.jobs.tasks:tidy_jobs", Lane.SLOW, every=600, limit=300
        ),
        TaskSpec(OFFER_PLACES, "services.training.classes.waiting.tasks:offer_places", every=5),
        TaskSpec(
            "training.remind_deadlines", "services.training.enrolment.registrations.tasks:remind_deadlines", every=300
        ),
        TaskSpec(
            "training.remind_expiry",
            "services.training.desk.expiry.tasks:remind_expiry",
            Lane.SLOW,
            every=3600,
            limit=600,
        ),
        TaskSpec("training.fold_board", "services.training.desk.boards.tasks:fold_board", every=5),
        TaskSpec(
            "training.check_board", "services.training.desk.boards.tasks:check_board", Lane.SLOW, every=3600, limit=600
        ),
        TaskSpec("training.check_invariants", "services.training.invariants:check_invariants", every=60),
    ),
    bindings="services.training.bindings",
    files="services.training.files:sweep",
)
