"""A message as its account reads it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.notifications.kinds import MessageKind
from services.notifications.messages.models import Message


class MessageRead(BaseModel):
    """In the list and alone: a message has nothing more to show."""

    id: UUID
    kind: MessageKind
    kind_label: str
    title: str
    body: str
    link: str = Field(description="门户页面路径")
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, message: Message) -> "MessageRead":
        return cls(
            id=message.id,
            kind=message.kind,
            kind_label=message.kind.label,
            title=message.title,
            body=message.body,
            link=message.link,
            created_at=message.created_at,
            read_at=message.read_at,
        )


class MessageSummary(BaseModel):
    unread: int = Field(description="未读消息数")


class MessagesMarked(BaseModel):
    marked: int = Field(description="本次标为已读的消息数")
