"""注册信息: an employer reads and corrects its own basics. Stands with the declarations, because they follow (ORG-11)."""

from typing import Annotated

from fastapi import Response

from services.declaration.declarations import editing
from services.declaration.declarations.schemas import EmployerEdited
from services.declaration.employers.schemas import EmployerRead, EmployerUpdate
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.lists import ExpectedVersion, tag, tagged
from shared.web.route import Session

router = api_router(Service.DECLARATION, "employers", "注册信息")
Employer = Annotated[Actor, caller(Permission.HAZARD_DECLARATION)]


@router.get("/current", summary="本单位的注册信息")
async def read_own_employer(session: Session, actor: Employer, response: Response) -> EmployerRead:
    return tagged(response, await editing.read_own_employer(session, actor=actor))


@router.patch("/current", summary="修改本单位的注册信息")
async def edit_own_employer(
    body: EmployerUpdate, session: Session, actor: Employer, expected: ExpectedVersion, response: Response
) -> EmployerEdited:
    edited = await editing.edit_own_employer(session, actor=actor, body=body, expected=expected)
    tag(response, edited.employer.version)
    return edited
