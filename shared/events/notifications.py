"""What notifications tells, itself among the readers: whatever is told to somebody begins with an event."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from shared.events.base import Event


class BroadcastSubmitted(Event):
    """An office's notice to many units waits until one of these accounts has looked (STAFF-06)."""

    type: ClassVar[str] = "notifications.broadcast.submitted.v1"

    broadcast_id: UUID
    account_ids: tuple[UUID, ...]
    subject: str
    person_name: str
    count: int


class HookStopped(Event):
    """Nothing is pushed there any more, because it failed too often (BEY-16); ``account_id`` made it."""

    type: ClassVar[str] = "notifications.hook.stopped.v1"

    hook_id: UUID
    account_id: UUID
    name: str
    reason: str


class UnclaimedReceipt(BaseModel):
    """``reference`` is the provider's name of the message, ``message_id`` ours where the provider gives it back; no number (PLAT-05)."""

    reference: str
    message_id: UUID | None
    delivered: bool
    code: str


class ReceiptsUnclaimed(Event):
    """A provider has called back about messages that notifications has not sent: auth's own, or nobody's (ADR 6)."""

    type: ClassVar[str] = "notifications.receipts.unclaimed.v1"

    provider: str
    receipts: tuple[UnclaimedReceipt, ...]
