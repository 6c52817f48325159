"""The background work of auth, as a table."""

from shared.services import Service
from shared.tasks.spec import TaskSpec, WorkerSpec

WORKER = WorkerSpec(
    Service.AUTH,
    (
        TaskSpec("auth.sweep_proofs", "services.auth.challenges.tasks:sweep", every=300),
        TaskSpec("auth.sweep_guesses", "services.auth.guesses.tasks:sweep", every=3600),
    ),
)
