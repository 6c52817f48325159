"""A record's history as people read it (PLAT-04): one answer for every service. Whether the record may be seen is decided before."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from shared.db.history import History, RecordType
from shared.identity import Actor
from shared.roles import Level
from shared.web.answers import Read
from shared.wording import NOTHING, Names, Word, unsaid
from shared.workflow.definition import Workflow

# What every record knows besides the actions of its workflow.
COMMON = {"create": "新建", "update": "修改", "delete": "删除", "view_full": "查看完整信息", "view_file": "查看附件"}

# And what its rows may name besides the words of its own: of files and views.
COMMON_WORDS = {"file_id": unsaid("文件"), "kind": unsaid("类别"), "attachment": Word("附件")}


# Of a row whose time is over (ADR 42), in the place of who did it and of what it said.
NOBODY = "（已清除）"


class HistoryChange(BaseModel):
    """What a field held before and after a change, in words."""

    field: str
    label: str
    before: str | None
    after: str | None


class HistoryEntry(Read):
    """One change or view: who, when, what, why. ``position`` is its place among those shown; ``address`` is where it came from, shown to
    officials only. ``changes`` are the values of ``before`` and ``after`` as people read them."""

    position: int
    at: datetime
    action: str
    action_label: str
    actor_name: str
    address: str | None
    reason: str | None
    before: dict[str, object] | None
    after: dict[str, object] | None
    changes: list[HistoryChange]


_GONE = HistoryChange(
    field="emptied", label="说明", before=None, after="保存期限已满，当时的内容、理由和姓名已按规定清除，时间和操作保留"
)


def changes_of_row(of: RecordType, row: History, names: Names = NOTHING) -> list[HistoryChange]:
    """The values of one row in words, by the record's own; ``names`` are those of ids and codes that only the database knows."""
    if row.emptied_by is not None:
        return [_GONE]
    before, after = row.before or {}, row.after or {}
    words = {name: of.words.get(name) or COMMON_WORDS.get(name) or Word(_label(name)) for name in {**before, **after}}
    told = [
        HistoryChange(
            field=name,
            label=word.label,
            before=word.of(before.get(name), names),
            after=word.of(after.get(name), names),
        )
        for name, word in words.items()
    ]
    return [each for each in told if each.before is not None or each.after is not None]


def _label(name: str) -> str:
    """Of a field that nobody has given a name: a Chinese one is its own."""
    return "其他信息" if name.isascii() else name


def actor_of_row(row: History) -> str:
    """Who did it, as long as that is kept."""
    return row.actor_name if row.emptied_by is None else NOBODY


def history_entries(
    rows: Iterable[History],
    viewer: Actor,
    of: RecordType,
    labels: Mapping[str, str] | None = None,
    names: Names = NOTHING,
) -> list[HistoryEntry]:
    """The rows for this viewer; labels are those of the workflow's actions, where the record has one, the common ones, and what
    ``labels`` adds; ``names`` as in ``changes_of_row``."""
    actions = of.actions() if isinstance(of, Workflow) else ()
    words = {**COMMON, **{action.value: action.label for action in actions}, **(labels or {})}
    return [
        HistoryEntry.of(
            row,
            position=position,
            action_label=words.get(row.action, row.action),
            actor_name=actor_of_row(row),
            address=None if viewer.level is Level.UNIT else row.address,
            changes=changes_of_row(of, row, names),
        )
        for position, row in enumerate(rows, 1)
    ]
