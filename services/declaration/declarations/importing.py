"""The record that begins with what the old system knew (DECL-09): a 变更申报 with reason 系统更新, its basics filled in, everything else
to be declared anew. It is a draft like any other: nothing of it counts until the unit has looked at it and submitted it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.basics import take_basics
from services.declaration.declarations.bodies import DeclarationCreate
from services.declaration.declarations.content import change, snapshot
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.workflow import DECLARATION, DeclarationStatus
from services.declaration.employers.models import Employer
from services.declaration.factors.catalogue import current
from services.declaration.form.choices import ChangeReason, DeclarationKind
from services.declaration.form.table import VERSION
from shared.clock import beijing_today, now_utc
from shared.identifiers import new_id
from shared.identity import Actor


def begin_imported(
    session: AsyncSession, *, actor: Actor, employer: Employer, basics: Mapping[str, Any]
) -> Declaration:
    """Adds the draft, not flushed yet. The caller holds the employer's row and knows that it has no declaration."""
    kind = {"kind": DeclarationKind.CHANGE, "change_reason": ChangeReason.SYSTEM_UPDATE}
    now = now_utc()
    declaration = Declaration(
        id=new_id(),
        form_version=VERSION,
        catalogue=current().edition,
        employer_id=employer.id,
        kind=DeclarationKind.CHANGE,
        hazards=[],
        declared_on=beijing_today(now),
        imported_at=now,
    )
    take_basics(declaration, employer)
    change(declaration, DeclarationCreate.model_validate({**basics, **kind}))
    session.add(declaration)
    DECLARATION.note(session, declaration.id, "import_legacy", actor=actor, after=snapshot(declaration))
    return declaration


def is_untouched(declaration: Declaration) -> bool:
    """Nobody of the unit has saved, submitted or attached anything yet."""
    return declaration.status is DeclarationStatus.DRAFT and declaration.filled_at is None


async def take_back_imported(session: AsyncSession, *, actor: Actor, declaration: Declaration) -> None:
    """Takes an untouched draft away again; its history stays."""
    DECLARATION.note(session, declaration.id, "undo_import", actor=actor, before=snapshot(declaration))
    await session.delete(declaration)
