"""``python -m tests.contracts.rewrite``: writes the snapshots of workflows and events anew. Read the difference before you commit it."""

import json

from shared.events.subscriptions import SUBSCRIPTIONS
from tests.contracts.test_events import SNAPSHOT
from tests.contracts.test_workflows import ALL, SNAPSHOTS, table


def main() -> None:
    for stray in SNAPSHOTS.glob("*.txt"):
        stray.unlink()
    for name, workflow in ALL.items():
        (SNAPSHOTS / f"{name}.txt").write_text(table(workflow), "utf-8")
    shapes = {event.type: event.model_json_schema() for event in sorted(SUBSCRIPTIONS, key=lambda event: event.type)}
    SNAPSHOT.write_text(json.dumps(shapes, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
