"""Beat: says "look" for every task with a period, of all services. One process in any layout; it imports no service code but the tables."""

from ops.up.workers import SPECS
from shared.tasks.beat import create_beat

app = create_beat(SPECS)
