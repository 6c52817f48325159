"""Every query about cases, and those about units and accounts that only cases ask. A reviewer sees the cases of the region whose desk,
or whose oversight, the account's permissions name; everybody else none (PLAT-06).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.desks.cases.models import Case
from services.auth.desks.cases.workflow import CASE, DESKS, CaseAction, CaseKind, CaseStatus
from services.auth.directory.organisations.codes import HAND_OVER
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.workflow import ORGANISATION
from services.auth.directory.regions.models import Region
from shared.attachments import Attachment, of_record
from shared.db.history import History
from shared.db.paging import Filter, PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identifiers import bare
from shared.identity import Actor
from shared.reference.pinyin import like_pattern
from shared.reference.regions import scope_prefix
from shared.roles import Level, Permission, Portal

_COLUMNS = {"id": Case.id, "created_at": Case.created_at, "organisation_name": Case.organisation_name}
READERS = (
    Permission.DECLARATION_REVIEW,
    Permission.ACCOUNT_MANAGEMENT,
    Permission.DECLARATION_OVERSIGHT,
    Permission.PROVINCE_REVIEW,
)


class CaseFilter(Filter):
    """``name`` is any part of the unit's name, or of its pinyin initials (PLAT-08)."""

    kind: list[CaseKind] = Field(default=[], max_length=20, description="事项，可多选")
    status: CaseStatus | None = None
    region_code: str | None = Field(default=None, pattern=r"^[0-9]{6}$", max_length=6, description="行政区划，含下级")
    number: str | None = Field(default=None, max_length=100)
    name: str | None = Field(default=None, max_length=100)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The cases of the actor's region and of the kinds that the actor's permissions decide or oversee."""
    kinds = [kind for kind, desk in DESKS.items() if actor.may(*desk.rights.values())]
    if actor.level is Level.UNIT or not actor.region_prefix or not kinds:
        return false()
    return and_(Case.kind.in_(kinds), Case.region_code.startswith(actor.region_prefix, autoescape=True))


async def list_cases(session: AsyncSession, actor: Actor, wanted: CaseFilter, page: PageRequest) -> Rows[Case]:
    """One page of the cases that the actor sees, the newest first."""
    conditions = [visible_to(actor)]
    if wanted.kind:
        conditions.append(Case.kind.in_(wanted.kind))
    if wanted.status is not None:
        conditions.append(Case.status == wanted.status)
    if wanted.region_code is not None:
        conditions.append(Case.region_code.startswith(scope_prefix(wanted.region_code), autoescape=True))
    if wanted.number is not None:
        conditions.append(Case.number == bare(wanted.number).upper())
    if wanted.name is not None:
        conditions.append(Case.name_search.like(like_pattern(wanted.name), escape="\\"))
    statement = select(Case).where(*conditions)
    return await fetch_page(session, statement, columns=_COLUMNS, default_sort="-id", page=page)


async def require_case(session: AsyncSession, actor: Actor, case_id: UUID) -> Case:
    """The case; raises NotFound when the actor does not see it."""
    case: Case | None = await session.scalar(select(Case).where(Case.id == case_id, visible_to(actor)))
    if case is None:
        raise NotFound
    return case


async def hold_case(session: AsyncSession, case: Case) -> None:
    """Whoever else prepares its notice waits."""
    await session.execute(select(Case.id).where(Case.id == case.id).with_for_update())


async def body_that_decided(session: AsyncSession, case: Case) -> str | None:
    """The name of the body whose account decided the case, by its history; None when there is no such account any more."""
    decided = select(Organisation.name).join(Account, Account.organisation_id == Organisation.id)
    decided = decided.join(History, History.actor_id == Account.id).where(
        History.record_type == CASE.name,
        History.record_id == case.id,
        History.action.in_([CaseAction.APPROVE.value, CaseAction.REFUSE.value]),
    )
    found: str | None = await session.scalar(decided.limit(1))
    return found


async def get_by_number(session: AsyncSession, number: str) -> Case | None:
    """The case that is followed by this number, whoever asks."""
    found: Case | None = await session.scalar(select(Case).where(Case.number == number.strip().upper()))
    return found


async def open_beside(session: AsyncSession, case: Case, *kinds: CaseKind) -> Sequence[Case]:
    """The other cases about the same unit that wait for their decision, the oldest first; of these kinds."""
    same = select(Case).where(
        Case.kind.in_(kinds),
        Case.organisation_id == case.organisation_id,
        Case.status == CASE.initial,
        Case.id != case.id,
    )
    return (await session.scalars(same.order_by(Case.id))).all() if case.organisation_id else []


async def moved(session: AsyncSession, limit: int) -> Sequence[Case]:
    """Some open cases that lie on another desk than the one that was told of them, locked; those that somebody else holds come later."""
    waiting = select(Case).where(Case.status == CASE.initial, Case.told_level != Case.desk_level)
    held = waiting.order_by(Case.id).limit(limit).with_for_update(of=Case, skip_locked=True)
    return (await session.scalars(held)).all()


async def files_of(session: AsyncSession, case: Case) -> Sequence[Attachment]:
    """The case's evidence, oldest first."""
    return await of_record(session, CASE, [case.id])


async def require_file(session: AsyncSession, case: Case, attachment_id: UUID) -> Attachment:
    """One file of the case; raises NotFound."""
    found = next((file for file in await files_of(session, case) if file.id == attachment_id), None)
    if found is None:
        raise NotFound
    return found


async def list_with_code(session: AsyncSession, credit_code: str) -> Sequence[Organisation]:
    """Every organisation with this code, the head office first (X22)."""
    found = await session.scalars(
        select(Organisation).where(Organisation.credit_code == credit_code).order_by(Organisation.branch_no)
    )
    return found.all()


async def accounts_of(session: AsyncSession, organisations: Iterable[UUID]) -> Sequence[Account]:
    """The units' accounts, the oldest first: a new one changes nobody's place."""
    found = await session.scalars(
        select(Account)
        .where(Account.organisation_id.in_(list(organisations)), Account.portal != Portal.OFFICIALS)
        .order_by(Account.id)
    )
    return found.all()


async def accounts_held(session: AsyncSession, account_id: UUID) -> Sequence[Account]:
    """This account, as one of those that a case is about."""
    return (await session.scalars(select(Account).where(Account.id == account_id))).all()


async def accounts_for_change(session: AsyncSession, organisation_id: UUID) -> Sequence[Account]:
    """The same of one unit, as they are now, locked until the transaction ends."""
    found = await session.scalars(
        select(Account)
        .where(Account.organisation_id == organisation_id)
        .order_by(Account.id)
        .with_for_update(of=Account)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def branches_for_change(session: AsyncSession, head_office: Organisation) -> Sequence[Organisation]:
    """The branches that use this office's code, locked."""
    found = await session.scalars(
        select(Organisation)
        .where(
            Organisation.head_office_id == head_office.id,
            Organisation.credit_code == head_office.credit_code,
            Organisation.id != head_office.id,
        )
        .order_by(Organisation.id)
        .with_for_update()
    )
    return found.all()


async def handed_over_since(session: AsyncSession, case: Case) -> bool:
    """Whether the unit's record went to a claimant after the case was filed (BEY-13)."""
    later = select(History.id).where(
        History.record_type == ORGANISATION.name,
        History.record_id == case.organisation_id,
        History.action == HAND_OVER,
        History.at > case.created_at,
    )
    return await session.scalar(later.limit(1)) is not None


async def get_region(session: AsyncSession, code: str, today: date) -> Region | None:
    """The region with this code, if it exists today."""
    found: Region | None = await session.scalar(
        select(Region).where(
            Region.code == code,
            Region.valid_from <= today,
            or_(Region.valid_until.is_(None), Region.valid_until >= today),
        )
    )
    return found


async def has_below(session: AsyncSession, region: Region) -> bool:
    """Whether there are regions inside this one: then a unit lies in one of those."""
    return await session.scalar(select(Region.id).where(Region.parent == region.code).limit(1)) is not None
