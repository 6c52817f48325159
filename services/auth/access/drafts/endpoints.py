"""What is typed into a form whose record does not exist yet, for whoever types it (BEY-08)."""

from fastapi import Response

from services.auth.access.drafts import service
from services.auth.access.drafts.schemas import FormDraftRead, FormName, Typed
from shared.app import api_router
from shared.services import Service
from shared.web.callers import SignedIn
from shared.web.lists import ExpectedVersion, tagged
from shared.web.route import Session

router = api_router(Service.AUTH, "me/drafts", "个人设置")


@router.get("/{form}", summary="本人暂存的表单内容")
async def get_draft(form: FormName, session: Session, response: Response, actor: SignedIn) -> FormDraftRead:
    return tagged(response, await service.read_draft(session, actor, form))


@router.put("/{form}", summary="暂存表单内容，保留 30 天")
async def put_draft(
    form: FormName, values: Typed, session: Session, response: Response, actor: SignedIn, expected: ExpectedVersion
) -> FormDraftRead:
    return tagged(response, await service.keep_draft(session, actor, form, values, expected))


@router.delete("/{form}", status_code=204, summary="删除暂存的表单内容")
async def delete_draft(form: FormName, session: Session, actor: SignedIn) -> None:
    await service.drop_draft(session, actor, form)
