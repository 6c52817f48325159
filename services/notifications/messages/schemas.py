"""A message as its account reads it."""

from datetime import date, datetime
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


class MessageLine(Read):
    """One line of the inbox: a message, or ``count`` of one ``day`` (Beijing) about the same thing. ``id`` is the newest's, which opens the
    line and marks it as read; ``created_at`` too. ``body`` is empty where there are several."""

    id: UUID
    day: date
    kind: MessageKind
    title: str
    body: str
    link: str = Field(description="门户页面路径")
    count: int = Field(description="该行的消息数")
    unread: int = Field(description="其中未读的消息数")
    created_at: datetime


class MessageSummary(BaseModel):
    unread: int = Field(description="未读消息数")


class MessagesMarked(BaseModel):
    marked: int = Field(description="本次标为已读的消息数")
