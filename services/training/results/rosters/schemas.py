"""Rosters on the wire (STAFF-07). No resident id, and the recipient's phone masked (PLAT-05)."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from services.training.classes.class_sessions.models import ClassSession
from services.training.enrolment.registrations.models import Registration
from services.training.plans.choices import Lodging, TrainingKind
from services.training.plans.models import Plan
from shared.crypto import mask_phone


class RosterPerson(BaseModel):
    """``number`` counts from 1 in the order of the list; ``specialties`` are those taken in this session."""

    number: int
    registration_id: UUID
    name: str
    sex: str
    unit_name: str
    training_kind: TrainingKind
    training_kind_label: str
    specialties: list[str]
    lodging: Lodging | None
    lodging_label: str
    needs_credit: bool | None
    recipient_name: str
    recipient_phone: str
    recipient_postcode: str | None
    recipient_address: str

    @classmethod
    def of(cls, number: int, row: Registration, specialties: list[str]) -> Self:
        return cls(
            number=number,
            registration_id=row.id,
            name=row.staff.name,
            sex=row.staff.sex,
            unit_name=row.unit_name,
            training_kind=row.training_kind,
            training_kind_label=row.training_kind.label,
            specialties=specialties,
            lodging=row.lodging,
            lodging_label=row.lodging.label if row.lodging else "",
            needs_credit=row.needs_credit,
            recipient_name=row.recipient_name,
            recipient_phone=mask_phone(row.recipient_phone),
            recipient_postcode=row.recipient_postcode,
            recipient_address=row.recipient_address,
        )


class RosterRead(BaseModel):
    """The people of the session in the reader's region."""

    class_session_id: UUID
    plan_id: UUID
    plan_name: str
    session_no: int
    start_date: date
    end_date: date
    location: str
    people: list[RosterPerson]

    @classmethod
    def of(cls, row: ClassSession, plan: Plan, people: list[RosterPerson]) -> Self:
        return cls(
            class_session_id=row.id,
            plan_id=plan.id,
            plan_name=plan.name,
            session_no=row.session_no,
            start_date=row.start_date,
            end_date=row.end_date,
            location=row.location,
            people=people,
        )


class SheetPrepared(BaseModel):
    """The PDF of this ``revision`` follows within seconds."""

    revision: int
