"""The review desk over the wire, around the registration that lies on it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.enrolment.registrations.bodies import ReturnKind
from shared.fields import CleanText
from shared.web.answers import Read


class Colleague(BaseModel):
    """Somebody else who is at the same registration now, and since when."""

    name: str
    since: datetime


class ReviewOpened(Read):
    """The numbers of the person in clear, for whoever has the registration on the desk (PLAT-05), and who else has."""

    resident_id: str
    mobile: str
    landline: str | None
    recipient_phone: str
    colleagues: list[Colleague]


class PhraseCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: ReturnKind = Field(description="退回类别")
    text: Annotated[str, CleanText(200)] = Field(description="常用语")


class PhraseRead(Read):
    id: UUID
    kind: ReturnKind
    text: str
