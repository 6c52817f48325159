"""Several people whose certificates end are added to one plan together (BEY-06): as 复训, for what their certificates are for."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.desk.expiry import repository
from services.training.desk.expiry.rules import next_step_of, renewal_of
from services.training.desk.expiry.schemas import Renewal, RenewedOne, RenewedTogether, RenewTogether
from services.training.desk.expiry.workflow import RenewalState
from services.training.enrolment.registrations.group_schemas import AddResult
from services.training.enrolment.registrations.group_service import add_registrations
from shared.clock import beijing_today, now_utc
from shared.identity import Actor

GONE = "该证书已续期、已撤销，或该人员已不在本单位", "请刷新列表后再选择"
MISFIT = "所选培训班不能用于该证书的复训", "请按该行建议的培训班报名"
REGISTERED = "可在该培训班的报名页面查看进度"


async def renew_together(session: AsyncSession, *, actor: Actor, body: RenewTogether) -> RenewedTogether:
    """Raises ``NotFound`` for no such plan and ``ActionRefused`` for one that takes nobody of the unit any more; else each certificate's
    person is added or refused on their own."""
    rows = await repository.ending_of_unit(session, actor, body.qualification_ids)
    chosen = await _renewals(session, actor, body.plan_id, rows)
    fitting = [rows[each] for each, renewal in chosen.items() if renewal.plan_id == body.plan_id and _may_add(renewal)]
    scopes: dict[UUID, set[str]] = {}
    for each in fitting:
        scopes.setdefault(each.staff_id, set()).update(each.qualification.scope)
    made = await add_registrations(
        session, actor=actor, plan_id=body.plan_id, staff_ids=list(scopes), renewed_scopes=scopes
    )
    added = {each.staff_id: each for each in made.results}
    results = [_result(each, rows.get(each), chosen.get(each), added) for each in dict.fromkeys(body.qualification_ids)]
    done = sum(each.added for each in results)
    path = next_step_of(Renewal(state=RenewalState.OPEN, reason="", plan_id=body.plan_id)).path
    return RenewedTogether(added=done, refused=len(results) - done, next_path=path, results=results)


async def _renewals(
    session: AsyncSession, actor: Actor, plan_id: UUID, rows: Mapping[UUID, repository.Expiring]
) -> dict[UUID, Renewal]:
    """{certificate: what renews it}, were this the only plan."""
    categories = {each.qualification.category for each in rows.values()}
    people = {each.qualification.person_id for each in rows.values()}
    plans = await repository.open_plans(session, categories, beijing_today(now_utc()))
    registered = await repository.registered(session, people, categories)
    only = [each for each in plans if each.id == plan_id]
    unit_id = actor.organisation_id
    return {each: renewal_of(row.qualification, unit_id, only, registered) for each, row in rows.items()}


def _may_add(renewal: Renewal) -> bool:
    return renewal.state in {RenewalState.OPEN, RenewalState.ADDED}


def _result(
    qualification_id: UUID,
    row: repository.Expiring | None,
    renewal: Renewal | None,
    added: Mapping[UUID, AddResult],
) -> RenewedOne:
    name = row.name if row else ""
    refused = RenewedOne(qualification_id=qualification_id, name=name, added=False)
    if row is None or renewal is None:
        return refused.model_copy(update={"code": "not_found", "reason": GONE[0], "next_step": GONE[1]})
    if renewal.state is RenewalState.REGISTERED:
        said = {"code": "already_registered", "reason": renewal.reason, "next_step": REGISTERED}
        return refused.model_copy(update=said)
    if (made := added.get(row.staff_id)) is None:
        return refused.model_copy(update={"code": "plan_does_not_fit", "reason": MISFIT[0], "next_step": MISFIT[1]})
    return RenewedOne(qualification_id=qualification_id, **made.model_dump(exclude={"staff_id"}))
