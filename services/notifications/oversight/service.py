"""发送记录: what officials see of deliveries, and do about those that failed (STAFF-06, BEY-12): sent again, or ruled to have been sent
where nobody else can know."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.contacts.models import Account
from services.notifications.contacts.service import keep_account
from services.notifications.deliveries.digest_service import DIGEST
from services.notifications.deliveries.resending_service import TURNED_OFF, turned_off
from services.notifications.deliveries.trouble_repository import end_phone, forget_others, note_phone
from services.notifications.deliveries.workflow import DELIVERY, DeliveryAction
from services.notifications.kinds import Channel
from services.notifications.oversight import repository
from services.notifications.oversight.filters import DeliveryFilter, UnreachedFilter
from services.notifications.oversight.reasons import ADVICE, why
from services.notifications.oversight.repository import Sending, Unreached
from services.notifications.oversight.schemas import (
    DeliveryBatch,
    DeliveryListItem,
    DeliveryRead,
    DeliveryResult,
    DeliveryResults,
    UnreachedItem,
)
from services.notifications.oversight.workflow import Reached
from shared.clock import now_utc
from shared.crypto import Sealed, mask_phone
from shared.db.history import changes_of
from shared.db.paging import Page, PageRequest
from shared.db.types import field_cipher
from shared.errors import NotFound
from shared.events.auth import AccountChanged, AccountTextReported
from shared.identity import Actor
from shared.web.histories import HistoryEntry, history_entries
from shared.web.lists import page_of
from shared.workflow.apply import apply
from shared.workflow.buttons import AllowedAction, allowed_actions
from shared.workflow.definition import ActionBody, Refusal, refusal_of

AGAIN = DeliveryAction.SEND_AGAIN
_ONE_BY_ONE = Refusal("needs_reason", "结果待查的须逐条办理并写明理由，请打开该记录")


def _mask_email(address: str) -> str:
    head, at, host = address.partition("@")
    return f"{head[:1]}***{at}{host}"


_STATES: Mapping[str, Reached] = {each.value: each for each in Reached}
_MASKS = {Channel.SMS: mask_phone, Channel.EMAIL: _mask_email}


def _shown(sending: Sending, actor: Actor) -> dict[str, object]:
    delivery, message = sending.delivery, sending.message
    return {
        "notice_id": message.notice_id,
        "kind": message.kind,
        "title": delivery.subject if delivery.kind == DIGEST else message.title,
        "person_name": sending.person_name,
        "organisation_name": sending.organisation_name,
        "address": _MASKS[delivery.channel](delivery.address),
        "reason": why(delivery.last_error),
        "allowed_actions": allowed_actions(DELIVERY, delivery, actor, now_utc()),
    }


async def list_deliveries(
    session: AsyncSession, *, actor: Actor, wanted: DeliveryFilter, page: PageRequest
) -> Page[DeliveryListItem]:
    """Those that the actor oversees, the newest first."""
    rows = await repository.list_deliveries(session, actor, wanted, page)
    return page_of(rows, lambda row: DeliveryListItem.of(row.delivery, **_shown(row, actor)))


async def read_delivery(session: AsyncSession, *, actor: Actor, delivery_id: UUID) -> DeliveryRead:
    """Raises ``NotFound`` for one that the actor does not oversee."""
    found = await repository.require_sending(session, actor, delivery_id)
    shown = DeliveryRead.of(found.delivery, **_shown(found, actor))
    if not await turned_off(session, [found.delivery]):
        return shown
    actions = [_unless_off(each) for each in shown.allowed_actions]
    return shown.model_copy(update={"allowed_actions": actions})


def _unless_off(action: AllowedAction) -> AllowedAction:
    """What would be refused says so beforehand."""
    if action.action != AGAIN.value or not action.allowed:
        return action
    return action.model_copy(update={"allowed": False, "code": TURNED_OFF.code, "reason": TURNED_OFF.reason})


async def delivery_history(session: AsyncSession, *, actor: Actor, delivery_id: UUID) -> list[HistoryEntry]:
    """What people have done about it. Raises ``NotFound``."""
    await repository.require_sending(session, actor, delivery_id)
    return history_entries(await changes_of(session, DELIVERY, delivery_id), actor, DELIVERY)


async def act_on_delivery(
    session: AsyncSession, actor: Actor, delivery_id: UUID, action: DeliveryAction, body: ActionBody
) -> DeliveryRead:
    """Raises ``NotFound``, ``ActionRefused``, ``InvalidInput`` where a reason is needed."""
    found = await repository.require_sending(session, actor, delivery_id)
    await apply(session, DELIVERY, found.delivery, action, actor=actor, body=body)
    await session.refresh(found.delivery)
    return await read_delivery(session, actor=actor, delivery_id=delivery_id)


async def send_again(session: AsyncSession, *, actor: Actor, body: DeliveryBatch) -> DeliveryResults:
    """Each that failed goes again; the others say why not, unknown and foreign ones ``not_found``."""
    held = {row.delivery.id: row for row in await repository.lock_sendings(session, actor, body.delivery_ids)}
    now, results = now_utc(), []
    off = await turned_off(session, [row.delivery for row in held.values()])
    for each in dict.fromkeys(body.delivery_ids):
        row = held.get(each)
        refusal = _refusal(row, actor) or (TURNED_OFF if each in off else None)
        if row and refusal is None:
            await apply(session, DELIVERY, row.delivery, AGAIN, actor=actor, now=now, held=True)
        results.append(_result(each, row, refusal))
    done = sum(each.done for each in results)
    return DeliveryResults(done=done, refused=len(results) - done, results=results)


def _refusal(row: Sending | None, actor: Actor) -> Refusal | None:
    if row is None:
        return Refusal(NotFound.code, NotFound.detail)
    step = DELIVERY.transition(AGAIN, row.delivery.status)
    if step and step.needs_reason:
        return _ONE_BY_ONE
    return refusal_of(DELIVERY, row.delivery, AGAIN, actor, now_utc())


def _result(delivery_id: UUID, row: Sending | None, refusal: Refusal | None) -> DeliveryResult:
    told = DeliveryResult(delivery_id=delivery_id, person_name=row.person_name if row else "", done=refusal is None)
    return told if refusal is None else told.model_copy(update={"code": refusal.code, "reason": refusal.reason})


async def list_unreached(
    session: AsyncSession, *, actor: Actor, wanted: UnreachedFilter, page: PageRequest
) -> Page[UnreachedItem]:
    """Accounts that the actor oversees and that are not told all on a channel."""
    return page_of(await repository.list_unreached(session, actor, wanted, page), _unreached)


def _unreached(row: Unreached) -> UnreachedItem:
    state = _STATES[row.state]
    return UnreachedItem.of(row, state=state, reason=why(row.error), advice=ADVICE[state, row.channel])


async def account_changed(session: AsyncSession, event: AccountChanged) -> None:
    """What auth says of an account; with another number or address, what was said of the old one no longer holds."""
    await keep_account(session, event)
    given = {Channel.SMS: event.phone, Channel.EMAIL: event.email}
    await forget_others(session, event.account_id, {each: _clear(sealed) for each, sealed in given.items()})


async def account_text_reported(session: AsyncSession, event: AccountTextReported) -> None:
    """What became of auth's own message to an account's number, which news of the account has told before (BEY-12)."""
    if event.delivered:
        await end_phone(session, event.account_id)
        return
    account = await session.get(Account, event.account_id)
    if account and account.phone_sealed:
        phone = Sealed(account.phone_sealed).open(field_cipher())
        await note_phone(session, event.account_id, phone, event.code)


def _clear(sealed: Sealed | None) -> str | None:
    return sealed.open(field_cipher()) if sealed else None
