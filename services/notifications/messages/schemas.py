"""A message as its account reads it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.notifications.kinds import MessageKind
from shared.web.answers import Read


class MessageRead(Read):
    """In the list and alone: a message has nothing more to show."""

    id: UUID
    kind: MessageKind
    title: str
    body: str
    link: str = Field(description="门户页面路径")
    created_at: datetime
    read_at: datetime | None


class MessageSummary(BaseModel):
    unread: int = Field(description="未读消息数")


class MessagesMarked(BaseModel):
    marked: int = Field(description="本次标为已读的消息数")
