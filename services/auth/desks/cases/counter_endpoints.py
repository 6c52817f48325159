"""The counter for people without an account: is a code registered, file a case, follow it, take it back. Each route that makes or looks
up something takes a proof; whoever holds a case's key may change it (AUTH-20, AUTH-26, AUTH-30, BEY-13). The correction, which needs an
account, is filed here, too.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Header, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.codes.service import CodeSent
from services.auth.access.guesses.addresses import FEW_FAILURES
from services.auth.access.uploads.service import charge_upload
from services.auth.desks.cases import filing, lookups, number_filing, schemas, service
from services.auth.desks.cases.filing import Applicant
from services.auth.visitors import Address, ApplicantKey, address_of
from shared.app import api_router
from shared.fields import Copied, whole
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from shared.services import Service
from shared.uploads import CheckedFile
from shared.web.callers import caller
from shared.web.downloads import shown_attachment
from shared.web.once import OnceOf
from shared.web.route import RuntimeOf, Session
from shared.web.uploads import scan, size_of, uploaded

registrations = api_router(Service.AUTH, "registrations", "企业注册")
router = api_router(Service.AUTH, "cases", "申诉与办理")
# Not a unit of work: it commits a counted guess although it refuses, and holds no connection while a password is checked.
password_router = APIRouter(prefix="/api/auth/cases", tags=["申诉与办理"])

Enterprise = Annotated[Actor, caller(Permission.HAZARD_DECLARATION)]
TrainingUnit = Annotated[Actor, caller(Permission.INSTITUTION_FILING)]
FilesKey = Annotated[
    Annotated[str, whole(20, "密钥不完整，请在上传材料时所用的浏览器中重新打开该页面"), Copied(100)] | None,
    Header(alias="X-Applicant-Key", description="上传材料时返回的密钥"),
]


async def _admit_new(request: Request, session: AsyncSession) -> None:
    """The proof that each file costs."""
    runtime: Runtime = request.app.state.runtime
    form, address = await request.form(), address_of(request)
    await service.admit_evidence(session, runtime, proof=str(form["proof"]), address=address)
    await charge_upload(session, address=address, size=size_of(form))


async def _admit_more(request: Request, session: AsyncSession) -> None:
    """The key of an open case that may have one more file."""
    runtime: Runtime = request.app.state.runtime
    number, key = request.path_params["number"], request.headers["X-Applicant-Key"]
    address = address_of(request)
    await service.admit_more(session, runtime, number=number, key=key, address=address)
    await charge_upload(session, address=address, size=size_of(await request.form()))


NewFile = Annotated[CheckedFile, uploaded(scan, admit=_admit_new)]
OneMoreFile = Annotated[CheckedFile, uploaded(scan, admit=_admit_more)]
OwnFile = Annotated[CheckedFile, uploaded(scan)]


def _filed(response: Response, case: schemas.CaseFiled) -> schemas.CaseFiled:
    response.headers["Location"] = f"/api/auth/cases/by-number/{case.number}"
    response.headers["Cache-Control"] = "no-store"
    return case


@registrations.post("/lookups", summary="查询单位是否已注册")
async def look_up_registration(
    body: schemas.RegistrationLookup, session: Session, runtime: RuntimeOf, address: Address
) -> schemas.UnitLookup:
    return await lookups.look_up(session, runtime.redis, body=body, address=address)


@router.post("/codes", status_code=202, summary="向新手机号码发送验证码")
async def send_case_code(body: schemas.CaseCodeRequest, session: Session, address: Address) -> CodeSent:
    return await service.send_case_code(session, body=body, address=address)


@router.post("/attachments", status_code=201, summary="上传证明材料")
async def upload_case_file(
    session: Session,
    runtime: RuntimeOf,
    address: Address,
    file: NewFile,
    proof: Annotated[str, Form(min_length=1), Copied(4000)],  # used up before the file is looked at
    key: FilesKey = None,
) -> schemas.CaseFileStored:
    return await service.store_evidence(session, runtime, file=file, key=key, address=address)


@router.post("/corrections/attachments", status_code=201, summary="上传营业执照扫描件")
async def upload_correction_file(
    session: Session, runtime: RuntimeOf, actor: Enterprise, file: OwnFile
) -> schemas.CaseFile:
    return await service.store_own_evidence(session, runtime, file=file, actor=actor)


@router.post("/appeals", status_code=201, summary="账号申诉")
async def file_appeal(
    body: schemas.AppealCreate, session: Session, response: Response, address: Address, key: FilesKey = None
) -> schemas.CaseFiled:
    return _filed(response, await filing.file_appeal(session, body=body, applicant=Applicant(address, key)))


@router.post("/corrections", status_code=201, summary="信用代码更正")
async def file_correction(
    body: schemas.CorrectionCreate, session: Session, response: Response, actor: Enterprise
) -> schemas.CaseFiled:
    return _filed(response, await filing.file_correction(session, actor=actor, body=body))


@router.post("/claims", status_code=201, summary="信用代码认领")
async def file_claim(
    body: schemas.ClaimCreate, session: Session, response: Response, address: Address, key: FilesKey = None
) -> schemas.CaseFiled:
    return _filed(response, await filing.file_claim(session, body=body, applicant=Applicant(address, key)))


@router.post("/credit-codes", status_code=201, summary="信用代码核准：校验位与标准不符的代码")
async def file_code(
    body: schemas.CodeCaseCreate, session: Session, response: Response, address: Address, key: FilesKey = None
) -> schemas.CaseFiled:
    return _filed(response, await number_filing.file_code(session, body=body, applicant=Applicant(address, key)))


@router.post("/resident-ids", status_code=201, summary="身份证号核准：校验位与标准不符的号码")
async def file_id(
    body: schemas.IdCaseCreate, session: Session, response: Response, address: Address, key: FilesKey = None
) -> schemas.CaseFiled:
    return _filed(response, await number_filing.file_id(session, body=body, applicant=Applicant(address, key)))


@router.post("/own-resident-ids/attachments", status_code=201, summary="上传本单位人员的证件扫描件")
async def upload_own_id_file(
    session: Session, runtime: RuntimeOf, actor: TrainingUnit, file: OwnFile
) -> schemas.CaseFile:
    return await service.store_own_evidence(session, runtime, file=file, actor=actor)


@router.post("/own-resident-ids", status_code=201, summary="为本单位人员申请身份证号核准")
async def file_own_id(
    body: schemas.OwnIdCaseCreate, session: Session, response: Response, actor: TrainingUnit
) -> schemas.CaseFiled:
    return _filed(response, await number_filing.file_own_id(session, actor=actor, body=body))


@password_router.post(
    "/phone-changes", status_code=201, summary="原手机号码已不能使用时更换手机号", response_model=schemas.CaseFiled
)
async def file_phone_change(
    body: schemas.PhoneChangeCreate,
    runtime: RuntimeOf,
    response: Response,
    address: Address,
    once: OnceOf,
    key: FilesKey = None,
) -> schemas.CaseFiled | Response:
    if kept := await once.earlier(runtime):
        kept.headers["Cache-Control"] = "no-store"
        return kept
    filed = await filing.file_phone_change(runtime, body=body, applicant=Applicant(address, key), once=once)
    return _filed(response, filed)


@router.post("/enquiries", status_code=201, summary="在线咨询")
async def file_enquiry(
    body: schemas.EnquiryCreate, session: Session, response: Response, address: Address
) -> schemas.CaseFiled:
    return _filed(response, await filing.file_enquiry(session, body=body, applicant=Applicant(address, None)))


@router.get("/by-number/{number}", summary="按编号查询办理进度", dependencies=[FEW_FAILURES])
async def follow_case(number: schemas.CaseNumber, session: Session, response: Response) -> schemas.CaseProgress:
    response.headers["Cache-Control"] = "no-store"
    return await service.follow_case(session, number)


@router.post("/by-number/{number}/withdraw", summary="撤回本人的申请")
async def withdraw_case(
    number: schemas.CaseNumber, session: Session, address: Address, key: ApplicantKey
) -> schemas.CaseProgress:
    return await service.withdraw_case(session, number=number, key=key, address=address)


@router.post("/by-number/{number}/attachments", status_code=201, summary="补充证明材料")
async def add_case_file(
    number: schemas.CaseNumber,
    session: Session,
    runtime: RuntimeOf,
    address: Address,
    key: ApplicantKey,
    file: OneMoreFile,
) -> schemas.CaseFile:
    return await service.add_evidence(session, runtime, number=number, key=key, file=file, address=address)


@router.get("/by-number/{number}/attachments", summary="本人已上传的材料")
async def list_own_case_files(
    number: schemas.CaseNumber, session: Session, key: ApplicantKey
) -> list[schemas.CaseFile]:
    return await service.own_evidence(session, number=number, key=key)


@router.get("/by-number/{number}/attachments/{attachment_id}", summary="查看本人上传的材料", response_class=Response)
async def get_own_case_file(
    number: schemas.CaseNumber,
    attachment_id: UUID,
    session: Session,
    runtime: RuntimeOf,
    key: ApplicantKey,
    address: Address,
) -> Response:
    file, actor = await service.own_evidence_file(
        session, number=number, key=key, attachment_id=attachment_id, address=address
    )
    return await shown_attachment(session, runtime.storage, file, actor)
