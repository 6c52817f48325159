"""Drafts of records that do not exist yet (BEY-08): kept for the account that types, encrypted (PLAT-05), and let go of when the record is
made, or thirty days after the last word.
"""

import json
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.drafts import repository
from services.auth.access.drafts.models import FormDraft
from services.auth.access.drafts.schemas import FormDraftRead
from shared.db.violations import refused_as
from shared.errors import PayloadTooLarge, VersionMismatch
from shared.identity import Actor

MOST_BYTES = 64 * 1024
# Of one account, so that nobody fills the disk; beyond, the oldest goes.
MOST_DRAFTS = 50
KEPT = timedelta(days=30)


class DraftTooLarge(PayloadTooLarge):
    code = "draft_too_large"
    detail = f"已填写的内容超过 {MOST_BYTES // 1024} KB，不能自动暂存，请尽快保存"


class DraftElsewhere(VersionMismatch):
    """The same form is open in another window, which has typed since."""

    def __init__(self) -> None:
        super().__init__("该表单在另一个窗口中也填写过，本窗口的内容没有暂存；请只在一个窗口中填写，或直接保存")


async def read_draft(session: AsyncSession, actor: Actor, form: str) -> FormDraftRead:
    """The actor's own draft of this form, or that there is none."""
    return _read(form, await repository.find(session, actor.account_id, form))


async def keep_draft(
    session: AsyncSession, actor: Actor, form: str, values: dict[str, object], expected: int
) -> FormDraftRead:
    """Keeps ``values`` in place of what was kept in version ``expected``. Raises DraftTooLarge, and DraftElsewhere when another window of
    the same person was faster."""
    typed = json.dumps(values, ensure_ascii=False)
    if len(typed.encode()) > MOST_BYTES:
        raise DraftTooLarge
    draft = await repository.find(session, actor.account_id, form)
    if (draft.version if draft else 0) != expected:
        raise DraftElsewhere
    with refused_as(_overtaken):
        if draft is None:
            draft = FormDraft(account_id=actor.account_id, key=form, typed=typed)
            session.add(draft)
        draft.typed = typed
        await session.flush()
    if expected == 0:
        await repository.forget_all_but(session, actor.account_id, MOST_DRAFTS)
    await session.refresh(draft)
    return _read(form, draft)


def _overtaken(_error: IntegrityError) -> VersionMismatch:
    return DraftElsewhere()


async def drop_draft(session: AsyncSession, actor: Actor, form: str) -> None:
    """Its record was made, or nobody wants it any more."""
    await repository.forget(session, actor.account_id, form)


async def forget_old_drafts(session: AsyncSession) -> None:
    """Lets go of what nobody has typed into for thirty days."""
    await repository.forget_older_than(session, KEPT)


def _read(form: str, draft: FormDraft | None) -> FormDraftRead:
    if draft is None:
        return FormDraftRead(form=form, values=None, saved_at=None, version=0)
    return FormDraftRead(form=form, values=json.loads(draft.typed), saved_at=draft.updated_at, version=draft.version)
