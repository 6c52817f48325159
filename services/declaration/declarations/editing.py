"""注册信息修改 (ORG-11, FAQ-D4): an employer corrects its own basics, its declarations show it at once: the one that can be edited,
else a new one that is opened for it. While one is 待审核, what is being reviewed is not changed under the reviewer's eyes.
"""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock import keeping as clock
from services.declaration.declarations import repository
from services.declaration.declarations.basics import follow_employer, follow_place
from services.declaration.declarations.blocking import holder_of
from services.declaration.declarations.guards import withdraw_hint
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.own_employer import read_employer
from services.declaration.declarations.schemas import (
    AffectedDeclaration,
    DeclarationCreate,
    EmployerEdited,
    EmployerRead,
)
from services.declaration.declarations.service import EmployerCancelled, EmployerInactive, create_declaration
from services.declaration.declarations.workflow import DeclarationStatus
from services.declaration.employers.form import REQUIRED
from services.declaration.employers.models import Employer
from services.declaration.employers.repository import require_employer, require_locked
from services.declaration.employers.schemas import EmployerDraft, EmployerUpdate
from services.declaration.employers.service import EMPLOYER, change_basics, region_error
from services.declaration.figures import keeping as figures
from services.declaration.form.choices import ChangeReason, DeclarationKind
from shared.clock import now_utc
from shared.errors import AppError, Conflict
from shared.identity import Actor
from shared.web.drafts import problem_fields, read_draft
from shared.web.forms import RecordFormCheckRead
from shared.web.versions import require_version

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


def _refusal(
    employer: Employer, waiting: Declaration | None, last: Declaration | None, holder: str, actor: Actor
) -> AppError | None:
    if not employer.active:
        return EmployerInactive()
    if waiting is not None and waiting.status is DeclarationStatus.PENDING:
        return DeclarationPending(waiting, holder, actor)
    if waiting is None and last is not None and last.kind is DeclarationKind.CANCELLATION:
        return EmployerCancelled()
    return None


async def _refused(
    session: AsyncSession, employer: Employer, waiting: Declaration | None, last: Declaration | None, actor: Actor
) -> AppError | None:
    holder = await holder_of(session, waiting) if waiting is not None else ""
    return _refusal(employer, waiting, last, holder, actor)


async def read_own_employer(session: AsyncSession, *, actor: Actor) -> EmployerRead:
    """The actor's employer, and whether its basics can be edited now. Raises ``Unavailable`` before the directory has told of it."""
    employer = await require_employer(session, actor.organisation_id)
    waiting = await repository.get_open(session, employer.id)
    last = await repository.get_last_approved(session, employer.id)
    refusal = await _refused(session, employer, waiting, last, actor)
    return await read_employer(session, employer, waiting, refusal, has_declared=last is not None)


async def check_own_employer(session: AsyncSession, *, given: Mapping[str, object]) -> RecordFormCheckRead:
    """注册信息 while it is typed: what is there is judged, nothing is written."""
    draft, errors = read_draft(EmployerDraft, given)
    code = draft.model_dump()["region_code"]
    wrong = await region_error(session, code) if code else None
    found = problem_fields([*errors, *([wrong] if wrong else [])])
    return RecordFormCheckRead(errors=found, hints=[], required_now=list(REQUIRED))


async def edit_own_employer(
    session: AsyncSession, *, actor: Actor, body: EmployerUpdate, expected: int
) -> EmployerEdited:
    """Corrects the basics; the open record follows, and where none is open a 变更申报 begins with what was last declared (the first of
    all is a 初次申报). Raises ``EmployerInactive``, ``DeclarationPending``, ``VersionMismatch``, InvalidInput."""
    employer = await require_locked(session, actor.organisation_id)
    waiting = await repository.get_open_locked(session, employer.id)
    last = await repository.get_last_approved(session, employer.id)
    if refusal := await _refused(session, employer, waiting, last, actor):
        raise refusal
    await require_version(session, EMPLOYER, employer, expected)
    news = {name: getattr(body, name) for name in body.model_fields_set}
    changes = await change_basics(session, actor=actor, employer=employer, news=news)
    if not changes:
        shown = await read_employer(session, employer, waiting, None, has_declared=last is not None)
        return EmployerEdited(employer=shown, changes=[], declaration=None, message=_NOTHING_NEW)
    followed = await follow_employer(session, employer, actor)
    await follow_place(session, employer, actor)
    declaration = followed or await _begin(session, actor, last)
    await clock.follow(session, employer.id)
    await figures.follow(session, employer.id)
    which = f"{declaration.kind.label}（{declaration.status.label}）"
    words = f"修改已体现在未提交的{which}中" if followed else f"已新建{which}，其中的基本信息已更新"
    return EmployerEdited(
        employer=await read_employer(session, employer, declaration, None, has_declared=last is not None),
        changes=changes,
        declaration=AffectedDeclaration.of(declaration, created=followed is None),
        message=f"已保存。{words}，请核对后提交",
    )


async def _begin(session: AsyncSession, actor: Actor, last: Declaration | None) -> Declaration:
    if last is None:
        content = DeclarationCreate(kind=DeclarationKind.INITIAL)
    else:
        given = {"kind": DeclarationKind.CHANGE, "change_reason": ChangeReason.BASICS}
        content = DeclarationCreate.model_validate(given)
    return await create_declaration(session, actor=actor, content=content)
