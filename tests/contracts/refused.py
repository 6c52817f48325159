"""What the type checker must refuse: one line for each mistake that once passed it. Every such line has an ignore with the code of the
error, and strict mypy fails at an ignore that nothing needs: a rule that stops being checked stops ``make check``. Nothing runs this.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.notices.wording import OfUnit, Text, about
from services.training.enrolment.registrations.bodies import CorrectionBody
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationAction
from services.training.people.institutions.service import keep_organisation
from services.training.plans.models import Plan
from services.training.plans.workflow import PLAN, PlanAction, PlanStatus
from shared.app import api_router
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.db.rows import named_rows
from shared.events.bookmarks import on
from shared.events.training import PlanPublished
from shared.identity import SYSTEM, Actor
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.workflow.apply import apply
from shared.workflow.buttons import allowed_actions
from shared.workflow.definition import ActionBody, Refusal, Transition, Workflow

_S, _A = PlanStatus, PlanAction


def misspelt(plan: Plan, _actor: Actor, _now: datetime) -> Refusal | None:
    """A guard that asks for what the record has not."""
    return Refusal("closed", "") if plan.registration_dealine else None  # type: ignore[attr-defined]


def of_another(registration: Registration, _actor: Actor, _now: datetime) -> Refusal | None:
    return Refusal("late", "") if registration.open_until else None


def with_more(plan: Plan, _actor: Actor, body: CorrectionBody) -> PlanPublished:
    raise NotImplementedError(plan, body.until)


def misspelt_event(plan: Plan, _actor: Actor, body: ActionBody) -> PlanPublished:
    raise NotImplementedError(plan.nmae, body.resaon)  # type: ignore[attr-defined]


TABLE: Workflow[Plan, PlanAction] = Workflow(
    name="refused",
    label="",
    statuses=PlanStatus,
    initial=_S.DRAFT,
    transitions=(
        Transition(_A.CLOSE, {_S.DRAFT}, _S.CLOSED, emits=with_more, body=CorrectionBody),
        # The guard of another record, an event from a body that does not come, the action of another table.
        Transition(_A.CLOSE, {_S.DRAFT}, _S.CLOSED, guard=of_another),  # type: ignore[arg-type]
        Transition(_A.CLOSE, {_S.DRAFT}, _S.CLOSED, emits=with_more),  # type: ignore[arg-type]
        Transition(RegistrationAction.SUBMIT, {_S.DRAFT}, _S.CLOSED),  # type: ignore[arg-type]
    ),
)


@TABLE.effect("of_another")  # type: ignore[arg-type]
async def effect_of_another(_: AsyncSession, _record: Registration, _actor: Actor, _body: ActionBody) -> None:
    """The effect of another record."""


@TABLE.effect("with_more")  # type: ignore[arg-type]
async def effect_with_more(_: AsyncSession, _plan: Plan, _actor: Actor, _body: CorrectionBody) -> None:
    """An effect that takes more than the table says it is given."""


async def perform(
    _: AsyncSession, _actor: Actor, _id: UUID, _action: RegistrationAction, _body: ActionBody
) -> BaseModel:
    raise NotImplementedError


async def move(session: AsyncSession, plan: Plan, registration: Registration, now: datetime) -> None:
    """Another table's record, another table's action, and routes that act on another table."""
    await apply(session, PLAN, registration, _A.CLOSE, actor=SYSTEM)  # type: ignore[misc]
    await apply(session, PLAN, plan, RegistrationAction.SUBMIT, actor=SYSTEM)  # type: ignore[misc]
    allowed_actions(PLAN, registration, SYSTEM, now)  # type: ignore[misc]
    add_action_routes(api_router(Service.TRAINING, "plans", ""), PLAN, perform, BaseModel)  # type: ignore[arg-type]


def told(text: Text[OfUnit]) -> None:
    """The handler of another event, and an audience that the event does not name."""
    on(PlanPublished, keep_organisation)  # type: ignore[arg-type]
    about(PlanPublished, text)  # type: ignore[misc]


async def listed(session: AsyncSession, wanted: Select[Plan], page: PageRequest) -> Rows[Registration]:
    """Rows of another kind, and names for columns that are not selected."""
    await named_rows(session, wanted, Placed)  # type: ignore[arg-type]
    return await fetch_page(session, wanted, columns={}, default_sort="id", page=page)  # type: ignore[arg-type]


class Placed(NamedTuple):
    plan: Plan
    places: int
