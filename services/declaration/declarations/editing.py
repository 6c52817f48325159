"""注册信息修改 (ORG-11, FAQ-D4): an employer corrects its own basics, its declarations show it at once: the one that can be edited,
else a new one that is opened for it. While one is 待审核, what is being reviewed is not changed under the reviewer's eyes.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock.keeping import follow
from services.declaration.declarations import repository
from services.declaration.declarations.basics import follow_employer
from services.declaration.declarations.blocking import holder_of
from services.declaration.declarations.guards import withdraw_hint
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.schemas import AffectedDeclaration, DeclarationCreate, EmployerEdited
from services.declaration.declarations.service import EmployerInactive, create_declaration
from services.declaration.declarations.workflow import DeclarationStatus
from services.declaration.employers.models import Employer
from services.declaration.employers.repository import require_employer, require_locked
from services.declaration.employers.schemas import EmployerRead, EmployerUpdate
from services.declaration.employers.service import EMPLOYER, change_basics
from services.declaration.form.choices import ChangeReason, DeclarationKind
from services.declaration.regions.repository import names_of
from shared.clock import now_utc
from shared.errors import AppError, Conflict
from shared.identity import Actor
from shared.web.versions import require_version
from shared.workflow.definition import Refusal, button

_NOTHING_NEW = "没有需要修改的内容"


class DeclarationPending(Conflict):
    """Which record is in the way, who holds it, and what to do about it."""

    code = "declaration_pending"

    def __init__(self, waiting: Declaration, holder: str, actor: Actor) -> None:
        super().__init__(
            f"{waiting.declared_on}的{waiting.kind.label}（{waiting.status.label}）正由{holder}审核，"
            f"审核期间不能修改注册信息。{withdraw_hint(waiting, actor, now_utc())}",
            extra={"declaration_id": str(waiting.id)},
        )


async def _refusal(
    session: AsyncSession, employer: Employer, waiting: Declaration | None, actor: Actor
) -> AppError | None:
    if not employer.active:
        return EmployerInactive()
    if waiting is not None and waiting.status is DeclarationStatus.PENDING:
        return DeclarationPending(waiting, await holder_of(session, waiting), actor)
    return None


async def read_own_employer(session: AsyncSession, *, actor: Actor) -> EmployerRead:
    """The actor's employer, and whether its basics can be edited now. Raises ``Unavailable`` before the directory has told of it."""
    employer = await require_employer(session, actor.organisation_id)
    waiting = await repository.get_open(session, employer.id)
    return await _read(session, employer, await _refusal(session, employer, waiting, actor))


async def edit_own_employer(
    session: AsyncSession, *, actor: Actor, body: EmployerUpdate, expected: int
) -> EmployerEdited:
    """Corrects the basics; the open record follows, and where none is open a 变更申报 begins with what was last declared (the first of
    all is a 初次申报). Raises ``EmployerInactive``, ``DeclarationPending``, ``VersionMismatch``, InvalidInput."""
    employer = await require_locked(session, actor.organisation_id)
    waiting = await repository.get_open_locked(session, employer.id)
    if refusal := await _refusal(session, employer, waiting, actor):
        raise refusal
    await require_version(session, EMPLOYER, employer, expected)
    news = {name: getattr(body, name) for name in body.model_fields_set}
    changes = await change_basics(session, actor=actor, employer=employer, news=news)
    if not changes:
        shown = await _read(session, employer, None)
        return EmployerEdited(employer=shown, changes=[], declaration=None, message=_NOTHING_NEW)
    followed = await follow_employer(session, employer, actor)
    declaration = followed or await _begin(session, actor, employer)
    await follow(session, employer.id)
    which = f"{declaration.kind.label}（{declaration.status.label}）"
    words = f"修改已体现在未提交的{which}中" if followed else f"已新建{which}，其中的基本信息已更新"
    return EmployerEdited(
        employer=await _read(session, employer, None),
        changes=changes,
        declaration=AffectedDeclaration.of(declaration, created=followed is None),
        message=f"已保存。{words}，请核对后提交",
    )


async def _begin(session: AsyncSession, actor: Actor, employer: Employer) -> Declaration:
    last = await repository.get_last_approved(session, employer.id)
    if last is None:
        content = DeclarationCreate(kind=DeclarationKind.INITIAL)
    else:
        given = {"kind": DeclarationKind.CHANGE, "change_reason": ChangeReason.BASICS}
        content = DeclarationCreate.model_validate(given)
    return await create_declaration(session, actor=actor, content=content)


async def _read(session: AsyncSession, employer: Employer, refusal: AppError | None) -> EmployerRead:
    names = await names_of(session, {employer.region_code})
    edit = button("update", "修改", Refusal(refusal.code, refusal.detail) if refusal else None)
    region = names.get(employer.region_code, employer.region_code)
    return EmployerRead.of(employer, region_label=region, allowed_actions=[edit])
