"""What the catcher is sent and what it shows. It shows addresses in full: it stands for the phone itself."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.notifications.catcher.models import CaughtMessage
from services.notifications.kinds import Channel
from shared.fields import Mobile


class SmsIn(BaseModel):
    """What a provider of text messages is posted."""

    id: UUID
    phone: Mobile
    text: Annotated[str, Field(min_length=1, max_length=2000)]


class SmsAccepted(BaseModel):
    reference: UUID


class CaughtRead(BaseModel):
    id: UUID
    channel: Channel
    channel_label: str
    address: str
    subject: str
    text: str
    received_at: datetime

    @classmethod
    def of(cls, caught: CaughtMessage) -> "CaughtRead":
        return cls(
            id=caught.id,
            channel=caught.channel,
            channel_label=caught.channel.label,
            address=caught.address,
            subject=caught.subject,
            text=caught.text,
            received_at=caught.received_at,
        )


class CaughtList(BaseModel):
    items: list[CaughtRead]
