"""A record's history as people read it (PLAT-04): one answer for every service. Whether the record may be seen is decided before."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shared.db.history import History
from shared.identity import Actor
from shared.roles import Level
from shared.web.answers import Read
from shared.workflow.definition import AnyWorkflow

# What every record knows besides the actions of its workflow.
COMMON = {"create": "新建", "update": "修改", "delete": "删除", "view_full": "查看完整信息", "view_file": "查看附件"}


class HistoryEntry(Read):
    """One change or view: who, when, what, why. ``position`` is its place among those shown; ``address`` is where it came from, shown to
    officials only."""

    position: int
    at: datetime
    action: str
    action_label: str
    actor_name: str
    address: str | None
    reason: str | None
    before: dict[str, object] | None
    after: dict[str, object] | None


def history_entries(
    rows: Iterable[History], viewer: Actor, workflow: AnyWorkflow | None, labels: Mapping[str, str] | None = None
) -> list[HistoryEntry]:
    """The rows for this viewer; labels are those of the workflow's actions, where the record has one, the common ones, and what
    ``labels`` adds."""
    actions = workflow.actions() if workflow else ()
    words = {**COMMON, **{action.value: action.label for action in actions}, **(labels or {})}
    return [
        HistoryEntry.of(
            row,
            position=position,
            action_label=words.get(row.action, row.action),
            address=None if viewer.level is Level.UNIT else row.address,
        )
        for position, row in enumerate(rows, 1)
    ]
