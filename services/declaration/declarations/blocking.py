"""The record that keeps an employer from adding another (DECL-03, FAQ-D7): which it is, who has it, and the one click that helps."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.models import Declaration
from services.declaration.declarations.presentation import actions_of
from services.declaration.declarations.workflow import NEXT_STEPS, DeclarationAction, DeclarationStatus
from services.declaration.form.choices import DeclarationKind
from services.declaration.regions.repository import names_of
from shared.clock import now_utc
from shared.errors import Conflict, FieldError
from shared.identity import Actor
from shared.roles import Level
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction

_OWN = "本单位"
_HELPS = ("edit", DeclarationAction.WITHDRAW.value, DeclarationAction.REQUEST_WITHDRAWAL.value)


class BlockingRead(Read):
    """``holder`` has to do the next thing; ``action`` is what the employer can do about it now, None when it can only wait."""

    id: UUID
    kind: DeclarationKind
    status: DeclarationStatus
    declared_on: date
    holder: str
    words: str
    action: AllowedAction | None


class OpenDeclarationExists(Conflict):
    """DECL-03, FAQ-D7: which record is in the way, its state, who has it, and what to do about it."""

    code = "open_declaration_exists"

    def __init__(self, record: BlockingRead) -> None:
        which = f"{record.declared_on}的{record.kind.label}（{record.status.label}）"
        super().__init__(
            f"存在未审批通过的数据：{which}。{record.words}",
            errors=[FieldError(f"declarations.{record.id}", self.code, f"{which}：{record.words}")],
            extra={"blocking": record.model_dump(mode="json")},
        )


async def holder_of(session: AsyncSession, waiting: Declaration) -> str:
    """Who has to do the next thing about it."""
    if waiting.status.is_editable:
        return _OWN
    return await office_of(session, waiting.region_code, waiting.review_level)


async def office_of(session: AsyncSession, region_code: str, level: Level) -> str:
    """The office of that level over this region, as people call it."""
    code = f"{region_code[:4]}00" if level is Level.CITY else region_code
    names = await names_of(session, {code})
    return f"{names.get(code, '所在地区')}卫生健康部门"


async def blocking_of(session: AsyncSession, waiting: Declaration, actor: Actor) -> BlockingRead:
    """As its employer is told of it."""
    offered = {each.action: each for each in actions_of(waiting, actor, now_utc()) if each.allowed}
    action = next((offered[name] for name in _HELPS if name in offered), None)
    words = NEXT_STEPS[waiting.status]
    return BlockingRead.of(waiting, holder=await holder_of(session, waiting), words=words, action=action)
