"""The one query of the look-up: an office's own accounts."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.repository import found_by
from services.auth.access.accounts.workflow import AccountStatus
from services.auth.directory.organisations.models import Organisation
from shared.identity import Actor
from shared.reference.pinyin import folded

MOST = 100


async def list_colleagues(session: AsyncSession, actor: Actor, query: str) -> Sequence[Account]:
    """The active accounts of the actor's organisation, by name; those that match ``query`` where there is one."""
    statement = (
        select(Account)
        .join(Organisation, Organisation.id == Account.organisation_id)
        .where(Account.organisation_id == actor.organisation_id, Account.status.in_(AccountStatus.is_usable))
        .order_by(Account.person_name, Account.login_name)
        .limit(MOST)
    )
    if folded(query):
        statement = statement.where(found_by(query))
    return (await session.scalars(statement)).all()
