"""Every query about accounts. An account manager sees those of the region and of the levels below, a unit none (STAFF-11,
PLAT-06).
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, exists, false, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.auth.access.accounts.desk_models import Rights, rank, rungs_from, seated
from services.auth.access.accounts.filters import AccountFilters
from services.auth.access.accounts.models import Account, PastPassword
from services.auth.access.accounts.workflow import AccountStatus
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.repository import named
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identifiers import trimmed
from shared.identity import Actor
from shared.reference.pinyin import folded, like_pattern
from shared.roles import Level, Permission

_COLUMNS = {
    "id": Account.id,
    "login_name": Account.login_name,
    "organisation_name": Organisation.name_initials,
    "valid_until": Account.valid_until,
    "created_at": Account.created_at,
}


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The accounts that this actor oversees."""
    if actor.level is Level.UNIT or not actor.region_prefix or not actor.may(Permission.ACCOUNT_MANAGEMENT):
        return false()
    return Organisation.region_code.startswith(actor.region_prefix, autoescape=True)


def _overseen(actor: Actor) -> Select[Account]:
    return select(Account).join(Organisation, Organisation.id == Account.organisation_id).where(visible_to(actor))


async def list_accounts(
    session: AsyncSession, actor: Actor, *, filters: AccountFilters, page: PageRequest
) -> Rows[Account]:
    """One page of the accounts that the actor oversees."""
    statement = _overseen(actor).where(*_conditions(filters))
    return await fetch_page(session, statement, columns=_COLUMNS, default_sort="login_name", page=page)


def _conditions(filters: AccountFilters) -> list[ColumnElement[bool]]:
    region, locked, waiting = filters.region_code, filters.locked, filters.waiting_for_activation
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (filters.status, Account.status.in_(filters.status or [])),
        (filters.portal, Account.portal == filters.portal),
        (filters.level, Organisation.level == filters.level),
        (region or None, Organisation.region_code.startswith(region, autoescape=True)),
        (filters.organisation_id, Account.organisation_id == filters.organisation_id),
        (folded(filters.q) or None, found_by(filters.q)),
        (locked, Account.locked_until.is_not(None) if locked else Account.locked_until.is_(None)),
        (filters.expires_before, Account.valid_until < (filters.expires_before or date.max)),
        (waiting, Account.password_hash.is_(None) if waiting else Account.password_hash.is_not(None)),
    ]
    return [condition for given, condition in asked if given is not None]


def found_by(query: str) -> ColumnElement[bool]:
    """Accounts whose login name contains ``query``, or whose person's or organisation's name does, in any part or by pinyin initials
    (PLAT-08)."""
    login_name = Account.login_name.contains(trimmed(query).lower(), autoescape=True)
    return or_(login_name, Account.person_search.like(like_pattern(query), escape="\\"), named(query))


async def require_overseen(session: AsyncSession, actor: Actor, account_id: UUID) -> Account:
    """The account; raises NotFound when the actor does not oversee it."""
    account: Account | None = await session.scalar(_overseen(actor).where(Account.id == account_id))
    if account is None:
        raise NotFound
    return account


async def login_names_like(session: AsyncSession, base: str) -> set[str]:
    """The login names that begin with ``base``."""
    found = await session.scalars(
        select(Account.login_name).where(Account.login_name.startswith(base, autoescape=True))
    )
    return set(found)


async def get_by_login_name(session: AsyncSession, login_name: str) -> Account | None:
    """The account with this name, in any case of letters."""
    found: Account | None = await session.scalar(select(Account).where(Account.login_name == login_name.lower()))
    return found


async def require_account(session: AsyncSession, account_id: UUID) -> Account:
    """The account by its id, for its holder or the platform itself; raises NotFound."""
    account = await session.get(Account, account_id)
    if account is None:
        raise NotFound
    return account


async def require_for_change(session: AsyncSession, account_id: UUID) -> Account:
    """The account as it is now, locked until the transaction ends; raises NotFound."""
    account: Account | None = await session.scalar(
        select(Account)
        .where(Account.id == account_id)
        .with_for_update(of=Account)
        .execution_options(populate_existing=True)
    )
    if account is None:
        raise NotFound
    return account


async def mark_first(session: AsyncSession, account_id: UUID) -> None:
    """The province began with this account, unless it had begun before."""
    oldest = aliased(Account)
    unless = ~exists().where(oldest.is_first)
    await session.execute(update(Account).where(Account.id == account_id, unless).values(is_first=True))


async def others_of(session: AsyncSession, account: Account) -> Sequence[Account]:
    """The other accounts in use of the same organisation."""
    same = select(Account).where(
        Account.organisation_id == account.organisation_id,
        Account.id != account.id,
        Account.status.in_(AccountStatus.is_usable),
    )
    return (await session.scalars(same.order_by(Account.id))).all()


async def last_passwords(session: AsyncSession, account_id: UUID, number: int) -> list[str]:
    """The hashes of the newest passwords, the present one first."""
    rows = await session.scalars(
        select(PastPassword.password_hash)
        .where(PastPassword.account_id == account_id)
        .order_by(PastPassword.id.desc())
        .limit(number)
    )
    return list(rows)


async def desk_of(session: AsyncSession, rights: Rights, region_code: str, lowest: Level) -> Organisation | None:
    """The body that has a matter of this region which belongs to this level: the lowest from there on that has somebody who may decide
    it today. None where nobody has it."""
    statement = (
        select(Organisation)
        .join(Account, seated(rights, rungs_from(lowest), literal(region_code)))
        .order_by(rank(), Organisation.id)
        .limit(1)
    )
    found: Organisation | None = await session.scalar(statement)
    return found


def threshold_within(today: date, thresholds: Sequence[int]) -> ColumnElement[int]:
    """The smallest of these numbers of days within which the account's last day is, of one whose last day is near."""
    near = [(Account.valid_until <= today + timedelta(days=days), days) for days in sorted(thresholds)]
    return case(*near, else_=max(thresholds))


async def note_warned(session: AsyncSession, today: date, thresholds: Sequence[int], ids: Collection[UUID]) -> None:
    """These have had their warning. Nobody's edit is in the way of it, so the version stays."""
    noted = update(Account).where(Account.id.in_(ids)).values(warned_days=threshold_within(today, thresholds))
    await session.execute(noted.execution_options(synchronize_session=False))
