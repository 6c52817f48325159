"""集团 over HTTP (BEY-17): what the head does with its group, and what a branch and its county answer."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from services.declaration.groups import service
from services.declaration.groups.filters import MemberFilter, MembershipFilter
from services.declaration.groups.presentation import ACTIONS
from services.declaration.groups.schemas import (
    GroupCreate,
    GroupRead,
    Invitation,
    MemberRead,
    MembershipRead,
    OwnGroup,
)
from services.declaration.groups.workflow import MEMBERSHIP
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.histories import HistoryEntry, history_entries
from shared.web.lists import ExpectedVersion, PageOf, tagged
from shared.web.route import RuntimeOf, Session

groups = api_router(Service.DECLARATION, "groups", "集团申报")
members = api_router(Service.DECLARATION, "group-members", "集团申报")
memberships = api_router(Service.DECLARATION, "group-memberships", "集团申报")
Head = Annotated[Actor, caller(Permission.HAZARD_DECLARATION)]
Asked = Annotated[Actor, caller(Permission.HAZARD_DECLARATION, Permission.DECLARATION_REVIEW)]


@groups.get("/current", summary="本单位组建的集团")
async def read_own_group(session: Session, actor: Head) -> OwnGroup:
    return await service.own_group(session, actor=actor)


@groups.post("", status_code=201, summary="组建集团")
async def make_group(body: GroupCreate, session: Session, actor: Head, response: Response) -> GroupRead:
    made = await service.make_group(session, actor=actor, body=body)
    return tagged(response, made, at="/api/declaration/groups/current")


@groups.patch("/{group_id}", summary="修改集团名称")
async def rename_group(
    group_id: Annotated[UUID, Path(description="集团的编号")],
    body: GroupCreate,
    session: Session,
    actor: Head,
    expected: ExpectedVersion,
    response: Response,
) -> GroupRead:
    renamed = await service.rename_group(session, actor=actor, group_id=group_id, body=body, expected=expected)
    return tagged(response, renamed)


@members.get("", summary="集团成员及其申报")
async def list_group_members(
    session: Session, actor: Head, page: PageOf, wanted: Annotated[MemberFilter, Query()]
) -> Page[MemberRead]:
    return await service.list_members(session, actor=actor, wanted=wanted, page=page)


@members.post("", status_code=201, summary="邀请单位加入集团")
async def invite_member(
    body: Invitation, session: Session, runtime: RuntimeOf, actor: Head, response: Response
) -> MemberRead:
    made = await service.invite(session, runtime.redis, actor=actor, body=body)
    return tagged(response, made, at=f"/api/declaration/group-memberships/{made.id}")


@memberships.get("", summary="收到的集团邀请")
async def list_group_memberships(
    session: Session, actor: Asked, page: PageOf, wanted: Annotated[MembershipFilter, Query()]
) -> Page[MembershipRead]:
    return await service.list_memberships(session, actor=actor, wanted=wanted, page=page)


@memberships.get("/{member_id}", summary="一份集团邀请")
async def read_group_membership(member_id: UUID, session: Session, actor: Asked, response: Response) -> MembershipRead:
    return tagged(response, await service.read_membership(session, actor=actor, member_id=member_id))


@memberships.get("/{member_id}/history", summary="加入集团的办理记录")
async def read_membership_history(member_id: UUID, session: Session, actor: Asked) -> list[HistoryEntry]:
    rows = await service.history_of_membership(session, actor=actor, member_id=member_id)
    return history_entries(rows, actor, MEMBERSHIP, ACTIONS)


add_action_routes(memberships, MEMBERSHIP, service.act_on_membership, MembershipRead)
