"""What a step along the table leaves on the registration besides its status: when, by whom, why, and until when it stays open. Whoever
moves registrations, one or many, stamps each of them here, after ``apply`` and in the same transaction.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.bodies import CorrectionBody, ReturnBody, ReturnKind
from services.training.enrolment.registrations.changes import standing_return
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import REGISTRATION, RegistrationAction
from shared.db.history import History, changes_of
from shared.identity import Actor
from shared.workflow.definition import ActionBody

Stamp = Callable[[Registration, Actor, ActionBody, datetime], None]


async def stamp(
    session: AsyncSession,
    registration: Registration,
    action: RegistrationAction,
    actor: Actor,
    body: ActionBody,
    now: datetime,
) -> None:
    """Writes what ``action`` leaves. An undone decision leaves the record as it was before it: also the return that stood then."""
    if action is RegistrationAction.UNDO_REVIEW:
        await session.flush()
        undo(registration, await changes_of(session, REGISTRATION, registration.id))
    else:
        _STAMPS[action](registration, actor, body, now)
    await session.flush()


def values_of(action: RegistrationAction, actor: Actor, body: ActionBody, now: datetime) -> dict[str, Any]:
    """{column: value} that ``action`` leaves on every registration alike, for whoever writes many in one statement; an undo leaves more
    where an earlier return stands (``undo``)."""
    blank = Registration()
    if action is RegistrationAction.UNDO_REVIEW:
        _undone(blank, None)
    else:
        _STAMPS[action](blank, actor, body, now)
    return {name: value for name, value in vars(blank).items() if not name.startswith("_")}


def undo(registration: Registration, rows: Sequence[History]) -> None:
    """What an undo leaves on one registration; ``rows`` are its history, oldest first, with the undo itself."""
    _undone(registration, standing_return(rows))


def note_results(registration: Registration, at: datetime) -> None:
    """Its results are out: nobody moves it any more (STAFF-08)."""
    registration.results_published_at = at


def _sent(registration: Registration, _actor: Actor, _body: ActionBody, now: datetime) -> None:
    registration.submitted_at = now


def _taken_back(registration: Registration, _actor: Actor, _body: ActionBody, _now: datetime) -> None:
    registration.submitted_at = None


def _passed(registration: Registration, actor: Actor, _body: ActionBody, now: datetime) -> None:
    registration.reviewed_at, registration.reviewed_by = now, actor.account_id
    _forget_return(registration)


def _sent_back(registration: Registration, actor: Actor, body: ActionBody, now: datetime) -> None:
    assert isinstance(body, ReturnBody)
    registration.reviewed_at, registration.reviewed_by = now, actor.account_id
    registration.return_kind = body.kind
    registration.return_reason = (body.reason or "").strip()
    registration.return_fields = list(dict.fromkeys(body.fields))
    _forget_request(registration)


def _asked_back(registration: Registration, _actor: Actor, body: ActionBody, now: datetime) -> None:
    registration.return_requested_at = now
    registration.return_request = (body.reason or "").strip()


def _declined(registration: Registration, _actor: Actor, _body: ActionBody, _now: datetime) -> None:
    _forget_request(registration)


def _opened(registration: Registration, _actor: Actor, body: ActionBody, _now: datetime) -> None:
    assert isinstance(body, CorrectionBody)
    registration.open_until = body.until


def _undone(registration: Registration, before: History | None) -> None:
    registration.reviewed_at = registration.reviewed_by = None
    _forget_return(registration)
    _forget_request(registration)
    if before is not None:
        with_it = before.after or {}
        kinds = {each.value: each for each in ReturnKind}
        registration.return_kind = kinds.get(with_it.get("kind", ""), ReturnKind.OTHER)
        registration.return_reason = (before.reason or "").strip()
        registration.return_fields = list(dict.fromkeys(with_it.get("fields", ())))


def _forget_return(registration: Registration) -> None:
    registration.return_kind = registration.return_reason = None
    registration.return_fields = []


def _forget_request(registration: Registration) -> None:
    registration.return_requested_at = registration.return_request = None


# The reason of a return stays until the approval, so that the reviewer sees it beside what was changed (BEY-04).
_STAMPS: dict[RegistrationAction, Stamp] = {
    RegistrationAction.SUBMIT: _sent,
    RegistrationAction.CANCEL: _taken_back,
    RegistrationAction.APPROVE: _passed,
    RegistrationAction.RETURN: _sent_back,
    RegistrationAction.REQUEST_RETURN: _asked_back,
    RegistrationAction.DECLINE_REQUEST: _declined,
    RegistrationAction.GRANT_CORRECTION: _opened,
}
