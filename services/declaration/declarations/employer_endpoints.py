"""注册信息: an employer reads and corrects its own basics. Stands with the declarations, because they follow (ORG-11)."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Response

from services.declaration.declarations import editing
from services.declaration.declarations.schemas import EmployerEdited, EmployerRead
from services.declaration.declarations.standing import StandingRead, StandingUpdate, keep_standing, read_standing
from services.declaration.employers.form import form_definition
from services.declaration.employers.schemas import EmployerUpdate
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.forms import RecordFormCheckRead, RecordFormRead
from shared.web.lists import ExpectedVersion, tag, tagged
from shared.web.route import Session

router = api_router(Service.DECLARATION, "employers", "注册信息")
Employer = Annotated[Actor, caller(Permission.HAZARD_DECLARATION)]
Reviewer = Annotated[Actor, caller(Permission.DECLARATION_REVIEW)]
Office = Annotated[Actor, caller(Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT)]


@router.get("/current", summary="本单位的注册信息")
async def read_own_employer(session: Session, actor: Employer, response: Response) -> EmployerRead:
    return tagged(response, await editing.read_own_employer(session, actor=actor))


@router.get("/current/form-definition", summary="注册信息的栏目、选项与规则")
async def read_employer_form(_actor: Employer) -> RecordFormRead:
    return form_definition()


@router.post("/current/check", summary="注册信息边填边查，不保存")
async def check_own_employer(
    given: Annotated[dict[str, object], Body(max_length=20)], session: Session, _actor: Employer
) -> RecordFormCheckRead:
    return await editing.check_own_employer(session, given=given)


@router.patch("/current", summary="修改本单位的注册信息")
async def edit_own_employer(
    body: EmployerUpdate, session: Session, actor: Employer, expected: ExpectedVersion, response: Response
) -> EmployerEdited:
    edited = await editing.edit_own_employer(session, actor=actor, body=body, expected=expected)
    tag(response, edited.employer.version)
    return edited


@router.get("/{employer_id}/standing", summary="单位的隶属关系与涉密产品查看人员")
async def read_employer_standing(
    employer_id: UUID, session: Session, actor: Office, response: Response
) -> StandingRead:
    return tagged(response, await read_standing(session, actor=actor, employer_id=employer_id))


@router.put("/{employer_id}/standing", summary="设定单位的隶属关系与涉密产品查看人员")
async def keep_employer_standing(
    employer_id: UUID,
    body: StandingUpdate,
    session: Session,
    actor: Reviewer,
    expected: ExpectedVersion,
    response: Response,
) -> StandingRead:
    kept = await keep_standing(session, actor=actor, employer_id=employer_id, body=body, expected=expected)
    return tagged(response, kept)
