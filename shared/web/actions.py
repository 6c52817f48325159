"""One route per action of a workflow, made from its table: ``POST …/{id}/<action>``, visible in OpenAPI, with the caller rule that the
table states. What the action does is the service function that the domain passes in.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity import Actor
from shared.web.callers import caller
from shared.web.route import Session
from shared.workflow.definition import A, ActionBody, R, Workflow

Perform = Callable[[AsyncSession, Actor, UUID, A, ActionBody], Awaitable[BaseModel]]


def add_action_routes(
    router: APIRouter, workflow: Workflow[R, A], perform: Perform[A], answer: type[BaseModel]
) -> None:
    """``perform(session, actor, record_id, action, body)`` changes the record and returns it as ``answer``."""
    for action in workflow.actions():
        if workflow.permissions_for(action):
            path = f"/{{record_id}}/{action.value}"
            workflow.addresses[action.value] = f"{router.prefix}{path}"
            router.add_api_route(
                path,
                _endpoint(workflow, action, perform),
                methods=["POST"],
                name=f"{action.value}_{workflow.name}",
                summary=f"{workflow.label}：{action.label}",
                response_model=answer,
            )


def _endpoint(workflow: Workflow[R, A], action: A, perform: Perform[A]) -> Callable[..., Awaitable[BaseModel]]:
    allowed = caller(*sorted(workflow.permissions_for(action)))
    empty = workflow.body_of(action)
    # A body with a required field is asked for, so that its absence is told per field.
    needed = any(field.is_required() for field in empty.model_fields.values())

    async def act_with(record_id: UUID, session: Session, actor: Actor, body: ActionBody) -> BaseModel:
        return await perform(session, actor, record_id, action, body)

    async def act(record_id: UUID, session: Session, actor: Actor, body: ActionBody | None = None) -> BaseModel:
        return await perform(session, actor, record_id, action, body or empty())

    # FastAPI reads the signature: the body's class and the caller's rule differ from action to action.
    chosen = act_with if needed else act
    chosen.__annotations__["actor"] = Annotated[Actor, allowed]
    chosen.__annotations__["body"] = empty if needed else empty | None
    return chosen
