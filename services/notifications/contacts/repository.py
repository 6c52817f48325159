"""Queries of the directory: taking in what auth says, and who a notice goes to."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.contacts.audience import Audience
from services.notifications.contacts.models import Account, ListedAccount, Organisation, PlanUnit
from shared.db.directory import keep_latest


async def keep(session: AsyncSession, model: type[Organisation] | type[Account], **values: object) -> None:
    """Inserts or replaces the row, unless it already shows later news (``changed_at``)."""
    await keep_latest(session, model, **values)


async def keep_plan_unit(
    session: AsyncSession, *, plan_id: UUID, unit_id: UUID, registration_id: UUID, plan_name: str
) -> None:
    """The unit has somebody in the plan; the plan's newest name stays."""
    values = {"plan_id": plan_id, "unit_id": unit_id, "plan_name": plan_name, "registrations": [registration_id]}
    new = insert(PlanUnit).values(**values, counted=True)
    others = func.array_remove(PlanUnit.registrations, registration_id)
    kept = {"plan_name": plan_name, "registrations": func.array_append(others, registration_id)}
    await session.execute(new.on_conflict_do_update(index_elements=[PlanUnit.plan_id, PlanUnit.unit_id], set_=kept))


async def drop_plan_unit(session: AsyncSession, *, plan_id: UUID, unit_id: UUID, registration_id: UUID) -> None:
    """That registration is approved no longer; without any, the unit is no longer in the plan."""
    key = PlanUnit.plan_id == plan_id, PlanUnit.unit_id == unit_id
    left = update(PlanUnit).where(*key, PlanUnit.registrations.contains([registration_id]))
    fewer = func.array_remove(PlanUnit.registrations, registration_id)
    await session.execute(left.values(registrations=fewer).execution_options(synchronize_session=False))
    nobody = delete(PlanUnit).where(*key, PlanUnit.counted, func.cardinality(PlanUnit.registrations) == 0)
    await session.execute(nobody.execution_options(synchronize_session=False))


async def list_recipients(
    session: AsyncSession, audience: Audience, *, after: UUID | None, limit: int
) -> Sequence[Account]:
    """The next active accounts of ``audience`` by id; none of a closed organisation."""
    closed = exists().where(Organisation.id == Account.organisation_id, Organisation.active.is_(False))
    statement = select(Account).where(Account.active, ~closed, *_conditions(audience))
    if after is not None:
        statement = statement.where(Account.id > after)
    return (await session.scalars(statement.order_by(Account.id).limit(limit))).all()


def _conditions(audience: Audience) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if audience.permission is not None:
        conditions.append(Account.permissions.contains([audience.permission.value]))
    if audience.organisation_ids is not None:
        conditions.append(Account.organisation_id.in_(audience.organisation_ids))
    if audience.account_ids is not None:
        conditions.append(Account.id.in_(audience.account_ids))
    if audience.list_id is not None:
        listed = exists().where(ListedAccount.list_id == audience.list_id, ListedAccount.account_id == Account.id)
        conditions.append(listed)
    if audience.level is not None:
        conditions.append(Account.level == audience.level)
    if audience.region_code is not None:
        conditions.append(Account.region_code.in_(_covering(audience.region_code)))
    return conditions


def _covering(code: str) -> set[str]:
    """The regions that ``code`` lies in, itself among them: exactly those whose ``scope_prefix`` it begins with."""
    return {f"{code[:2]}0000", f"{code[:4]}00", code}
