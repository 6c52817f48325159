"""Use cases of declarations: add, edit, delete, open for review, and what follows from each step of the workflow.
The steps themselves and who may take them are in ``workflow.py``.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations import repository
from services.declaration.declarations.basics import take_basics
from services.declaration.declarations.checks import problems_of
from services.declaration.declarations.content import change, hazard_in_words, snapshot
from services.declaration.declarations.filters import DeclarationFilter
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.schemas import (
    DeclarationCreate,
    DeclarationUpdate,
)
from services.declaration.declarations.workflow import (
    DECLARATION,
    NEXT_STEPS,
    DeclarationAction,
    DeclarationStatus,
    delete_refusal,
    edit_refusal,
    in_charge,
)
from services.declaration.employers.repository import require_locked
from services.declaration.regions.repository import names_of
from shared.clock import beijing_today, now_utc
from shared.db.history import History, Values, history_of
from shared.db.paging import PageRequest, Rows
from shared.errors import Conflict, FieldError, Forbidden, InvalidInput
from shared.identity import Actor
from shared.roles import Permission
from shared.web.versions import require_version
from shared.wording import Word, words_of
from shared.workflow.apply import ActionRefused, apply
from shared.workflow.definition import ActionBody

DECLARATION.words.update(
    employer_name=Word("用人单位名称"),
    credit_code=Word("统一社会信用代码"),
    region_code=Word("所属地区"),
    address=Word("单位地址"),
    legal_representative=Word("法定代表人"),
)
DECLARATION.words.update(
    words_of(DeclarationCreate, contact_phone=Word("联系人手机号码"), hazards=Word("危害因素种类", hazard_in_words))
)


class OpenDeclarationExists(Conflict):
    """DECL-03, FAQ-D7: which record is in the way, its state, and what to do about it."""

    code = "open_declaration_exists"

    def __init__(self, record: Declaration) -> None:
        which = f"{record.declared_on}的{record.kind.label}（{record.status.label}）"
        next_step = NEXT_STEPS[record.status]
        super().__init__(
            f"存在未审批通过的数据：{which}。{next_step}",
            errors=[FieldError(f"declarations.{record.id}", self.code, f"{which}：{next_step}")],
        )


class EmployerInactive(Forbidden):
    code = "employer_inactive"
    detail = "单位账号已停用，不能申报；请联系所在地区县级卫生健康部门"


class DeclarationIncomplete(InvalidInput):
    """DECL-04…06, X21: one entry per field that is missing or wrong."""

    code = "declaration_incomplete"
    detail = "申报内容还不完整或有误，请按提示修改后再提交"


async def list_declarations(
    session: AsyncSession, *, actor: Actor, wanted: DeclarationFilter, page: PageRequest
) -> Rows[Declaration]:
    """What ``actor`` may see, narrowed and by page (DECL-11)."""
    return await repository.list_declarations(session, actor, wanted=wanted, page=page)


async def region_names(session: AsyncSession, declarations: Iterable[Declaration]) -> dict[str, str]:
    """The full names of the regions where they stand, in one query for all of them (ORG-13)."""
    return await names_of(session, {each.region_code for each in declarations})


async def create_declaration(session: AsyncSession, *, actor: Actor, content: DeclarationCreate) -> Declaration:
    """A new 暂存 record of the actor's organisation. Raises ``OpenDeclarationExists`` (DECL-03), ``EmployerInactive``."""
    employer = await require_locked(session, actor.organisation_id)
    if not employer.active:
        raise EmployerInactive
    if (waiting := await repository.get_open(session, employer.id)) is not None:
        raise OpenDeclarationExists(waiting)
    declaration = Declaration(
        employer_id=employer.id, kind=content.kind, hazards=[], declared_on=beijing_today(now_utc())
    )
    take_basics(declaration, employer)
    change(declaration, content)
    session.add(declaration)
    await session.flush()
    _remember(session, declaration, "create", actor, after=snapshot(declaration))
    return declaration


async def change_declaration(
    session: AsyncSession, *, actor: Actor, declaration_id: UUID, content: DeclarationUpdate, expected: int
) -> Declaration:
    """Saves what was filled in, complete or not. Raises ``ActionRefused`` unless 暂存 or 已驳回, ``VersionMismatch``."""
    declaration = await repository.require_declaration(session, actor, declaration_id, lock=True)
    if refusal := edit_refusal(declaration):
        raise ActionRefused(refusal)
    await require_version(session, DECLARATION, declaration, expected)
    before = snapshot(declaration)
    change(declaration, content)
    after = snapshot(declaration)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        declaration.updated_at = now_utc()  # hazards stand in rows of their own: the version must go up for them too
        old, new = ({name: values[name] for name in changed} for values in (before, after))
        _remember(session, declaration, "update", actor, before=old, after=new)
    await session.flush()
    return declaration


async def delete_declaration(session: AsyncSession, *, actor: Actor, declaration_id: UUID) -> None:
    """Takes a 暂存 record away; its history stays. Raises ``ActionRefused`` for any other."""
    declaration = await repository.require_declaration(session, actor, declaration_id, lock=True)
    if refusal := delete_refusal(declaration):
        raise ActionRefused(refusal)
    _remember(session, declaration, "delete", actor, before=snapshot(declaration))
    await session.delete(declaration)
    await session.flush()


async def open_declaration(session: AsyncSession, *, actor: Actor, declaration_id: UUID) -> Declaration:
    """The record, for reading. The first look of the reviewer in charge at a 待审核 record is noted: from then on the
    employer cannot withdraw it by itself (DECL-10)."""
    declaration = await repository.require_declaration(session, actor, declaration_id)
    if _is_opened_by(declaration, actor):
        declaration = await repository.require_declaration(session, actor, declaration_id, lock=True)
        if _is_opened_by(declaration, actor):
            declaration.opened_by_reviewer_at = now_utc()
            _remember(session, declaration, "open", actor)
            await session.flush()
    return declaration


async def reveal_contact_phone(session: AsyncSession, *, actor: Actor, declaration_id: UUID) -> str | None:
    """The contact's full number; the look is remembered (PLAT-05)."""
    declaration = await repository.require_declaration(session, actor, declaration_id)
    DECLARATION.note_view(session, declaration.id, "view_contact", actor=actor)
    return declaration.contact_phone


async def act_on_declaration(
    session: AsyncSession, *, actor: Actor, declaration_id: UUID, action: DeclarationAction, body: ActionBody
) -> Declaration:
    """One step of the workflow. Raises ``DeclarationIncomplete`` with every field where a submission fails its checks."""
    declaration = await repository.require_declaration(session, actor, declaration_id, lock=True)
    can_submit = action is DeclarationAction.SUBMIT and DECLARATION.transition(action, declaration.status)
    if can_submit and (problems := problems_of(declaration)):
        raise DeclarationIncomplete(errors=problems)
    await apply(session, DECLARATION, declaration, action, actor=actor, body=body)
    return declaration


async def declaration_history(session: AsyncSession, *, actor: Actor, declaration_id: UUID) -> list[History]:
    """The record's changes, oldest first (PLAT-04)."""
    declaration = await repository.require_declaration(session, actor, declaration_id)
    return await history_of(session, DECLARATION, declaration.id)


def _is_opened_by(declaration: Declaration, actor: Actor) -> bool:
    waits = declaration.status is DeclarationStatus.PENDING and declaration.opened_by_reviewer_at is None
    decides = actor.may(Permission.DECLARATION_REVIEW) and in_charge(declaration, actor, now_utc()) is None
    return waits and decides


def _remember(
    session: AsyncSession,
    declaration: Declaration,
    action: str,
    actor: Actor,
    *,
    before: Values | None = None,
    after: Values | None = None,
) -> None:
    DECLARATION.note(session, declaration.id, action, actor=actor, before=before, after=after)


@DECLARATION.effect("start_review")
async def start_review(_session: AsyncSession, declaration: Declaration, _actor: Actor, _body: ActionBody) -> None:
    """A submission: its day is the 申报日期, and nobody has opened it yet."""
    now = now_utc()
    declaration.declared_on = beijing_today(now)
    declaration.pending_since = now
    declaration.opened_by_reviewer_at = None
    declaration.reviewed_at = None
    declaration.reject_reason = None


@DECLARATION.effect("leave_review")
async def leave_review(_session: AsyncSession, declaration: Declaration, _actor: Actor, _body: ActionBody) -> None:
    """A withdrawal: the review's clock stops."""
    declaration.pending_since = None


@DECLARATION.effect("keep_decision")
async def keep_decision(_session: AsyncSession, declaration: Declaration, _actor: Actor, body: ActionBody) -> None:
    """A decision: when it was made, and why the record came back."""
    declaration.pending_since = None
    declaration.reviewed_at = now_utc()
    declaration.reject_reason = body.reason if declaration.status is DeclarationStatus.REJECTED else None


@DECLARATION.effect("reopen_review")
async def reopen_review(_session: AsyncSession, declaration: Declaration, _actor: Actor, _body: ActionBody) -> None:
    """A revoked approval: the review's clock starts anew, and the record counts as opened (DECL-12)."""
    declaration.pending_since = now_utc()
    declaration.opened_by_reviewer_at = declaration.opened_by_reviewer_at or declaration.pending_since
    declaration.reviewed_at = None
