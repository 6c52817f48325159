"""Attendance on the wire (BEY-15): the code on the wall, a check-in by somebody without an account, and the days of each person."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.training.results.attendance.workflow import Means
from shared.fields import Copied, PersonName
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction


class CheckInCodeRead(BaseModel):
    """``path`` is the portal's page for the check-in, ``svg`` the QR of its address; a new one is asked for before ``expires_at``."""

    class_session_id: UUID
    day: date
    path: str
    svg: str
    expires_at: datetime


class CheckInCreate(BaseModel):
    """Who is there: full name, and the last six characters of the resident id."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=1), Copied(200)]
    name: PersonName
    id_tail: Annotated[
        str,
        StringConstraints(to_upper=True, pattern=r"^[0-9]{5}[0-9Xx]$"),
        Field(description="身份证号后六位"),
        Copied(20),
    ]


class CheckInRead(Read):
    """The same for the first and every further time."""

    plan_name: str
    session_no: int
    location: str
    day: date
    name: str


class AttendancePut(BaseModel):
    """Everybody who was there on that day; who checked in by the code stays there in any case."""

    model_config = ConfigDict(extra="forbid")

    registration_ids: Annotated[list[UUID], Field(max_length=10_000)]


class PersonPresent(BaseModel):
    """Whether one person was there; a check-in by the code is taken back by a correction alone."""

    model_config = ConfigDict(extra="forbid")

    present: Annotated[bool, Field(description="当天是否出勤")]


class CheckedIn(Read):
    registration_id: UUID
    name: str
    unit_name: str
    recorded_at: datetime


class Expected(Read):
    registration_id: UUID
    name: str
    unit_name: str


class LiveCheckIns(BaseModel):
    """How far today's check-in is: ``there`` of ``total``, the ``latest`` first, and who is ``missing``."""

    class_session_id: UUID
    plan_name: str
    session_no: int
    day: date
    there: int
    total: int
    latest: list[CheckedIn]
    missing: list[Expected]


class DayCount(Read):
    """How many were there on a day; ``reason`` is why nothing can be entered for it now, null where something can."""

    day: date
    there: int
    reason: str | None


class DayAttended(Read):
    day: date
    means: Means


class PersonAttendance(Read):
    """``lacking`` says why the person does not reach what the plan asks for, empty when it is reached or nothing is asked for."""

    registration_id: UUID
    name: str
    unit_name: str
    days: list[DayAttended]
    lacking: str


class AttendanceRead(BaseModel):
    """``minimum_attendance`` in percent of ``days``, null while the plan asks for none; ``dates`` are those that can be marked.
    ``allowed_actions``: enter a day's list, and correct one person's day after the results are out."""

    class_session_id: UUID
    plan_name: str
    session_no: int
    days: int
    minimum_attendance: int | None
    days_needed: int | None
    dates: list[date]
    counts: list[DayCount]
    people: list[PersonAttendance]
    allowed_actions: list[AllowedAction]
