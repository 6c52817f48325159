"""What becomes of a case once it is filed: followed by its number, withdrawn by its key, decided by those whose desk it is (AUTH-26).
How each kind is filed stands in ``filing``, what an approval does in ``outcomes``.
"""

import hmac
import secrets
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.service import use_proof
from services.auth.access.codes.models import Purpose
from services.auth.access.codes.service import CodeSent, request_code
from services.auth.desks.cases import repository
from services.auth.desks.cases.kinds import KINDS
from services.auth.desks.cases.limits import count_upload
from services.auth.desks.cases.models import Case
from services.auth.desks.cases.notices import prepare_notice
from services.auth.desks.cases.outcomes import tell
from services.auth.desks.cases.reading import ADD_FILE, MOVE, list_item, progress_of, read_case
from services.auth.desks.cases.repository import CaseFilter
from services.auth.desks.cases.schemas import (
    MAX_FILES,
    CaseCodeRequest,
    CaseFile,
    CaseFileStored,
    CaseListItem,
    CaseProgress,
    CaseRead,
)
from services.auth.desks.cases.workflow import CASE, CaseAction, CaseKind, case_submitted
from services.auth.settings import auth_settings
from services.auth.visitors import visitor
from shared.attachments import Attachment, claim, store
from shared.clock import now_utc
from shared.db.paging import Page, PageRequest
from shared.errors import Conflict, NotFound
from shared.events.log import record
from shared.identity import SYSTEM, Actor
from shared.runtime import Runtime
from shared.uploads import CheckedFile
from shared.web.callers import token_hash
from shared.web.lists import page_of
from shared.wording import Word
from shared.workflow.apply import apply
from shared.workflow.definition import ActionBody

# A file's kind, which is none of a case, is shown to nobody.
CASE.words.update(
    {
        "kind": Word("事项", {kind.value: kind.label for kind in CaseKind}.get),
        "level": Word("办理机构", {"county": "区县", "city": "地市", "province": "省级"}.get),
    }
)
KIND_OF_FILE = "evidence"
BATCH = 200


class TooManyFiles(Conflict):
    code = "too_many_files"
    detail = f"最多上传 {MAX_FILES} 个文件，请合并后再上传"


class CaseUnknown(NotFound):
    detail = "没有找到该编号，请核对编号；撤回或补充材料须在申请时使用的浏览器中办理"


class NoLongerOpen(Conflict):
    code = "case_closed"
    detail = "该事项已办结，不能再补充材料；如仍需办理请重新申请"


def new_key() -> str:
    """The secret by which an applicant's browser comes back to its files and its case."""
    return secrets.token_urlsafe(32)


def key_owner(key: str, address: str) -> Actor:
    """Whoever holds this key, as the owner of files that no case refers to yet."""
    return visitor("", UUID(bytes=sha256(f"files:{key}".encode()).digest()[:16]), address)


async def send_case_code(session: AsyncSession, *, body: CaseCodeRequest, address: str) -> CodeSent:
    """A code to the new phone. Raises the refusals of a proof, CodeTooSoon, TooManyCodes."""
    await use_proof(session, body.proof, Action.CASE)
    return await request_code(session, purpose=Purpose.CASE, phone=body.phone, address=address)


async def admit_evidence(session: AsyncSession, runtime: Runtime, *, proof: str, address: str) -> None:
    """What a file from somebody without an account costs, before it is looked at. Raises TooManyUploads and the refusals of a proof."""
    await count_upload(runtime.redis, address)
    await use_proof(session, proof, Action.CASE)


def _most_mb() -> int:
    return auth_settings().uploads_per_record_mb


async def store_evidence(
    session: AsyncSession, runtime: Runtime, *, file: CheckedFile, key: str | None, address: str
) -> CaseFileStored:
    """Keeps an admitted file for a case to come; the first one gets the key that the others, and the case, are given with (PLAT-07)."""
    key = key or new_key()
    row = await store(session, runtime.storage, runtime.service, file, key_owner(key, address), most_mb=_most_mb())
    return CaseFileStored.of(row, key=key)


async def store_own_evidence(session: AsyncSession, runtime: Runtime, *, file: CheckedFile, actor: Actor) -> CaseFile:
    """Keeps a file for a case that somebody signed in will file."""
    return CaseFile.of(await store(session, runtime.storage, runtime.service, file, actor))


async def require_by_number(session: AsyncSession, number: str, key: str | None = None) -> Case:
    """The case of this number; with a ``key`` only if that opens it. Raises NotFound."""
    case = await repository.get_by_number(session, number)
    if case is None or (key is not None and not hmac.compare_digest(case.key_hash, token_hash(key))):
        raise CaseUnknown
    return case


async def follow_case(session: AsyncSession, number: str) -> CaseProgress:
    """Where the case of this number stands; raises NotFound."""
    return await progress_of(session, await require_by_number(session, number))


async def withdraw_case(session: AsyncSession, *, number: str, key: str, address: str) -> CaseProgress:
    """The applicant takes the case back. Raises NotFound without the right key, ActionRefused once it is decided."""
    case = await require_by_number(session, number, key)
    actor = visitor(case.applicant_name, case.id, address)
    await apply(session, CASE, case, CaseAction.WITHDRAW, actor=actor)
    return await progress_of(session, case)


async def _require_room(session: AsyncSession, number: str, key: str) -> Case:
    """The open case of this number and key, which has fewer files than it may have."""
    case = await require_by_number(session, number, key)
    if case.status is not CASE.initial:
        raise NoLongerOpen
    if len(await repository.files_of(session, case)) >= MAX_FILES:
        raise TooManyFiles
    return case


async def admit_more(session: AsyncSession, runtime: Runtime, *, number: str, key: str, address: str) -> None:
    """Whether one more file would be taken, before it is looked at. Raises NotFound, NoLongerOpen, TooManyFiles, TooManyUploads."""
    await _require_room(session, number, key)
    await count_upload(runtime.redis, address)


async def add_evidence(
    session: AsyncSession, runtime: Runtime, *, number: str, key: str, file: CheckedFile, address: str
) -> CaseFile:
    """One more file, which was admitted, for an open case. Raises NotFound, NoLongerOpen, TooManyFiles."""
    case = await _require_room(session, number, key)
    actor = visitor(case.applicant_name, case.id, address)
    row = await store(session, runtime.storage, runtime.service, file, actor, most_mb=_most_mb())
    await claim_evidence(session, case, [row.id], actor)
    CASE.note(session, case.id, ADD_FILE, actor=actor, after={"file_id": str(row.id)})
    return CaseFile.of(row)


async def claim_evidence(session: AsyncSession, case: Case, ids: list[UUID], owner: Actor) -> None:
    """The files are the case's. Raises InvalidInput for one that is not the owner's, or another record's already."""
    await claim(session, CASE, case.id, ids, actor=owner, field="attachments", kind=KIND_OF_FILE)


async def own_evidence(session: AsyncSession, *, number: str, key: str) -> list[CaseFile]:
    """The applicant's files; raises NotFound."""
    case = await require_by_number(session, number, key)
    return [CaseFile.of(row) for row in await repository.files_of(session, case)]


async def own_evidence_file(
    session: AsyncSession, *, number: str, key: str, attachment_id: UUID, address: str
) -> tuple[Attachment, Actor]:
    """One of the applicant's files, and who asks for it; raises NotFound."""
    case = await require_by_number(session, number, key)
    actor = visitor(case.applicant_name, case.id, address)
    return await repository.require_file(session, case, attachment_id), actor


async def list_cases(session: AsyncSession, actor: Actor, wanted: CaseFilter, page: PageRequest) -> Page[CaseListItem]:
    """One page of the cases that the actor sees."""
    rows = await repository.list_cases(session, actor, wanted, page)
    return page_of(rows, lambda case: list_item(case, actor))


async def get_case(session: AsyncSession, actor: Actor, case_id: UUID) -> CaseRead:
    """One case that the actor sees; raises NotFound."""
    return await read_case(session, await repository.require_case(session, actor, case_id), actor)


async def case_evidence_file(session: AsyncSession, actor: Actor, case_id: UUID, attachment_id: UUID) -> Attachment:
    """One file of a case that the actor sees; raises NotFound."""
    return await repository.require_file(session, await repository.require_case(session, actor, case_id), attachment_id)


async def act_on_case(
    session: AsyncSession, actor: Actor, case_id: UUID, action: CaseAction, body: ActionBody
) -> CaseRead:
    """Decides a case. Raises NotFound, ActionRefused (not this desk, decided already) and what the kind's outcome raises."""
    case = await repository.require_case(session, actor, case_id)
    await apply(session, CASE, case, action, actor=actor, body=body)
    await prepare_notice(session, case, actor.organisation_name)
    return await read_case(session, case, actor)


async def bring_moved(session: AsyncSession) -> None:
    """Open cases whose desk has lost or found somebody since: whoever has them now is told (AUTH-26)."""
    for case in await repository.moved(session, BATCH):
        after = {"level": case.desk_level.value}
        CASE.note(session, case.id, MOVE, actor=SYSTEM, before={"level": case.told_level.value}, after=after)
        case.told_level = case.desk_level
        record(session, case_submitted(case))
    await session.flush()


@CASE.effect("carry_out")
async def carry_out(session: AsyncSession, case: Case, actor: Actor, body: ActionBody) -> None:
    """The kind's own outcome."""
    case.decided_at, case.decision_reason = now_utc(), body.reason
    await KINDS[case.kind].carry_out(session, case, actor, body)


@CASE.effect("tell_refused")
async def tell_refused(session: AsyncSession, case: Case, actor: Actor, body: ActionBody) -> None:
    """The applicant learns why."""
    case.decided_at, case.decision_reason = now_utc(), body.reason
    tell(session, case, f"您的{case.kind.label}未通过：{body.reason}。如有疑问请联系{actor.organisation_name}。")
