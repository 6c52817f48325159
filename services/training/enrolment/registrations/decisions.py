"""Two reviewers at one registration: whoever comes second is told who decided, when and how (STAFF-03, PLAT-02)."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.repository import DECISIONS, histories_of
from services.training.enrolment.registrations.workflow import REGISTRATION, RegistrationAction
from shared.clock import beijing_time
from shared.identity import Actor
from shared.workflow.definition import Refusal

DECIDED = "decided_by_another"
_LABELS = {each.value: each.label for each in DECISIONS}


async def told_apart(
    session: AsyncSession, actor: Actor, action: RegistrationAction, refused: Mapping[Registration, Refusal]
) -> dict[UUID, Refusal]:
    """These refusals, in the words of what a colleague has just decided where that is why."""
    told = {each.id: refusal for each, refusal in refused.items()}
    if action not in DECISIONS:
        return told
    overtaken = {
        each.id
        for each in refused
        if each.reviewed_by not in (None, actor.account_id) and REGISTRATION.transition(action, each.status) is None
    }
    for registration_id, rows in (await histories_of(session, overtaken)).items() if overtaken else ():
        last = rows[-1]
        when, what = f"{beijing_time(last.at):%m-%d %H:%M}", _LABELS[last.action]
        told[registration_id] = Refusal(
            DECIDED, f"{last.actor_name} 已于 {when} {what}；{told[registration_id].reason}"
        )
    return told
