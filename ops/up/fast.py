"""The fast worker of the embedded stack: hints, events and codes of all services."""

from ops.up.workers import SPECS
from shared.tasks.spec import Lane
from shared.tasks.worker import create_worker

app = create_worker(SPECS, Lane.FAST)
