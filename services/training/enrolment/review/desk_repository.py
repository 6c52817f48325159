"""Queries of the review desk's own rows: who is at which registration, and the stored phrases."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.bodies import ReturnKind
from services.training.enrolment.review.models import ReturnPhrase, Reviewing
from shared.identifiers import new_id
from shared.identity import Actor


async def note_reviewing(
    session: AsyncSession, actor: Actor, registration_id: UUID, now: datetime, after: datetime
) -> None:
    """The actor is at this registration; since when, where the last sign of life is not before ``after``."""
    row = insert(Reviewing).values(
        account_id=actor.account_id,
        registration_id=registration_id,
        person_name=actor.person_name,
        began_at=now,
        seen_at=now,
    )
    goes_on = (Reviewing.registration_id == row.excluded.registration_id) & (Reviewing.seen_at >= after)
    began = case((goes_on, Reviewing.began_at), else_=row.excluded.began_at)
    changed = {name: row.excluded[name] for name in ("registration_id", "person_name", "seen_at")}
    await session.execute(row.on_conflict_do_update(index_elements=["account_id"], set_={**changed, "began_at": began}))


async def stop_reviewing(session: AsyncSession, actor: Actor, registration_id: UUID) -> None:
    """Unless the actor has gone on to another already."""
    own = (Reviewing.account_id == actor.account_id) & (Reviewing.registration_id == registration_id)
    await session.execute(delete(Reviewing).where(own))


async def others_at(session: AsyncSession, actor: Actor, registration_id: UUID, after: datetime) -> Sequence[Reviewing]:
    """Who else is at it, the first to come first."""
    others = select(Reviewing).where(
        Reviewing.registration_id == registration_id,
        Reviewing.account_id != actor.account_id,
        Reviewing.seen_at >= after,
    )
    return (await session.scalars(others.order_by(Reviewing.began_at))).all()


async def list_phrases(session: AsyncSession) -> Sequence[ReturnPhrase]:
    """In the order in which they were stored."""
    return (await session.scalars(select(ReturnPhrase).order_by(ReturnPhrase.id))).all()


async def count_phrases(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(ReturnPhrase)) or 0


async def add_phrase(session: AsyncSession, kind: ReturnKind, text: str) -> ReturnPhrase | None:
    """None when it is stored already."""
    row = insert(ReturnPhrase).values(id=new_id(), kind=kind, text=text).on_conflict_do_nothing()
    return (await session.scalars(row.returning(ReturnPhrase))).one_or_none()


async def remove_phrase(session: AsyncSession, phrase_id: UUID) -> ReturnPhrase | None:
    """The phrase that has gone; None when there was none."""
    gone = delete(ReturnPhrase).where(ReturnPhrase.id == phrase_id).returning(ReturnPhrase)
    return (await session.scalars(gone)).one_or_none()
