"""Queries of templates: the newest words of a kind, and what providers have approved beside them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.kinds import MessageKind
from services.notifications.templates.models import MessageTemplate
from services.notifications.templates.workflow import Place
from shared.identifiers import new_id
from shared.services import Service
from shared.sms.templates import Template, Templates, read_templates

_T = MessageTemplate


def _newest() -> Select[MessageTemplate]:
    return select(_T).ext(distinct_on(_T.kind, _T.place)).order_by(_T.kind, _T.place, _T.version.desc())


async def newest_of(session: AsyncSession, kind: MessageKind) -> Mapping[Place, MessageTemplate]:
    """The versions that hold, by place; what was never edited is not there."""
    rows = await session.scalars(_newest().where(_T.kind == kind))
    return {row.place: row for row in rows}


async def list_newest(session: AsyncSession) -> Sequence[MessageTemplate]:
    """The versions that hold, of all kinds."""
    return (await session.scalars(_newest())).all()


async def add(session: AsyncSession, **values: object) -> bool:
    """Writes a version down; False when somebody else has written that one."""
    new = insert(_T).values(id=new_id(), **values).on_conflict_do_nothing().returning(_T.id)
    return await session.scalar(new) is not None


async def sms_templates(session: AsyncSession, path: Path | None) -> Templates:
    """What providers have approved: the file that the settings name, and over it what was edited since."""
    file = read_templates(path)
    edited = await session.scalars(_newest().where(_T.place == Place.SMS))
    own = dict(file.root.get(Service.NOTIFICATIONS, {}))
    for row in edited:
        told = {name: Template.model_validate(each) for name, each in row.providers.items()}
        if told:
            own[row.kind.value] = {**own.get(row.kind.value, {}), **told}
    return Templates({**file.root, Service.NOTIFICATIONS: own})
