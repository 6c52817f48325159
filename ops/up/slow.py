"""The slow worker of the embedded stack: imports and batches of all services, and pages, which in compose have a worker of their own."""

from ops.up.workers import SPECS
from shared.tasks.spec import Lane
from shared.tasks.worker import create_worker

app = create_worker(SPECS, Lane.SLOW, Lane.PRINT)
