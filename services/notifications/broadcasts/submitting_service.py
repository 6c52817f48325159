"""A notice to many waits for a colleague: whoever may look at it is told (STAFF-06)."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.broadcasts import repository
from services.notifications.broadcasts.models import Broadcast
from services.notifications.broadcasts.workflow import BROADCAST, TELL_COLLEAGUES
from shared.events.log import record
from shared.events.notifications import BroadcastSubmitted
from shared.identity import Actor
from shared.workflow.apply import ActionRefused
from shared.workflow.definition import ActionBody, Refusal


@BROADCAST.effect(TELL_COLLEAGUES)
async def tell_colleagues(session: AsyncSession, broadcast: Broadcast, actor: Actor, _body: ActionBody) -> None:
    """Whoever may look at it is told. Raises ``ActionRefused`` where nobody else is there."""
    others = await repository.colleagues_of(session, actor)
    if not others:
        words = "本机构没有其他可以群发的账号来复核，请账号管理人员为另一个账号开通群发权限，或缩小收件范围后直接发送"
        raise ActionRefused(Refusal("nobody_to_look", words))
    submitted = BroadcastSubmitted(
        broadcast_id=broadcast.id,
        account_ids=tuple(others),
        subject=broadcast.title,
        person_name=broadcast.author_name,
        count=broadcast.recipients,
    )
    record(session, submitted)
