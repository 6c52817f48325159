"""What notifications tells, itself among the readers: whatever is told to somebody begins with an event."""

from typing import ClassVar
from uuid import UUID

from shared.events.base import Event


class HookStopped(Event):
    """Nothing is pushed there any more, because it failed too often (BEY-16); ``account_id`` made it."""

    type: ClassVar[str] = "notifications.hook.stopped.v1"

    hook_id: UUID
    account_id: UUID
    name: str
    reason: str
