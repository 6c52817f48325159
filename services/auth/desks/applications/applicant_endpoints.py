"""The HTTP face of an application for whoever makes it, without an account: by its number one sees the status, with its key everything
else. Creating, and asking for a code, takes a proof first.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Form, Path, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.service import use_proof
from services.auth.access.codes.service import CodeSent
from services.auth.access.guesses.addresses import FEW_FAILURES
from services.auth.access.uploads.service import charge_upload
from services.auth.desks.applications import files, following, owning, service
from services.auth.desks.applications.files import FileKindOf
from services.auth.desks.applications.form_schemas import ApplicationDraft
from services.auth.desks.applications.schemas import (
    NUMBER_PATTERN,
    ApplicationCreate,
    ApplicationFile,
    ApplicationKey,
    CodeGiven,
    FormPdfRead,
    OwnApplicationRead,
    ProofGiven,
    PublicStatusRead,
    ResumeAsk,
    ResumeCodeAsk,
)
from services.auth.visitors import Address, ApplicantKey, address_of
from shared.app import api_router
from shared.fields import Copied
from shared.services import Service
from shared.uploads import CheckedFile
from shared.web.downloads import shown_attachment
from shared.web.drafts import FormCheckRead
from shared.web.lists import ExpectedVersion, tag, tagged
from shared.web.route import RuntimeOf, Session
from shared.web.uploads import scan, size_of, uploaded

PREFIX = "/by-number/{number}"
Number = Annotated[str, Path(pattern=NUMBER_PATTERN, description="申请编号"), Copied(60)]

router = api_router(Service.AUTH, "applications", "账号申请")


async def _admit(request: Request, session: AsyncSession) -> None:
    """The key of an application that can be changed and may have one more file, and what its address may still put up."""
    address, number = address_of(request), request.path_params["number"]
    await files.require_room(session, number, request.headers["X-Applicant-Key"])
    await charge_upload(session, address=address, size=size_of(await request.form()))


File = Annotated[CheckedFile, uploaded(scan, admit=_admit)]


@router.post("", status_code=201, summary="新建账号申请（草稿）")
async def create_application(
    body: ApplicationCreate, session: Session, response: Response, address: Address
) -> ApplicationKey:
    await use_proof(session, body.proof, Action.APPLICATION)
    made = await service.create_application(session, form=body.form, address=address)
    return tagged(response, made, at=f"/api/auth/applications/by-number/{made.number}")


@router.post("/resume-codes", summary="换电脑继续填写：获取验证码")
async def ask_resume_code(body: ResumeCodeAsk, session: Session, address: Address) -> CodeSent:
    await use_proof(session, body.proof, Action.APPLICATION)
    return await owning.ask_resume_code(session, number=body.number, address=address)


@router.post("/resume", summary="换电脑继续填写：取得新的密钥")
async def resume_application(body: ResumeAsk, session: Session, address: Address) -> ApplicationKey:
    return await owning.resume_application(session, number=body.number, code=body.code, address=address)


# The number alone is 59 bits drawn by chance, so looking with it needs no proof; misses are counted.
@router.get(PREFIX, summary="申请进度", dependencies=[FEW_FAILURES])
async def follow_application(number: Number, session: Session) -> PublicStatusRead:
    return await following.follow(session, number)


@router.get(f"{PREFIX}/form", summary="申请表（申请人）")
async def read_own_application(
    number: Number, session: Session, response: Response, key: ApplicantKey, address: Address
) -> OwnApplicationRead:
    return tagged(response, await service.read_own(session, number=number, key=key, address=address))


@router.patch(f"{PREFIX}/form", summary="保存申请表")
async def change_own_application(
    number: Number,
    body: ApplicationDraft,
    session: Session,
    response: Response,
    key: ApplicantKey,
    expected: ExpectedVersion,
    address: Address,
) -> OwnApplicationRead:
    changed = await service.change_application(
        session, number=number, key=key, body=body, expected=expected, address=address
    )
    return tagged(response, changed)


@router.post(f"{PREFIX}/check", summary="边填边查")
async def check_own_application(
    number: Number,
    given: Annotated[dict[str, object], Body(max_length=100)],
    session: Session,
    key: ApplicantKey,
    _: Address,
) -> FormCheckRead:
    return await service.check_form(session, number=number, key=key, given=given)


@router.post(f"{PREFIX}/codes", summary="提交前获取验证码")
async def ask_submit_code(
    number: Number, body: ProofGiven, session: Session, key: ApplicantKey, address: Address
) -> CodeSent:
    await use_proof(session, body.proof, Action.APPLICATION)
    return await service.ask_submit_code(session, number=number, key=key, address=address)


@router.post(f"{PREFIX}/submit", summary="提交申请")
async def submit_own_application(
    number: Number, body: CodeGiven, session: Session, response: Response, key: ApplicantKey, address: Address
) -> OwnApplicationRead:
    submitted = await service.submit_application(session, number=number, key=key, code=body.code, address=address)
    return tagged(response, submitted)


@router.post(f"{PREFIX}/withdraw", summary="撤回申请")
async def withdraw_own_application(
    number: Number, session: Session, response: Response, key: ApplicantKey, address: Address
) -> OwnApplicationRead:
    return tagged(response, await service.withdraw_application(session, number=number, key=key, address=address))


@router.post(f"{PREFIX}/form-pdf", status_code=202, summary="生成申请表 PDF")
async def prepare_own_form(
    number: Number, session: Session, response: Response, key: ApplicantKey, _: Address
) -> FormPdfRead:
    application = await service.print_own(session, number=number, key=key)
    response.headers["Location"] = f"/api/auth/applications/by-number/{application.number}/form.pdf"
    tag(response, application.version)
    return FormPdfRead(revision=application.form_revision, version=application.version)


@router.post(f"{PREFIX}/attachments", status_code=201, summary="上传签字盖章页或证明材料")
async def add_application_file(
    number: Number,
    session: Session,
    runtime: RuntimeOf,
    response: Response,
    key: ApplicantKey,
    address: Address,
    file: File,
    kind: Annotated[FileKindOf, Form()] = FileKindOf.SIGNED_FORM,
) -> ApplicationFile:
    added = await files.add_file(session, runtime, number=number, key=key, kind=kind, file=file, address=address)
    response.headers["Location"] = f"/api/auth/applications/by-number/{number}/attachments/{added.id}"
    return added


@router.get(f"{PREFIX}/attachments/{{attachment_id}}", summary="附件内容（申请人）", response_class=Response)
async def read_own_application_file(
    number: Number, attachment_id: UUID, session: Session, runtime: RuntimeOf, key: ApplicantKey, address: Address
) -> Response:
    file, actor = await files.own_file(session, number=number, key=key, attachment_id=attachment_id, address=address)
    return await shown_attachment(session, runtime.storage, file, actor)


@router.delete(f"{PREFIX}/attachments/{{attachment_id}}", status_code=204, summary="删除附件")
async def remove_application_file(
    number: Number, attachment_id: UUID, session: Session, key: ApplicantKey, address: Address
) -> None:
    await files.remove_file(session, number=number, key=key, attachment_id=attachment_id, address=address)
