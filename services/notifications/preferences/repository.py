"""Queries of preferences: an account's own, and what those who are about to get a kind have chosen."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.contacts.models import Account
from services.notifications.deliveries.models import Delivery
from services.notifications.kinds import Channel, MessageKind
from services.notifications.messages.models import Message
from services.notifications.preferences.models import NoticeSetting, Preference


async def chosen_of(
    session: AsyncSession, account_ids: Sequence[UUID], kind: MessageKind
) -> dict[tuple[UUID, Channel], bool]:
    """What these accounts have chosen for the kind, by account and channel."""
    chosen = select(Preference).where(Preference.account_id.in_(account_ids), Preference.kind == kind)
    return {(row.account_id, row.channel): row.wanted for row in await session.scalars(chosen)}


async def list_own(session: AsyncSession, account_id: UUID) -> dict[tuple[MessageKind, Channel], bool]:
    """What an account has chosen, by kind and channel."""
    rows = await session.scalars(select(Preference).where(Preference.account_id == account_id))
    return {(row.kind, row.channel): row.wanted for row in rows}


async def choose(session: AsyncSession, account_id: UUID, kind: MessageKind, channel: Channel, *, wanted: bool) -> None:
    """From now on; the last choice holds."""
    new = insert(Preference).values(account_id=account_id, kind=kind, channel=channel, wanted=wanted)
    await session.execute(
        new.on_conflict_do_update(
            index_elements=[Preference.account_id, Preference.kind, Preference.channel],
            set_={"wanted": wanted, "changed_at": func.now()},
        )
    )


async def forget(session: AsyncSession, account_id: UUID, kind: MessageKind, channel: Channel) -> None:
    """What holds without a choice holds again."""
    key = (Preference.account_id == account_id, Preference.kind == kind, Preference.channel == channel)
    await session.execute(delete(Preference).where(*key))


async def settings_of(session: AsyncSession, account_ids: Sequence[UUID]) -> dict[UUID, NoticeSetting]:
    """When and how their messages may come, of those of these accounts that have said so."""
    found = select(NoticeSetting).where(NoticeSetting.account_id.in_(account_ids))
    rows = await session.scalars(found.execution_options(populate_existing=True))
    return {row.account_id: row for row in rows}


async def keep_settings(
    session: AsyncSession, account_id: UUID, *, quiet: tuple[int, int] | None, digest: bool
) -> None:
    """From now on; the last word holds."""
    hours = {"quiet_from": quiet and quiet[0], "quiet_until": quiet and quiet[1]}
    values = {**hours, "digest": digest}
    new = insert(NoticeSetting).values(account_id=account_id, **values)
    await session.execute(
        new.on_conflict_do_update(index_elements=[NoticeSetting.account_id], set_={**values, "changed_at": func.now()})
    )


async def get_account(session: AsyncSession, account_id: UUID) -> Account | None:
    """As auth has told of it."""
    return await session.get(Account, account_id)


async def reader_of(session: AsyncSession, delivery_id: UUID) -> tuple[UUID, MessageKind] | None:
    """Whose mail it was, and of which kind, where its reader may have no more of them."""
    found = (
        select(Message.account_id, Message.kind)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(Delivery.id == delivery_id, Delivery.optional)
    )
    row = (await session.execute(found)).first()
    return (row[0], row[1]) if row else None
