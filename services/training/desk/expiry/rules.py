"""When a certificate's end is near, and which plan renews it (BEY-06): pure functions of loaded rows."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from services.training.desk.expiry.repository import OpenPlan, Registered
from services.training.desk.expiry.schemas import Renewal, RenewalStep
from services.training.desk.expiry.workflow import ExpiryStatus, RenewalState
from services.training.people.personnel.models import Qualification
from shared.addresses import address

NO_PLAN = "暂无开放报名的复训培训班"


def status_of(expires_on: date, today: date) -> ExpiryStatus:
    """Ended from the day after its last day on (X3)."""
    return ExpiryStatus.EXPIRED if expires_on < today else ExpiryStatus.ENDING


def renewal_of(
    qualification: Qualification, unit_id: UUID, plans: Iterable[OpenPlan], registered: Iterable[Registered]
) -> Renewal:
    """What renews this certificate for a person of that unit: what the person is already registered for; else what has been added
    and waits to be sent; else the open plan that opens most of the scope, of several the one that closes first; else nothing."""
    mine = [each for each in registered if each.person_id == qualification.person_id and _fits(qualification, each)]
    fitting = [each for each in plans if _fits(qualification, each)]
    still_open = {each.id for each in fitting}
    if (found := next((each for each in mine if each.sent), None)) is not None:
        return _in_plan(found, unit_id, RenewalState.REGISTERED, f"已报名“{found.plan_name}”")
    if (found := next((each for each in mine if each.plan_id in still_open), None)) is not None:
        return _in_plan(found, unit_id, RenewalState.ADDED, f"已添加到“{found.plan_name}”，尚未报名")
    if not fitting:
        return Renewal(state=RenewalState.NONE, reason=NO_PLAN)
    best = min(fitting, key=lambda each: (-_covered(qualification.scope, each.specialties), each.registration_deadline))
    return Renewal(
        state=RenewalState.OPEN,
        reason=f"可报名“{best.name}”，{best.registration_deadline} 截止",
        plan_id=best.id,
        plan_name=best.name,
        registration_deadline=best.registration_deadline,
    )


def _fits(qualification: Qualification, of: OpenPlan | Registered) -> bool:
    """Leads to this category, and to part of the scope where both have one."""
    if of.category != qualification.category:
        return False
    return not qualification.scope or not of.specialties or _covered(qualification.scope, of.specialties) > 0


def _covered(scope: Sequence[str], specialties: Collection[str]) -> int:
    return len(set(scope) & set(specialties))


def _in_plan(found: Registered, unit_id: UUID, state: RenewalState, reason: str) -> Renewal:
    return Renewal(
        state=state,
        reason=reason,
        plan_id=found.plan_id,
        plan_name=found.plan_name,
        registration_deadline=found.registration_deadline,
        registration_id=found.id if found.unit_id == unit_id else None,
    )


_STEPS = {
    RenewalState.OPEN: "去报名",
    RenewalState.ADDED: "提交报名",
    RenewalState.REGISTERED: "查看报名",
    RenewalState.NONE: "查看培训计划",
}


def next_step_of(renewal: Renewal) -> RenewalStep:
    """Where the unit goes on."""
    path = address("registrations")
    if renewal.plan_id:
        path = address("registration-plan", renewal.plan_id, person=renewal.registration_id)
    return RenewalStep(label=_STEPS[renewal.state], path=path)
