"""What overseers do with accounts and organisations beyond the tables of their actions, and the page that says why a unit cannot log in
(STAFF-11, ORG-12, FAQ-D21).
"""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.auth.access.accounts.schemas import AccountRead, AccountUpdate
from services.auth.desks.oversight import access, service, switching
from services.auth.desks.oversight.schemas import AccountCreate, UnitAccess
from services.auth.directory.organisations.schemas import OrganisationDetail, OrganisationUpdate
from services.auth.directory.organisations.workflow import ORGANISATION
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.lists import ExpectedVersion, tagged
from shared.web.route import Session

router = api_router(Service.AUTH, "", "监管")
switch_router = api_router(Service.AUTH, "organisations", "机构")
add_action_routes(switch_router, ORGANISATION, switching.act_on_organisation, OrganisationDetail)
Manager = Annotated[Actor, caller(Permission.ACCOUNT_MANAGEMENT)]


@router.post("/accounts", status_code=201, summary="为下级机构或单位开通账号")
async def create_account(body: AccountCreate, session: Session, response: Response, actor: Manager) -> AccountRead:
    created = await service.create_account(session, actor=actor, body=body)
    return tagged(response, created, at=f"/api/auth/accounts/{created.id}")


@router.patch("/accounts/{account_id}", summary="修改账号的权限和资料")
async def update_account(
    account_id: UUID,
    body: AccountUpdate,
    session: Session,
    response: Response,
    actor: Manager,
    expected: ExpectedVersion,
) -> AccountRead:
    changed = await service.update_account(session, actor=actor, account_id=account_id, expected=expected, body=body)
    return tagged(response, changed)


@router.patch("/organisations/{organisation_id}", summary="修改机构资料")
async def update_organisation(
    organisation_id: UUID,
    body: OrganisationUpdate,
    session: Session,
    response: Response,
    actor: Manager,
    expected: ExpectedVersion,
) -> OrganisationDetail:
    changed = await service.update_organisation(
        session, actor=actor, organisation_id=organisation_id, expected=expected, body=body
    )
    return tagged(response, changed)


@router.get("/access-checks", summary="该单位为什么不能登录")
async def check_access(
    session: Session,
    actor: Manager,
    q: Annotated[str, Query(min_length=1, max_length=100, description="登录账号、单位名称的一部分或统一社会信用代码")],
) -> list[UnitAccess]:
    return await access.check_access(session, actor, q)
