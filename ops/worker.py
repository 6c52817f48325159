"""One service's worker of one lane, as ``WORKER=training.fast`` names it: what each worker container of compose runs."""

import os

from ops.up.workers import SPECS
from shared.tasks.spec import Lane
from shared.tasks.worker import create_worker

_service, _, _lane = os.environ["WORKER"].partition(".")
app = create_worker([spec for spec in SPECS if spec.service == _service], Lane(_lane))
