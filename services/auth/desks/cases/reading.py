"""A case as it is shown: to whoever knows its number, and to those who decide or oversee."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.contacts import body_at_desk, name_and_phone
from services.auth.desks.cases import repository
from services.auth.desks.cases.kinds import KINDS
from services.auth.desks.cases.models import Case
from services.auth.desks.cases.schemas import CaseBeside, CaseListItem, CaseProgress, CaseRead, CaseStep
from services.auth.desks.cases.workflow import CASE, DESKS, REVOCABLE, SIDE_BY_SIDE, CaseAction, CaseKind, CaseStatus
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.db.history import history_of
from shared.identity import Actor
from shared.web.histories import history_entries
from shared.workflow.buttons import AllowedAction, allowed_actions

SUBMIT, ADD_FILE, MOVE, SHOW_NUMBER = "submit", "add_file", "move", "show_number"
_HISTORY_WORDS = {
    SUBMIT: "提交",
    ADD_FILE: "补充材料",
    MOVE: "转由另一级机构办理",
    SHOW_NUMBER: "查看申请核准的身份证号",
}

_NEXT = {
    CaseStatus.SUBMITTED: "请等待办理，结果将以短信告知；如需催办可联系办理单位",
    CaseStatus.APPROVED: "已办结，请按短信提示继续操作",
    CaseStatus.REFUSED: "未通过，请按办理意见补充材料后重新申请，或联系办理单位",
    CaseStatus.WITHDRAWN: "您已撤回，如仍需办理请重新申请",
    CaseStatus.REVOKED: "核准已撤销，请按办理意见核对证件；如仍需办理请重新申请",
}


async def progress_of(session: AsyncSession, case: Case) -> CaseProgress:
    """Where the case stands, with whom, and what comes next."""
    who = DESKS[case.kind].who[case.desk_level]
    open_ = case.status is CASE.initial
    return CaseProgress.of(
        case,
        phone=mask_phone(case.new_phone),
        steps=[
            CaseStep(label="已提交", state="done", at=case.created_at),
            CaseStep(label=f"{who}办理", state="current" if open_ else "done", at=None),
            CaseStep(
                label="办结" if open_ else case.status.label, state="waiting" if open_ else "done", at=case.decided_at
            ),
        ],
        with_whom=who if open_ else "",
        contact=await contact_of(session, case),
        next_step=_NEXT[case.status],
        submitted_at=case.created_at,
    )


async def contact_of(session: AsyncSession, case: Case) -> str:
    """The body that has the case, with its public telephone."""
    return name_and_phone(await body_at_desk(session, DESKS[case.kind].rights, case.region_code, case.level))


def list_item(case: Case, actor: Actor) -> CaseListItem:
    """A row of the reviewers' list."""
    return CaseListItem.of(case, allowed_actions=_actions(case, actor))


# A question is answered, not approved.
_ANSWER = {CaseAction.APPROVE.value: "答复", CaseAction.REFUSE.value: "不予答复"}


def _actions(case: Case, actor: Actor) -> list[AllowedAction]:
    out = {CaseAction.WITHDRAW} if case.kind in REVOCABLE else {CaseAction.WITHDRAW, CaseAction.REVOKE}
    actions = [each for each in allowed_actions(CASE, case, actor, now_utc()) if each.action not in out]
    if not KINDS[case.kind].needs_answer:
        return actions
    return [each.model_copy(update={"needs_reason": True, "label": _ANSWER[each.action]}) for each in actions]


async def read_case(session: AsyncSession, case: Case, actor: Actor) -> CaseRead:
    """The whole case, with what its approval will do. That somebody was shown an id in full is remembered (PLAT-05)."""
    if case.kind is CaseKind.RESIDENT_ID and case.status is CASE.initial:
        CASE.note_view(session, case.id, SHOW_NUMBER, actor=actor)
    return CaseRead.of(
        case,
        phone=mask_phone(case.new_phone),
        outcome=await KINDS[case.kind].describe(session, case) if case.status is CASE.initial else "",
        attachments=await repository.files_of(session, case),
        beside=[
            CaseBeside.of(each, phone=mask_phone(each.new_phone))
            for each in await repository.open_beside(session, case, *SIDE_BY_SIDE)
        ],
        history=history_entries(await history_of(session, CASE, case.id), actor, CASE, _HISTORY_WORDS),
        allowed_actions=_actions(case, actor),
    )
