"""What an account wants to get, by kind and channel (BEY-03), and how one press in a mail ends a kind of it (RFC 8058)."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.contacts.models import Account
from services.notifications.kinds import Channel, MessageKind
from services.notifications.notices.catalogue import channels_of, kinds_for
from services.notifications.preferences import repository
from services.notifications.preferences.schemas import PreferenceChange, PreferenceRead
from shared.crypto import read_short
from shared.errors import FieldError, InvalidInput, NotFound
from shared.identity import Actor
from shared.settings import platform_settings

_ID_BYTES = 16
MUST = "该类消息必须接收，不能关闭"
NOT_REACHED: Mapping[Channel, str] = {
    Channel.SMS: "没有登记手机号码，请在个人设置中办理更换手机号",
    Channel.EMAIL: "没有填写电子邮箱，请先在个人设置中填写",
}


async def list_preferences(session: AsyncSession, *, actor: Actor) -> list[PreferenceRead]:
    """Every kind that the actor may get, on every channel besides the inbox, with what holds and why where that is not chosen."""
    chosen = await repository.list_own(session, actor.account_id)
    account = await repository.get_account(session, actor.account_id)
    usual: Mapping[Channel, bool] = {
        Channel.SMS: account.sms_notices if account else True,
        Channel.EMAIL: account.email_notices if account else True,
    }
    missing = _missing(account)
    sent = channels_of()
    return [
        _preference(
            kind, channel, sent.get((kind, channel)), chosen.get((kind, channel)), usual.get(channel, True), missing
        )
        for kind in kinds_for(actor)
        for channel in Channel
    ]


def _preference(
    kind: MessageKind,
    channel: Channel,
    must: bool | None,
    own: bool | None,
    usual: bool,
    missing: Mapping[Channel, str],
) -> PreferenceRead:
    """``must`` is None where the kind does not come on that channel, ``own`` where nothing was chosen."""
    nowhere = f"该类消息不发{channel.label}，请在消息中心查看"
    reasons = {None: nowhere, True: MUST, False: missing.get(channel)}
    holds = must is True or (must is False and usual)
    return PreferenceRead(
        kind=kind,
        channel=channel,
        wanted=holds if must is not False or own is None else own,
        usual=holds,
        chosen=must is False and own is not None,
        fixed=must is not False,
        reason=reasons[must],
    )


def _missing(account: Account | None) -> dict[Channel, str]:
    """Where the account is not reached, and what to do."""
    if account is None:
        return {}
    sealed = {Channel.SMS: account.phone_sealed, Channel.EMAIL: account.email_sealed}
    return {channel: words for channel, words in NOT_REACHED.items() if sealed[channel] is None}


async def change_preference(session: AsyncSession, *, actor: Actor, body: PreferenceChange) -> list[PreferenceRead]:
    """Raises InvalidInput for what does not come on that channel, or has to."""
    must = channels_of().get((body.kind, body.channel))
    if must is None:
        raise InvalidInput(errors=[FieldError("channel", "no_such_channel", "该类消息不经此方式发送，请选择其他方式")])
    if must:
        raise InvalidInput(errors=[FieldError("wanted", "must_be_sent", MUST)])
    if body.wanted is None:
        await repository.forget(session, actor.account_id, body.kind, body.channel)
    else:
        await repository.choose(session, actor.account_id, body.kind, body.channel, wanted=body.wanted)
    return await list_preferences(session, actor=actor)


async def mail_of(session: AsyncSession, token: str) -> tuple[UUID, MessageKind]:
    """Whose mail a link stood in, and of which kind; raises NotFound for a link that is none of ours."""
    payload = read_short(platform_settings().signing_key, token)
    found = await repository.reader_of(session, UUID(bytes=payload)) if payload and len(payload) == _ID_BYTES else None
    if found is None:
        raise NotFound("该链接无效，请登录后在个人设置中选择接收哪些消息")
    return found


async def leave(session: AsyncSession, token: str) -> MessageKind:
    """No more mails of this kind to whoever had this one; pressed again, the same."""
    account_id, kind = await mail_of(session, token)
    await repository.choose(session, account_id, kind, Channel.EMAIL, wanted=False)
    return kind
