"""Entries of the dictionaries behind plans are taken out of use, brought back, deleted; and what was done with one (STAFF-01, PLAT-04)."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.plans import dictionary_repository as repository
from services.training.plans.dictionaries import require_entry_version
from services.training.plans.dictionary_actions import kind_of, refusal_of_deletion
from services.training.plans.models import PlanType, Specialty
from shared.db.history import history_of
from shared.errors import Conflict, FieldError, InvalidInput
from shared.identity import Actor
from shared.web.histories import HistoryEntry, history_entries
from shared.workflow.apply import ActionRefused

DONE = {"disable": "停用", "enable": "启用"}


class AlreadySo(Conflict):
    code = "dictionary_entry_as_wanted"


async def disable(session: AsyncSession, *, actor: Actor, entry: PlanType | Specialty, reason: str | None) -> None:
    """In no new plan from now on. Raises ``AlreadySo``, and ``InvalidInput`` without a reason."""
    if not (reason or "").strip():
        raise InvalidInput(errors=[FieldError("reason", "missing", "停用须填写理由")])
    await _switch(session, actor, entry, active=False, reason=reason)


async def enable(session: AsyncSession, *, actor: Actor, entry: PlanType | Specialty, reason: str | None) -> None:
    """In new plans again. Raises ``AlreadySo``."""
    await _switch(session, actor, entry, active=True, reason=reason)


async def _switch(
    session: AsyncSession, actor: Actor, entry: PlanType | Specialty, *, active: bool, reason: str | None
) -> None:
    await repository.hold(session)
    await session.refresh(entry)
    if entry.active is active:
        raise AlreadySo(f"“{entry.label}”已经{'启用' if active else '停用'}")
    entry.active = active
    kind = kind_of(entry)
    identity = repository.record_id(kind, entry.code)
    kind.note(session, identity, "enable" if active else "disable", actor=actor, reason=reason or None)
    await session.flush()


async def remove(session: AsyncSession, *, actor: Actor, entry: PlanType | Specialty, expected_version: int) -> None:
    """An entry that was never used is gone. Raises ``VersionMismatch`` and ``ActionRefused`` with the reason why it must stay."""
    await repository.hold(session)
    kind = kind_of(entry)
    await require_entry_version(session, kind, entry.code, expected_version)
    if refusal := await refusal_of_deletion(session, entry):
        raise ActionRefused(refusal)
    before = {"code": entry.code, "label": entry.label, "position": entry.position}
    kind.note(session, repository.record_id(kind, entry.code), "delete", actor=actor, before=before)
    await repository.delete(session, entry)


async def entry_history(session: AsyncSession, *, actor: Actor, entry: PlanType | Specialty) -> list[HistoryEntry]:
    """Everything that was done with the entry, oldest first (PLAT-04)."""
    kind = kind_of(entry)
    rows = await history_of(session, kind, repository.record_id(kind, entry.code))
    return history_entries(rows, actor, kind, DONE, await repository.names(session))
