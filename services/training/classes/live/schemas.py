"""The numbers of a plan's sessions while units choose, and nothing else (TRN-68, TRN-72)."""

from uuid import UUID

from pydantic import BaseModel


class LiveRow(BaseModel):
    """已选人数 of one 专业类别 over all units, and how many more fit."""

    specialty_code: str
    taken: int
    remaining: int


class LiveSession(BaseModel):
    """``remaining`` is 剩余人数."""

    class_session_id: UUID
    remaining: int
    rows: list[LiveRow]


class LiveSeats(BaseModel):
    class_sessions: list[LiveSession]
