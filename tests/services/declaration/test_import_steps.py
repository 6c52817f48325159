"""How an import of the old list stands, and what may be done with it then. Without a database."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.declaration.legacy.workflow import LegacyAction, LegacyImportState, refusal_of, state_of, undo_until
from tests.guarding import LAST, MOMENT, some, told

READ, CONFIRM, UNDO = LegacyAction.READ, LegacyAction.CONFIRM, LegacyAction.UNDO
ASKED = LAST - timedelta(hours=1)
TIMES = ("read_asked_at", "read_at", "confirmed_at", "applied_at", "undo_asked_at", "undone_at")
DAY = timedelta(days=1)


def imported(**known: object) -> Any:
    unknown = {**dict.fromkeys(TIMES), "received": 2, "parts": 2, "file_kept": True, "coming": 1}
    return some(**{**unknown, **known})


@pytest.mark.req("DECL-09", "FAQ-D16")
@pytest.mark.parametrize(
    ("at", "running", "over"),
    [
        (None, "uploading", "uploading"),
        ("read_asked_at", "reading", "unreadable"),
        ("read_at", "ready", "ready"),
        ("confirmed_at", "applying", "interrupted"),
        ("applied_at", "applied", "applied"),
        ("undo_asked_at", "undoing", "undo_interrupted"),
        ("undone_at", "undone", "undone"),
    ],
)
def test_how_an_import_stands(at: str | None, running: str, over: str) -> None:
    row = imported(**dict.fromkeys(TIMES[: TIMES.index(at) + 1] if at else (), LAST))
    assert state_of(row, some(done_at=None)) == running
    assert state_of(row, some(done_at=LAST)) == over
    assert state_of(row, None) == over


@pytest.mark.req("DECL-09", "FAQ-D16")
@pytest.mark.parametrize(
    ("action", "state", "known", "now", "code"),
    [
        (READ, LegacyImportState.UPLOADING, {}, LAST, None),
        (READ, LegacyImportState.UPLOADING, {"received": 1}, LAST, "legacy_import_incomplete"),
        (READ, LegacyImportState.UNREADABLE, {"file_kept": False}, LAST, "legacy_file_gone"),
        (READ, LegacyImportState.READY, {}, LAST, "legacy_import_ready"),
        (CONFIRM, LegacyImportState.READY, {}, LAST, None),
        (CONFIRM, LegacyImportState.READY, {"coming": 0}, LAST, "nothing_to_import"),
        (CONFIRM, LegacyImportState.READY, {"received": 1, "file_kept": False}, LAST, None),
        (CONFIRM, LegacyImportState.APPLIED, {}, LAST, "legacy_import_applied"),
        (CONFIRM, LegacyImportState.INTERRUPTED, {"confirmed_at": LAST - 2 * DAY}, LAST, None),
        (
            UNDO,
            LegacyImportState.APPLIED,
            {"applied_at": LAST - DAY, "coming": 0, "received": 1, "file_kept": False},
            LAST,
            None,
        ),
        (UNDO, LegacyImportState.APPLIED, {"applied_at": LAST - DAY}, LAST + MOMENT, "undo_too_late"),
        (UNDO, LegacyImportState.INTERRUPTED, {"confirmed_at": LAST - DAY}, LAST + MOMENT, "undo_too_late"),
        (
            UNDO,
            LegacyImportState.UNDO_INTERRUPTED,
            {"applied_at": LAST - DAY, "undo_asked_at": LAST},
            LAST + MOMENT,
            None,
        ),
        (UNDO, LegacyImportState.INTERRUPTED, {}, LAST, None),
        (UNDO, LegacyImportState.UNDONE, {}, LAST, "legacy_import_undone"),
    ],
)
def test_what_may_be_done_with_an_import(
    action: LegacyAction, state: LegacyImportState, known: dict[str, object], now: datetime, code: str | None
) -> None:
    told(refusal_of(action, imported(**known), state, now), code)


@pytest.mark.req("FAQ-D16")
def test_an_import_is_undone_within_a_day_of_its_end() -> None:
    assert undo_until(imported()) is None
    assert undo_until(imported(confirmed_at=ASKED)) == ASKED + DAY
    assert undo_until(imported(confirmed_at=ASKED, applied_at=LAST)) == LAST + DAY
