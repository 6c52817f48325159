"""Every query about accounts, organisations and sessions together. What an actor may see of them is decided by the ``visible_to`` of
organisations; the nightly job and the switches see all that they are about.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, or_, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.repository import threshold_within
from services.auth.access.accounts.workflow import ACCOUNT, AccountStatus
from services.auth.access.sessions.models import LoginSession
from services.auth.access.tokens.models import ProgramToken
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.repository import named, visible_to
from services.auth.directory.organisations.workflow import bodies_below
from shared.db.history import History
from shared.identifiers import trimmed
from shared.identity import Actor
from shared.reference.pinyin import folded
from shared.reference.regions import scope_prefix
from shared.roles import Grant, Level


async def bodies_under(session: AsyncSession, organisation: Organisation) -> Sequence[Organisation]:
    """The bodies of lower levels in its region that share a kind with it; never a unit of the region (ORG-12)."""
    found = await session.scalars(
        select(Organisation)
        .where(
            Organisation.region_code.startswith(scope_prefix(organisation.region_code), autoescape=True),
            Organisation.level.in_(bodies_below(organisation.level)),
            Organisation.kinds.overlap(organisation.kinds),
        )
        .order_by(Organisation.id)
    )
    return found.all()


async def accounts_of(session: AsyncSession, organisation_ids: Collection[UUID]) -> Sequence[Account]:
    """Their accounts, locked in the order of the ids until the transaction ends."""
    held = select(Account).where(Account.organisation_id.in_(organisation_ids)).order_by(Account.id)
    return (await session.scalars(held.with_for_update(of=Account))).all()


async def hold_beginning(session: AsyncSession) -> None:
    """Lets those who open the first account go one after the other until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("first-account", 0))))


async def province_accounts(session: AsyncSession) -> Sequence[Account]:
    """The two oldest accounts of the province, whatever became of them, locked until the transaction ends."""
    oldest = select(Account).join(Organisation, Organisation.id == Account.organisation_id)
    statement = oldest.where(Organisation.level == Level.PROVINCE).order_by(Account.id).limit(2)
    return (await session.scalars(statement.with_for_update(of=Account))).all()


async def province_managers(session: AsyncSession) -> Sequence[Account]:
    """The accounts of the province that manage accounts, whatever became of them, locked until the transaction ends."""
    managing = Account.grants.contains([Grant.ACCOUNT_MANAGEMENT.value])
    found = select(Account).join(Organisation, Organisation.id == Account.organisation_id)
    statement = found.where(Organisation.level == Level.PROVINCE, managing).order_by(Account.id)
    return (await session.scalars(statement.with_for_update(of=Account))).all()


async def open_hashes(session: AsyncSession, account_ids: Collection[UUID]) -> Sequence[str]:
    """By which hashes the open sessions of these accounts are known, and their programs."""
    found = await session.scalars(
        union_all(
            *(
                select(each.token_hash).where(each.account_id.in_(account_ids), each.ended_at.is_(None))
                for each in (LoginSession, ProgramToken)
            )
        )
    )
    return found.all()


async def past_their_day(session: AsyncSession, today: date, limit: int) -> Sequence[Account]:
    """Accounts in use whose last day is over, locked; those that somebody else holds are passed over and found again later."""
    due = select(Account).where(Account.status.in_(AccountStatus.is_usable), Account.valid_until < today)
    return await _hold(session, due.order_by(Account.id).limit(limit))


async def near_their_day(
    session: AsyncSession, today: date, thresholds: Sequence[int], limit: int
) -> Sequence[Account]:
    """Accounts in use whose last day is so near that a warning is due which they have not had, locked as above."""
    due = select(Account).where(
        Account.status.in_(AccountStatus.is_usable),
        Account.valid_until.between(today, today + timedelta(days=max(thresholds))),
        or_(Account.warned_days.is_(None), Account.warned_days > threshold_within(today, thresholds)),
    )
    return await _hold(session, due.order_by(Account.id).limit(limit))


async def _hold(session: AsyncSession, due: Select[Account]) -> Sequence[Account]:
    held = due.with_for_update(of=Account, skip_locked=True).execution_options(populate_existing=True)
    return (await session.scalars(held)).all()


async def matching(session: AsyncSession, actor: Actor, query: str, limit: int) -> Sequence[Organisation]:
    """The organisations that the actor oversees and ``query`` means: a part of the name, the whole credit code, or the login name of
    one of their accounts."""
    holder = select(Account.organisation_id).where(Account.login_name == trimmed(query).lower())
    meant = or_(named(query), Organisation.credit_code == folded(query).upper(), Organisation.id.in_(holder))
    statement = select(Organisation).where(visible_to(actor), meant)
    order = (Organisation.id.in_(holder).desc(), Organisation.region_code, Organisation.name_initials, Organisation.id)
    return (await session.scalars(statement.order_by(*order).limit(limit))).all()


async def accounts_in(session: AsyncSession, organisation_ids: Collection[UUID]) -> Sequence[Account]:
    """Their accounts, to be looked at."""
    found = select(Account).where(Account.organisation_id.in_(organisation_ids)).order_by(Account.login_name)
    return (await session.scalars(found)).all()


async def newest_sessions(session: AsyncSession, account_ids: Collection[UUID]) -> dict[UUID, LoginSession]:
    """The newest session of each of these accounts, ended or not: one that is open is always the newest."""
    found = await session.scalars(
        select(LoginSession)
        .ext(distinct_on(LoginSession.account_id))
        .where(LoginSession.account_id.in_(account_ids))
        .order_by(LoginSession.account_id, LoginSession.created_at.desc(), LoginSession.id.desc())
    )
    return {each.account_id: each for each in found}


async def last_failures(session: AsyncSession, account_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these accounts was last tried with a wrong password."""
    found = await session.execute(
        select(History.record_id, func.max(History.at))
        .where(
            History.record_type == ACCOUNT.name,
            History.record_id.in_(account_ids),
            History.action == "wrong_password",
        )
        .group_by(History.record_id)
    )
    return dict(found.all())
