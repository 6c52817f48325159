"""The slow worker of the embedded stack: documents, imports and batches of all services."""

from ops.up.workers import SPECS
from shared.tasks.spec import Lane
from shared.tasks.worker import create_worker

app = create_worker(SPECS, Lane.SLOW)
