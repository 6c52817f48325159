"""Rosters on the wire (STAFF-07). No resident id but, masked, of people of one name, and the recipient's phone masked (PLAT-05)."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from services.training.enrolment.registrations.models import Registration
from services.training.plans.choices import Lodging, TrainingKind
from shared.crypto import mask_phone
from shared.web.answers import Read
from shared.workflow.definition import Labelled


class RosterPerson(Read):
    """``number`` counts from 1 in the order of the list; ``specialties`` are those taken in this session."""

    number: int
    registration_id: UUID
    name: str
    masked_id: str | None
    sex: str
    unit_name: str
    training_kind: TrainingKind
    specialties: list[str]
    lodging: Lodging | None
    lodging_label: str
    needs_credit: bool | None
    recipient_name: str
    recipient_phone: str
    recipient_postcode: str | None
    recipient_address: str


class RosterPurpose(Labelled):
    """What a roster with numbers in clear is for, which says what of them it holds."""

    POSTING = "posting", "寄送证书和资料"
    CREDIT = "credit", "办理学分证"


class RosterRead(Read):
    """The people of the session in the reader's region."""

    class_session_id: UUID
    plan_id: UUID
    plan_name: str
    session_no: int
    start_date: date
    end_date: date
    location: str
    people: list[RosterPerson]


class SheetPrepared(BaseModel):
    """The PDF of this ``revision`` follows within seconds."""

    revision: int


def roster_person(number: int, row: Registration, specialties: list[str], masked_id: str | None) -> RosterPerson:
    return RosterPerson.of(
        row,
        number=number,
        registration_id=row.id,
        name=row.staff.name,
        masked_id=masked_id,
        sex=row.staff.sex,
        specialties=specialties,
        lodging_label=row.lodging.label if row.lodging else "",
        recipient_phone=mask_phone(row.recipient_phone),
    )
