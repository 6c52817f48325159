"""Use cases of declarations: add, edit, delete, open for review, and what follows from each step of the workflow.
The steps themselves and who may take them are in ``workflow.py``.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations import repository
from services.declaration.declarations.basics import take_basics
from services.declaration.declarations.blocking import OpenDeclarationExists, blocking_of
from services.declaration.declarations.content import begin_from, change, snapshot, words_of_the_form
from services.declaration.declarations.contents import problems_of
from services.declaration.declarations.filters import DeclarationFilter
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.presentation import read
from services.declaration.declarations.schemas import (
    DeclarationCreate,
    DeclarationRead,
    DeclarationUpdate,
    Problem,
)
from services.declaration.declarations.workflow import (
    DECLARATION,
    DeclarationAction,
    delete_refusal,
    edit_refusal,
)
from services.declaration.employers.models import Employer
from services.declaration.employers.repository import get_employer, get_locked, require_locked
from services.declaration.factors.catalogue import current
from services.declaration.form.choices import DeclarationKind, FileKind
from services.declaration.form.table import VERSION
from services.declaration.form.versions import changes_since
from services.declaration.industries.service import is_known
from services.declaration.regions.repository import names_of
from shared.attachments import FIELD, keep_exactly, keep_of_kind, of_record
from shared.clock import beijing_today, now_utc
from shared.db.history import History, Values, history_of
from shared.db.paging import PageRequest, Rows
from shared.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound
from shared.identifiers import new_id
from shared.identity import Actor
from shared.reference.regions import scope_prefix
from shared.web.versions import require_version
from shared.wording import files
from shared.workflow.apply import ActionRefused, apply
from shared.workflow.definition import ActionBody

DECLARATION.words.update(words_of_the_form() | {each.label: files(each.label) for each in FileKind})


class EmployerInactive(Forbidden):
    code = "employer_inactive"
    detail = "单位账号已停用，不能申报；请联系所在地区县级卫生健康部门"


class DeclarationWithdrawn(NotFound):
    """What a reviewer had before his eyes has just been taken back (DECL-10)."""

    code = "declaration_withdrawn"
    detail = "单位刚刚撤回了该申报，修改后会重新提交；请返回列表继续审核"


class EmployerCancelled(Conflict):
    code = "employer_cancelled"
    detail = "单位已注销申报；如恢复生产经营，请联系所在地区县级卫生健康部门撤销注销后再申报"


class DeclarationIncomplete(InvalidInput):
    """DECL-04…08, X21: one entry per field that is missing or wrong; ``problems`` has them with page and proposal."""

    code = "declaration_incomplete"
    detail = "申报内容还不完整或有误，请按提示修改后再提交"


async def list_declarations(
    session: AsyncSession, *, actor: Actor, wanted: DeclarationFilter, page: PageRequest
) -> Rows[Declaration]:
    """What ``actor`` may see, narrowed and by page (DECL-11)."""
    return await repository.list_declarations(session, actor, wanted=wanted, page=page)


async def region_names(session: AsyncSession, declarations: Iterable[Declaration]) -> dict[str, str]:
    """The full names of the regions where they stand, in one query for all of them (ORG-13)."""
    return await names_of(session, {code for each in declarations for code in (each.region_code, each.declared_for)})


async def shown(session: AsyncSession, declaration: Declaration, actor: Actor) -> DeclarationRead:
    """The record as ``actor`` may see it; who is named for a confidential unit sees its products, and the look is remembered."""
    sees = await _sees_products(session, declaration, actor)
    names = await region_names(session, [declaration])
    attached = await of_record(session, DECLARATION, [declaration.id])
    return read(declaration, names, actor, now_utc(), files=attached, sees_products=sees)


def is_named(employer: Employer, actor: Actor) -> bool:
    """Named for its products, and still of the office that named: who has moved to another is named no more."""
    of_office = actor.region_prefix == scope_prefix(employer.region_code)
    return of_office and str(actor.account_id) in {each["id"] for each in employer.product_readers}


async def _sees_products(session: AsyncSession, declaration: Declaration, actor: Actor) -> bool:
    if not declaration.confidential or not declaration.products or declaration.employer_id == actor.organisation_id:
        return False
    employer = await get_employer(session, declaration.employer_id)
    named = employer is not None and is_named(employer, actor)
    if named:
        DECLARATION.note_view(session, declaration.id, "view_products", actor=actor)
    return named


async def create_declaration(session: AsyncSession, *, actor: Actor, content: DeclarationCreate) -> Declaration:
    """A new 暂存 record of the actor's organisation: what was last approved, with what is sent in its place. Raises
    ``OpenDeclarationExists`` (DECL-03), ``EmployerInactive``, ``EmployerCancelled``, ``InvalidInput``."""
    employer = await require_locked(session, actor.organisation_id)
    if not employer.active:
        raise EmployerInactive
    if (waiting := await repository.get_open(session, employer.id)) is not None:
        raise OpenDeclarationExists(await blocking_of(session, waiting, actor))
    last = await repository.get_last_approved(session, employer.id)
    if last is not None and last.kind is DeclarationKind.CANCELLATION:
        raise EmployerCancelled
    await require_industry(session, content)
    declaration = Declaration(
        id=new_id(),
        form_version=VERSION,
        catalogue=current().edition,
        employer_id=employer.id,
        kind=content.kind,
        hazards=[],
        declared_on=beijing_today(now_utc()),
    )
    take_basics(declaration, employer)
    if last is not None:
        begin_from(declaration, last)
    change(declaration, content)
    session.add(declaration)
    # Before it is stored: what a record began with is no change of its first version.
    _remember(session, declaration, "create", actor, after=snapshot(declaration))
    await session.flush()
    await session.refresh(declaration, ["employer_has_open", "employer_declared_on", "city_stands_in"])
    return declaration


async def change_declaration(
    session: AsyncSession, *, actor: Actor, declaration_id: UUID, content: DeclarationUpdate, expected: int
) -> Declaration:
    """Saves what was filled in, complete or not, in the form of today. Raises ``ActionRefused`` unless 暂存 or 已驳回,
    ``VersionMismatch`` with whose fields differ, ``InvalidInput``."""
    declaration = await repository.require_declaration(session, actor, declaration_id, lock=True)
    if refusal := edit_refusal(declaration):
        raise ActionRefused(refusal)
    await require_version(session, DECLARATION, declaration, expected)
    await require_industry(session, content)
    _bring_over(session, declaration, actor)
    before = snapshot(declaration)
    change(declaration, content)
    after = snapshot(declaration)
    changed = [name for name in after if after[name] != before[name]]
    declaration.filled_at = now_utc()
    if changed:
        declaration.updated_at = now_utc()  # hazards stand in rows of their own: the version must go up for them too
        old, new = ({name: values[name] for name in changed} for values in (before, after))
        _remember(session, declaration, "update", actor, before=old, after=new)
    await session.flush()
    return declaration


async def bring_over(session: AsyncSession, *, actor: Actor, declaration_id: UUID) -> Declaration:
    """A draft of an older version of the form becomes one of today's; what has changed stands in its history. Raises ``ActionRefused``."""
    declaration = await repository.require_declaration(session, actor, declaration_id, lock=True)
    if refusal := edit_refusal(declaration):
        raise ActionRefused(refusal)
    _bring_over(session, declaration, actor)
    await session.flush()
    return declaration


def _bring_over(session: AsyncSession, declaration: Declaration, actor: Actor) -> None:
    changes = changes_since(declaration.form_version)
    if not changes:
        return
    old, new = {"form_version": declaration.form_version}, {"form_version": VERSION}
    told = {**new, "form_changes": [each.words for each in changes]}
    declaration.form_version, declaration.catalogue = VERSION, current().edition
    _remember(session, declaration, "bring_over", actor, before=dict(old), after=told)


async def require_industry(session: AsyncSession, content: DeclarationCreate | DeclarationUpdate) -> None:
    """Raises ``InvalidInput`` for a code that nobody knows."""
    code = getattr(content, "industry", None)
    if code and not await is_known(session, code):
        words = f"没有代码为“{code}”的行业分类，请从列表中选择"
        raise InvalidInput(errors=[FieldError("industry", "industry_unknown", words)])


async def delete_declaration(session: AsyncSession, *, actor: Actor, declaration_id: UUID) -> None:
    """Takes a 暂存 record away; its history stays. Raises ``ActionRefused`` for any other."""
    declaration = await repository.require_declaration(session, actor, declaration_id, lock=True)
    if refusal := delete_refusal(declaration):
        raise ActionRefused(refusal)
    _remember(session, declaration, "delete", actor, before=snapshot(declaration))
    await keep_exactly(session, DECLARATION, declaration.id, [], actor=actor, field=FIELD)
    await session.delete(declaration)
    await session.flush()


async def read_declaration(session: AsyncSession, *, actor: Actor, declaration_id: UUID) -> Declaration:
    """The record, for reading. Raises ``NotFound``."""
    return await repository.require_declaration(session, actor, declaration_id)


async def reveal_contact_phone(session: AsyncSession, *, actor: Actor, declaration_id: UUID) -> str | None:
    """The contact's full number; the look is remembered (PLAT-05)."""
    declaration = await repository.require_declaration(session, actor, declaration_id)
    DECLARATION.note_view(session, declaration.id, "view_contact", actor=actor)
    return declaration.contact_phone


async def act_on_declaration(
    session: AsyncSession, *, actor: Actor, declaration_id: UUID, action: DeclarationAction, body: ActionBody
) -> Declaration:
    """One step of the workflow. Raises ``DeclarationIncomplete`` with every field where a submission fails its checks, and
    ``EmployerInactive`` also for a unit that is being stopped at this moment."""
    submits = action is DeclarationAction.SUBMIT
    # First of all, as everywhere: the unit's row, then its record's.
    employer = await get_locked(session, actor.organisation_id) if submits else None
    try:
        declaration = await repository.require_declaration(session, actor, declaration_id, lock=True)
    except NotFound:
        if await repository.was_withdrawn(session, actor, declaration_id):
            raise DeclarationWithdrawn from None
        raise
    if action is DeclarationAction.OPEN and declaration.reviewer_id == actor.account_id:
        return declaration  # it is open: looking twice is one look
    if submits and DECLARATION.transition(action, declaration.status):
        if employer is None or not employer.active:
            raise EmployerInactive
        _require_whole(declaration)
    await apply(session, DECLARATION, declaration, action, actor=actor, body=body)
    return declaration


def _require_whole(declaration: Declaration) -> None:
    """Raises ``DeclarationIncomplete`` with everything that is missing or wrong. A form of an older version is refused by the table."""
    if changes_since(declaration.form_version):
        return
    if problems := problems_of(declaration, now_utc()):
        told = [Problem.of(each).model_dump(mode="json") for each in problems]
        errors = [FieldError(each.field, each.code, each.message) for each in problems]
        raise DeclarationIncomplete(errors=errors, extra={"problems": told})


async def declaration_history(session: AsyncSession, *, actor: Actor, declaration_id: UUID) -> list[History]:
    """The record's changes, oldest first (PLAT-04)."""
    declaration = await repository.require_declaration(session, actor, declaration_id)
    return await history_of(session, DECLARATION, declaration.id)


async def keep_attachments(
    session: AsyncSession, *, actor: Actor, declaration_id: UUID, kind: FileKind, expected: int, ids: Sequence[UUID]
) -> Declaration:
    """Exactly these files are the record's of that kind. Raises ``ActionRefused`` unless 暂存 or 已驳回, ``VersionMismatch``, and
    ``InvalidInput`` for files that cannot be had."""
    declaration = await repository.require_declaration(session, actor, declaration_id, lock=True)
    if refusal := edit_refusal(declaration):
        raise ActionRefused(refusal)
    await require_version(session, DECLARATION, declaration, expected)
    labels = {each.value: each.label for each in FileKind}
    before = await keep_of_kind(session, DECLARATION, declaration.id, ids, kind=kind, labels=labels, actor=actor)
    if set(before) != set(ids):
        then, now = ({kind.label: [str(each) for each in one]} for one in (before, ids))
        _remember(session, declaration, "attach", actor, before=then, after=now)
        declaration.updated_at = declaration.filled_at = now_utc()  # the files are not in its columns
        await session.flush()
    return declaration


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
