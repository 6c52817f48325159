"""Changing what an organisation is known by: its credit code and branch number (ORG-08, X22), and whose record it is (ORG-10, BEY-13).
Who may ask for that, and on what proof, is not decided here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.service import CreditCodeTaken, rewrite
from services.auth.directory.organisations.workflow import ORGANISATION, organisation_changed
from shared.db.violations import refused_as
from shared.events.log import record
from shared.identity import Actor

HAND_OVER = "hand_over"
_UNTOLD = {"contact_phone"}  # a person's number: never in a history (PLAT-05)


@dataclass(frozen=True)
class NewCode:
    """``branch_no`` is empty for a unit with a code of its own; ``name`` empty leaves the name as it is."""

    credit_code: str
    branch_no: str = ""
    head_office_id: UUID | None = None
    name: str = ""


async def change_code(
    session: AsyncSession,
    *,
    actor: Actor,
    organisation: Organisation,
    branches: Sequence[Organisation],
    to: NewCode,
    reason: str,
) -> None:
    """Another code for an organisation, and the same for ``branches``, which share it; the caller holds all their rows. Emits
    ``OrganisationChanged`` for each. Raises CreditCodeTaken (X22), after which the unit of work is lost."""
    news: dict[str, object] = {"credit_code": to.credit_code, "branch_no": to.branch_no}
    if to.head_office_id is not None:
        news["head_office_id"] = to.head_office_id
    if to.name:
        news["name"] = to.name
    await _rewrite(session, actor, organisation, news, action="correct_code", reason=reason)
    for branch in branches:
        shared = {"credit_code": to.credit_code}
        await _rewrite(session, actor, branch, shared, action="correct_code", reason=reason)


async def hand_over(
    session: AsyncSession, *, actor: Actor, organisation: Organisation, news: Mapping[str, object], reason: str
) -> None:
    """The record, whose row the caller holds, is another unit's from now on: ``news`` are that unit's name, region, contact. Emits
    ``OrganisationChanged``."""
    await _rewrite(session, actor, organisation, news, action=HAND_OVER, reason=reason)


async def _rewrite(
    session: AsyncSession,
    actor: Actor,
    organisation: Organisation,
    news: Mapping[str, object],
    *,
    action: str,
    reason: str,
) -> None:
    before = {name: _plain(getattr(organisation, name)) for name in news if name not in _UNTOLD}
    rewrite(organisation, news)
    with refused_as(lambda _: CreditCodeTaken()):
        await session.flush()
    ORGANISATION.note(
        session,
        organisation.id,
        action,
        actor=actor,
        before=before,
        after={name: _plain(value) for name, value in news.items() if name not in _UNTOLD},
        reason=reason,
    )
    record(session, organisation_changed(organisation))
    await session.flush()


def _plain(value: object) -> Any:
    return str(value) if isinstance(value, UUID) else value
