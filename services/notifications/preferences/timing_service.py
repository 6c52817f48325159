"""When and how an account's messages may come: hours in which nothing is sent by SMS that can wait, and mails once a day (BEY-03)."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries import trouble_repository
from services.notifications.kinds import Channel
from services.notifications.oversight.reasons import why
from services.notifications.preferences import repository
from services.notifications.preferences.schemas import NoticeSettingsChange, NoticeSettingsRead
from services.notifications.preferences.service import NOT_REACHED
from services.notifications.settings import notification_settings
from shared.errors import FieldError, InvalidInput
from shared.identity import Actor

MAIL_HELP = "邮箱有变化的，请在个人设置中更正；邮箱已恢复的，请确认“邮箱已能收到邮件”"


async def read_settings(session: AsyncSession, *, actor: Actor) -> NoticeSettingsRead:
    """What holds for the actor."""
    own = (await repository.settings_of(session, [actor.account_id])).get(actor.account_id)
    account = await repository.get_account(session, actor.account_id)
    settings = notification_settings()
    usual = (settings.quiet_from % 24, settings.quiet_until % 24)
    quiet = (own and own.quiet) or usual
    return NoticeSettingsRead(
        quiet_from=quiet[0],
        quiet_until=quiet[1],
        usual_from=usual[0],
        usual_until=usual[1],
        own_hours=bool(own and own.quiet),
        digest=bool(own and own.digest),
        digest_hour=settings.digest_hour,
        digest_reason=NOT_REACHED[Channel.EMAIL] if account and account.email_sealed is None else None,
        mail_trouble=await _mail_trouble(session, actor),
    )


async def _mail_trouble(session: AsyncSession, actor: Actor) -> str | None:
    """Why mails do not arrive, and what their reader does about it (BEY-12)."""
    error = await trouble_repository.error_of(session, actor.account_id, Channel.EMAIL)
    return error and f"{why(error)}。{MAIL_HELP}"


async def confirm_mailbox(session: AsyncSession, *, actor: Actor) -> NoticeSettingsRead:
    """The reader says that the same mailbox works again: mails are sent there from now on, and the next that comes back says otherwise."""
    await trouble_repository.try_again(session, actor.account_id)
    return await read_settings(session, actor=actor)


async def change_settings(session: AsyncSession, *, actor: Actor, body: NoticeSettingsChange) -> NoticeSettingsRead:
    """Raises InvalidInput for one hour without the other, and for a digest that could be sent nowhere."""
    before = await read_settings(session, actor=actor)
    if (body.quiet_from is None) != (body.quiet_until is None):
        field = "quiet_from" if body.quiet_from is None else "quiet_until"
        raise InvalidInput(errors=[FieldError(field, "missing", "开始和结束时间须一起填写，或都不填写")])
    if body.digest and before.digest_reason:
        raise InvalidInput(errors=[FieldError("digest", "no_email", before.digest_reason)])
    quiet = None if body.quiet_from is None or body.quiet_until is None else (body.quiet_from, body.quiet_until)
    await repository.keep_settings(session, actor.account_id, quiet=quiet, digest=body.digest)
    return await read_settings(session, actor=actor)
