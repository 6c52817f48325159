"""A small service of its own, for tests of the kit: notes that are written, sent and taken back, and the app around them."""

from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import Form, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import CheckConstraint, ColumnClause, UniqueConstraint, literal_column, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.responses import Response

from shared.app import api_router, create_app
from shared.db.base import TYPES, Keyed, Timed, Versioned, new_metadata
from shared.db.types import code_of
from shared.db.violations import typed_check
from shared.errors import NotFound
from shared.events.base import Event
from shared.fields import CleanText
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.tasks.spec import WorkerSpec
from shared.tasks.work import Work
from shared.web.actions import add_action_routes
from shared.web.callers import SignedIn, caller
from shared.web.lists import ExpectedVersion, tag
from shared.web.route import Session
from shared.web.versions import require_version
from shared.wording import words_of
from shared.workflow.apply import apply
from shared.workflow.definition import ActionBody, Labelled, Transition, Workflow

UNIT, CDC = Permission.GROUP_REGISTRATION, Permission.PROVINCE_REVIEW


class SampleBase(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class NoteStatus(Labelled):
    DRAFT = "draft", "草稿"
    SENT = "sent", "已发"


class NoteAction(Labelled):
    SEND = "send", "发出"
    RECALL = "recall", "收回"


class NoteSent(Event):
    type: ClassVar[str] = "training.note.sent.v1"

    note_id: UUID
    text: str


class Note(Keyed, Timed, Versioned, SampleBase):
    __tablename__ = "notes"
    __table_args__ = (
        UniqueConstraint("owner_id", "line"),
        CheckConstraint("line <> 13", name="no_thirteenth"),
        typed_check("line > 0", "line", "行号须大于 0"),
    )

    owner_id: Mapped[UUID]
    text: Mapped[str]
    line: Mapped[int | None]
    status: Mapped[NoteStatus] = mapped_column(code_of(NoteStatus), default=NoteStatus.DRAFT)


class Job(Keyed, Work, SampleBase):
    __tablename__ = "sample_jobs"

    name: Mapped[str] = mapped_column(unique=True)


class Effect(SampleBase):
    __tablename__ = "effects"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


NOTE: Workflow[Note, NoteAction] = Workflow(
    name="note",
    label="便条",
    statuses=NoteStatus,
    initial=NoteStatus.DRAFT,
    transitions=(
        Transition(
            NoteAction.SEND,
            {NoteStatus.DRAFT},
            NoteStatus.SENT,
            by={UNIT},
            emits=lambda note, _actor, _body: NoteSent(note_id=note.id, text=note.text),
        ),
        Transition(NoteAction.RECALL, {NoteStatus.SENT}, NoteStatus.DRAFT, by={CDC}, needs_reason=True),
    ),
    hints={(NoteAction.SEND, NoteStatus.SENT): "已经发出，如需修改请联系省疾控收回"},
)


class NoteCreate(BaseModel):
    text: Annotated[str, CleanText(20)] = Field(description="内容，二十字以内")
    count: int = Field(default=1, ge=1, le=100)


NOTE.words.update(words_of(NoteCreate))


class NoteRead(BaseModel):
    id: UUID
    text: str
    status: str
    version: int


def _read(note: Note) -> NoteRead:
    return NoteRead(id=note.id, text=note.text, status=note.status.value, version=note.version)


async def _perform(
    session: AsyncSession, actor: Actor, note_id: UUID, action: NoteAction, body: ActionBody
) -> NoteRead:
    note = await session.get(Note, note_id)
    if note is None or (actor.may(UNIT) and note.owner_id != actor.organisation_id):
        raise NotFound
    await apply(session, NOTE, note, action, actor=actor, body=body)
    return _read(note)


router = api_router(Service.TRAINING, "notes", "便条")
add_action_routes(router, NOTE, _perform, NoteRead)


@router.post("", status_code=201)
async def create_note(
    body: NoteCreate, session: Session, response: Response, actor: Annotated[Actor, caller(UNIT)]
) -> NoteRead:
    note = Note(owner_id=actor.organisation_id, text=body.text)
    session.add(note)
    await session.flush()
    response.headers["Location"] = f"/api/training/notes/{note.id}"
    tag(response, note.version)
    return _read(note)


@router.patch("/{note_id}")
async def change_note(
    note_id: UUID, body: NoteCreate, session: Session, actor: SignedIn, expected: ExpectedVersion
) -> NoteRead:
    note = await session.get_one(Note, note_id)
    await require_version(session, NOTE, note, expected)
    NOTE.note(session, note.id, "update", actor=actor, before={"text": note.text}, after={"text": body.text})
    await session.flush()
    note.text = body.text
    await session.flush()
    return _read(note)


@router.post("/{note_id}/past-the-form")
async def change_past_the_form(note_id: UUID, column: str, value: str, session: Session, actor: SignedIn) -> None:
    """What the database alone stands against."""
    value_of: ColumnClause[str] = literal_column(repr(value) if column == "status" else value)
    await session.execute(update(Note).where(Note.id == note_id).values({Note.__table__.c[column]: value_of}))


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


@router.post("/strict")
async def take_nothing_unknown(body: Strict, actor: SignedIn) -> None:
    """Says of each thing that it does not know it."""


@router.post("/files")
async def take_a_file(file: UploadFile, actor: SignedIn, kind: Annotated[str, Form()] = "") -> int:
    return len(await file.read())


@router.post("/broken")
async def break_it(actor: SignedIn) -> None:
    raise RuntimeError("a secret of the machine room")


app = create_app(WorkerSpec(Service.TRAINING, ()), (router,), title="便条")
