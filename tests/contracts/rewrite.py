"""``python -m tests.contracts.rewrite``, a part of ``make write``: writes the snapshots of workflows, their modules and events anew. Read
the difference before you commit it. ``--check`` writes nothing and fails when a snapshot is not what the code says.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from shared.events.subscriptions import SUBSCRIPTIONS
from tests.contracts.sheets import MODULES, path_of, sheet
from tests.contracts.test_events import SNAPSHOT
from tests.contracts.test_workflows import ALL, SNAPSHOTS, table


def snapshots() -> Mapping[Path, str]:
    """Every snapshot and what it should hold."""
    shapes = {event.type: event.model_json_schema() for event in sorted(SUBSCRIPTIONS, key=lambda event: event.type)}
    made = {SNAPSHOTS / f"{name}.txt": table(workflow) for name, workflow in ALL.items()}
    made |= {path_of(module): sheet(module) for module in MODULES}
    return {**made, SNAPSHOT: json.dumps(shapes, ensure_ascii=False, indent=1) + "\n"}


def main() -> int:
    made = snapshots()
    stray = {path for path in SNAPSHOTS.rglob("*") if path.is_file()} - set(made)
    stale = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in sys.argv:
        for path in (*stale, *stray):
            sys.stdout.write(f"stale: {path.relative_to(Path.cwd())}\n")
        return 1 if stale or stray else 0
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made[path], "utf-8")
    for path in stray:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
