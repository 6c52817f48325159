"""How a personal file is shown: labels beside codes, masks, warnings, and what may be done with it now (PLAT-02). How a single
qualification stands is in ``standing``.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.training.people.personnel import choices, physicians
from services.training.people.personnel.form import MASKS
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.numbers import contradictions
from services.training.people.personnel.part_schemas import Warned
from services.training.people.personnel.schemas import StaffMemberListItem, StaffMemberRead
from services.training.people.personnel.standing import read_qualification, state_of
from services.training.people.personnel.workflow import EMPLOYMENT, QualificationState
from shared.attachments import Attachment
from shared.clock import beijing_today
from shared.identity import Actor
from shared.roles import Permission
from shared.web.attached import by_kind
from shared.workflow.buttons import AllowedAction, allowed_actions, button
from shared.workflow.definition import Refusal

_REMOVED = "将从本单位人员信息中移除此人及其在本单位的资料和附件；已取得的证书仍然有效。如再次添加，需要重新填写。"
_CORRECTED = "由省疾控按证明材料核准；核准后各单位的人员信息一并更正，已取得的证书以原编号换发新版，旧版作废。"


def actions_on(
    staff: StaffMember,
    actor: Actor,
    now: datetime,
    *,
    closed: Refusal | None,
    in_the_way: Refusal | None,
    fixed: bool = False,
) -> list[AllowedAction]:
    """修改, 科室选择, 申请更正, the one of 离职 and 在职 that changes something, and 删除 (TRN-02). ``closed`` is why nothing of the unit's
    people can be changed now (ORG-05), ``in_the_way`` why this file cannot be removed; ``fixed``, that the unit alone can no longer change
    name or number (STAFF-15)."""
    correction = button("correct_identity", "申请更正姓名、身份证号", needs_reason=True, consequence=_CORRECTED)
    if not actor.may(Permission.INSTITUTION_FILING):
        decides = fixed and actor.may(Permission.PROVINCE_REVIEW, Permission.CERTIFICATE_MANAGEMENT)
        return [correction.model_copy(update={"label": "更正姓名、身份证号"})] if decides else []
    idle = {each.value for each in EMPLOYMENT.actions() if EMPLOYMENT.transition(each, staff.status) is None}
    steps = [
        each.model_copy(update={"allowed": False, "reason": closed.reason, "code": closed.code}) if closed else each
        for each in allowed_actions(EMPLOYMENT, staff, actor, now)
        if each.action not in idle
    ]
    return [
        button("update", "修改", closed),
        button("choose_departments", "科室选择", closed),
        *([correction] if fixed else []),
        *steps,
        button("delete", "删除", closed or in_the_way, consequence=_REMOVED),
    ]


def _beside(staff: StaffMember, now: datetime) -> dict[str, object]:
    """What of a row is no column."""
    counted = [each for each in staff.qualifications if each.revoked_at is None]
    return {
        "age": staff.person.age_on(beijing_today(now)),
        "certificate_numbers": [each.number for each in counted],
        "projects": "、".join(dict.fromkeys(scope for each in counted for scope in each.scope)),
    }


def list_item(staff: StaffMember, now: datetime, actions: list[AllowedAction]) -> StaffMemberListItem:
    """A row of the list, numbers masked (PLAT-05)."""
    masked = {name: mask(value) for name, mask in MASKS.items() if (value := getattr(staff, name))}
    return StaffMemberListItem.of(staff, **_beside(staff, now), **masked, allowed_actions=actions)


def whole_file(
    staff: StaffMember,
    now: datetime,
    actions: list[AllowedAction],
    files: Sequence[Attachment],
    *,
    closed: Refusal | None,
) -> StaffMemberRead:
    """The record itself, numbers in full."""
    may_write = any(each.action == "update" for each in actions)
    return StaffMemberRead.of(
        staff,
        **_beside(staff, now),
        qualifications=[
            read_qualification(each, now, closed=closed, may_write=may_write) for each in staff.qualifications
        ],
        attachments=by_kind(choices.AttachmentKind, files),
        warnings=warnings_of(staff, now),
        allowed_actions=actions,
    )


def masked(read: StaffMemberRead) -> StaffMemberRead:
    """The same with its numbers masked (PLAT-05)."""
    return read.model_copy(
        update={name: mask(value) for name, mask in MASKS.items() if (value := getattr(read, name, None))}
    )


def warnings_of(staff: StaffMember, now: datetime) -> list[Warned]:
    """What the form lets pass and somebody should look at: a physician without 执业证书编号 (X24), qualifications past their end (X3)."""
    advice = physicians.advice(staff.attributes, staff.practice_number)
    advice = [*advice, *contradictions(staff.resident_id, staff.sex)]
    found = [Warned(field=each.field, code=each.code, message=each.message) for each in advice]
    for each in staff.qualifications:
        if state_of(each, now) is QualificationState.EXPIRED:
            message = f"资质“{each.category}”（{each.number}）已过期，失效日期 {each.expires_on}"
            found.append(Warned(field="qualifications", code="qualification_expired", message=message))
    return found


def for_history(values: dict[str, Any]) -> dict[str, Any]:
    """Columns as a history row may hold them: JSON-ready, phones masked (PLAT-04, PLAT-05)."""
    shown = {name: MASKS[name](value) if value and name in MASKS else value for name, value in values.items()}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in shown.items()}
