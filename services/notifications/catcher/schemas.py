"""What the catcher is sent and what it shows. It shows addresses in full: it stands for the phone itself."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from services.notifications.kinds import Channel
from shared.fields import CleanText, Mobile
from shared.web.answers import Read


class SmsIn(BaseModel):
    """What a provider of text messages is posted."""

    id: UUID
    phone: Mobile
    text: Annotated[str, CleanText(2000, lines=True, printed=False)]


class SmsAccepted(BaseModel):
    reference: UUID


class CaughtRead(Read):
    id: UUID
    channel: Channel
    address: str
    subject: str
    text: str
    received_at: datetime


class CaughtList(BaseModel):
    items: list[CaughtRead]
