"""Every query about forms: taking them in, which may be had, and which have been superseded."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.certificates.forms.models import FormDocument
from shared.identifiers import new_id
from shared.tasks.work import unheld


async def add(session: AsyncSession, **values: object) -> None:
    """Takes the form in, unless this revision is there already."""
    statement = insert(FormDocument).values(id=new_id(), **values)
    unique = [FormDocument.kind, FormDocument.source_id, FormDocument.revision]
    await session.execute(statement.on_conflict_do_nothing(index_elements=unique))


async def has_newer(session: AsyncSession, *, kind: str, source_id: UUID, revision: int) -> bool:
    """Whether a later state of the same form is known."""
    newer = exists().where(
        FormDocument.kind == kind, FormDocument.source_id == source_id, FormDocument.revision > revision
    )
    return bool(await session.scalar(select(newer)))


async def get_form(
    session: AsyncSession, *, kind: str, source_id: UUID, revision: int | None = None
) -> FormDocument | None:
    """That revision; without one the newest that is printed, else the newest at all."""
    statement = select(FormDocument).where(FormDocument.kind == kind, FormDocument.source_id == source_id)
    if revision is not None:
        statement = statement.where(FormDocument.revision == revision)
    printed_first = (FormDocument.storage_key.is_(None), FormDocument.revision.desc())
    found: FormDocument | None = await session.scalar(statement.order_by(*printed_first).limit(1))
    return found


async def write_end(session: AsyncSession, form: FormDocument, **values: object) -> None:
    """What is kept of a form that ``finish`` has just ended in this transaction."""
    await session.execute(
        update(FormDocument)
        .where(FormDocument.id == form.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


async def list_superseded(session: AsyncSession, *, limit: int) -> Sequence[FormDocument]:
    """Forms of which a newer revision is printed, except those that a worker holds."""
    newer = aliased(FormDocument)
    superseded = exists().where(
        newer.kind == FormDocument.kind,
        newer.source_id == FormDocument.source_id,
        newer.revision > FormDocument.revision,
        newer.storage_key.is_not(None),
    )
    return (await session.scalars(select(FormDocument).where(superseded, unheld(FormDocument)).limit(limit))).all()


async def remove(session: AsyncSession, ids: Sequence[UUID]) -> None:
    await session.execute(delete(FormDocument).where(FormDocument.id.in_(ids), unheld(FormDocument)))


async def list_overdue(session: AsyncSession, *, minutes: int, limit: int = 100) -> Sequence[FormDocument]:
    """Forms that have been waiting for their page for longer than ``minutes``, or were given up with their content still here."""
    age = func.make_interval(0, 0, 0, 0, 0, minutes)
    statement = select(FormDocument).where(
        FormDocument.content.is_not(None), FormDocument.created_at < func.now() - age
    )
    return (await session.scalars(statement.order_by(FormDocument.created_at).limit(limit))).all()
