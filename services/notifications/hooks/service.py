"""What a unit has pushed to its own software, or to its group's robot (BEY-16): made by its people, stopped by them or after failing for
long, each sending seen and sent again. The sending itself, with no session open, is in ``tasks``.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import httpx
from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.hints import SEND_HOOKS
from services.notifications.hooks import repository
from services.notifications.hooks.models import Hook, HookSending
from services.notifications.hooks.reading import (
    IS_STOPPED,
    hook_read,
    refusal_to_renew,
    refusal_to_send_again,
    sending_read,
)
from services.notifications.hooks.repository import ATTEMPTS
from services.notifications.hooks.schemas import (
    HookChange,
    HookCreate,
    HookMade,
    HookRead,
    Hooks,
    KindRead,
    SendingRead,
)
from services.notifications.hooks.shapes import host_of
from services.notifications.hooks.workflow import HookKind
from services.notifications.kinds import EMPLOYER_KINDS, UNIT_KINDS, MessageKind
from services.notifications.messages.models import Message
from services.notifications.settings import notification_settings
from shared.addresses import address as page
from shared.clock import now_utc
from shared.db.paging import Page, PageRequest
from shared.db.session import note_hint
from shared.errors import Conflict, FieldError, InvalidInput
from shared.events.log import record
from shared.events.notifications import HookStopped
from shared.identifiers import new_id
from shared.identity import Actor
from shared.logging import correlation_id
from shared.outgoing import refusal_of
from shared.roles import Permission
from shared.tasks.work import try_again
from shared.web.lists import page_of
from shared.workflow.apply import ActionRefused

if TYPE_CHECKING:
    from services.notifications.notices.models import Notice

MOST = 10
# Until its reader knows the new secret everywhere.
BOTH_SECRETS = timedelta(days=3)
# Stopped after so many attempts in a row over so long: an evening's maintenance stops nobody.
FAILURES_BEFORE_STOP, FAILING_BEFORE_STOP = 20, timedelta(days=1)
BY_HAND = "已由{}停用"


class TooManyHooks(Conflict):
    code = "too_many_hooks"
    detail = f"本单位的消息推送已达 {MOST} 个，请先删除不再使用的"


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: the HTTP status where there was an answer, and what was wrong."""

    answered: int | None
    error: str


async def list_hooks(session: AsyncSession, *, actor: Actor) -> Hooks:
    """Those of the actor's organisation."""
    rows = await repository.list_hooks(session, actor)
    return Hooks(items=[hook_read(row) for row in rows], kinds=[KindRead(kind=kind) for kind in kinds_of(actor)])


async def make_hook(session: AsyncSession, *, actor: Actor, body: HookCreate) -> HookMade:
    """With the secret that nobody sees again. Raises InvalidInput for an address that may not be called, and TooManyHooks."""
    address = body.address.get_secret_value().strip()
    _check(body, body.kind, address, actor)
    if len(await repository.list_hooks(session, actor)) >= MOST:
        raise TooManyHooks
    given = body.secret.get_secret_value().strip() if body.secret else None
    own = body.kind is HookKind.WEBHOOK
    row = Hook(
        organisation_id=actor.organisation_id,
        made_by=actor.account_id,
        made_by_name=actor.person_name,
        kind=body.kind,
        name=body.name,
        address=address,
        secret=_new_secret() if own else given or None,
        kinds=sorted(set(body.kinds)),
    )
    session.add(row)
    await session.flush()
    await session.refresh(row)
    return HookMade(**hook_read(row).model_dump(), secret=row.secret if own else None)


def kinds_of(actor: Actor) -> list[MessageKind]:
    """What comes to the actor's unit, and so may be pushed."""
    declares = actor.may(Permission.HAZARD_DECLARATION)
    trains = actor.may(Permission.GROUP_REGISTRATION, Permission.INSTITUTION_FILING)
    return [
        kind
        for kind in UNIT_KINDS
        if kind is MessageKind.OFFICE_NOTICE or (declares if kind in EMPLOYER_KINDS else trains)
    ]


def _check(body: HookCreate | HookChange, kind: HookKind, address: str, actor: Actor) -> None:
    errors = []
    anywhere = notification_settings().hooks_anywhere
    refusal = refusal_of(address, anywhere=anywhere)
    wanted = host_of(kind)
    if not refusal and wanted and not anywhere and httpx.URL(address).host != wanted:
        refusal = f"应为机器人的地址，以 https://{wanted}/ 开头"
    if refusal:
        errors.append(FieldError("address", "address_not_callable", refusal))
    if body.secret and kind is not HookKind.DINGTALK:
        errors.append(FieldError("secret", "secret_not_asked", "只有钉钉机器人需要填写加签密钥"))
    if not set(body.kinds or ()) <= set(kinds_of(actor)):
        errors.append(FieldError("kinds", "kind_not_pushed", "含有不会发给本单位的消息，请重新选择"))
    if errors:
        raise InvalidInput(errors=errors)


async def change_hook(session: AsyncSession, *, actor: Actor, hook_id: UUID, body: HookChange) -> HookRead:
    """What is given, from the next message on; what waits goes to the new address. Raises NotFound and InvalidInput."""
    row = await repository.require_hook(session, actor, hook_id)
    address = body.address.get_secret_value().strip() if body.address else row.address
    _check(body, row.kind, address, actor)
    row.name, row.address = body.name or row.name, address
    if body.kinds is not None:
        row.kinds = sorted(set(body.kinds))
    if body.secret and (given := body.secret.get_secret_value().strip()):
        row.secret = given
    await session.flush()
    return hook_read(row)


async def renew_secret(session: AsyncSession, *, actor: Actor, hook_id: UUID) -> HookMade:
    """Another secret, shown this once; messages are signed with both for a while. Raises NotFound and ActionRefused."""
    row = await repository.require_hook(session, actor, hook_id)
    if refusal := refusal_to_renew(row, now_utc()):
        raise ActionRefused(refusal)
    row.secret_before, row.secret_before_until = row.secret, now_utc() + BOTH_SECRETS
    row.secret = _new_secret()
    await session.flush()
    return HookMade(**hook_read(row).model_dump(), secret=row.secret)


def _new_secret() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"


async def stop_hook(session: AsyncSession, *, actor: Actor, hook_id: UUID) -> HookRead:
    """Nothing goes there any more; what waits is not sent."""
    row = await repository.require_hook(session, actor, hook_id)
    if row.stopped_at is None:
        await _stop(session, row, BY_HAND.format(actor.person_name))
    return hook_read(row)


async def _stop(session: AsyncSession, row: Hook, why: str) -> None:
    row.stopped_at, row.stopped_reason = now_utc(), why[:500]
    await repository.end_waiting(session, row.id, why)
    await session.flush()


async def start_hook(session: AsyncSession, *, actor: Actor, hook_id: UUID) -> HookRead:
    """From now on it is told again; what was missed is sent again by hand."""
    row = await repository.require_hook(session, actor, hook_id)
    row.stopped_at = row.stopped_reason = row.failing_since = None
    row.failures = 0
    await session.flush()
    return hook_read(row)


async def delete_hook(session: AsyncSession, *, actor: Actor, hook_id: UUID) -> None:
    """With its sendings."""
    await session.delete(await repository.require_hook(session, actor, hook_id))
    await session.flush()


async def try_hook(session: AsyncSession, *, actor: Actor, hook_id: UUID) -> SendingRead:
    """A message that says that it is a try. Raises ActionRefused."""
    row = await repository.require_hook(session, actor, hook_id)
    if row.stopped_at is not None:
        raise ActionRefused(IS_STOPPED)
    sending = HookSending(
        hook_id=row.id,
        title="试推送",
        body=f"这是{actor.organisation_name}的一条测试消息。",
        link=page("settings"),
        correlation_id=correlation_id.get(),
    )
    session.add(sending)
    return await _sent_on(session, row, sending)


async def _sent_on(session: AsyncSession, row: Hook, sending: HookSending) -> SendingRead:
    await session.flush()
    await session.refresh(sending)
    note_hint(session, SEND_HOOKS)
    return sending_read(row, sending)


async def sendings_page(session: AsyncSession, *, actor: Actor, hook_id: UUID, page: PageRequest) -> Page[SendingRead]:
    """The newest first."""
    row = await repository.require_hook(session, actor, hook_id)
    return page_of(await repository.list_sendings(session, row, page), lambda each: sending_read(row, each))


async def send_again(session: AsyncSession, *, actor: Actor, hook_id: UUID, sending_id: UUID) -> SendingRead:
    """The same message with the same id, with all its attempts. Raises ActionRefused."""
    row = await repository.require_hook(session, actor, hook_id)
    sending = await repository.require_sending(session, row, sending_id)
    if refusal := refusal_to_send_again(row, sending):
        raise ActionRefused(refusal)
    sending.done_at = sending.delivered_at = sending.last_error = sending.answered = None
    sending.attempts, sending.due_at = 0, now_utc()
    return await _sent_on(session, row, sending)


async def add_sendings(session: AsyncSession, notice: "Notice", messages: Sequence[Message]) -> None:
    """One for each hook that the organisations of these messages have for its kind; none of what is for single accounts."""
    if notice.account_ids is not None or not messages:
        return
    told = {each.organisation_id for each in messages}
    hooks = await repository.hooks_for(session, told, notice.kind)
    if not hooks:
        return
    said = {name: getattr(notice, name) for name in ("kind", "title", "body", "link", "correlation_id")}
    rows = [{"id": new_id(), "hook_id": hook_id, "notice_id": notice.id, **said} for hook_id in hooks]
    await repository.add_sendings(session, rows)
    note_hint(session, SEND_HOOKS)


async def settle(session: AsyncSession, sending: HookSending, outcome: Outcome) -> None:
    """Writes down how an attempt ended, and what that says of the hook."""
    row = await repository.lock_hook(session, sending.hook_id)
    if row is None:
        return
    if not outcome.error:
        values = {"delivered_at": func.now(), "answered": outcome.answered, "last_error": None}
        if await repository.end(session, sending, **values):
            row.failures, row.failing_since, row.sent_at = 0, None, now_utc()
        return
    if row.stopped_at is not None:
        await repository.end(session, sending, last_error=outcome.error, answered=outcome.answered)
        return
    if not await try_again(session, sending, ATTEMPTS, error=outcome.error, answered=outcome.answered):
        await repository.end(session, sending, last_error=outcome.error, answered=outcome.answered)
    row.failures += 1
    row.failing_since = row.failing_since or now_utc()
    if row.failures >= FAILURES_BEFORE_STOP and row.failing_since <= now_utc() - FAILING_BEFORE_STOP:
        await _stop(session, row, f"连续失败 {row.failures} 次：{outcome.error}")
        record(session, HookStopped(hook_id=row.id, account_id=row.made_by, name=row.name, reason=outcome.error))
