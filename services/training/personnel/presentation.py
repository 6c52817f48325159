"""How a personal file is shown: labels beside codes, masks, the state of certificates, and what may be done with it now (PLAT-02)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.training.personnel import choices
from services.training.personnel.models import Qualification, StaffMember
from services.training.personnel.schemas import QualificationRead, StaffMemberListItem, StaffMemberRead
from services.training.personnel.workflow import EMPLOYMENT, QualificationState
from shared.clock import beijing_today
from shared.crypto import mask_phone, mask_resident_id
from shared.identity import Actor
from shared.reference.tables import label
from shared.roles import Permission
from shared.workflow.definition import AllowedAction, Refusal, allowed_actions

_MASKED: dict[str, Callable[[str], str]] = {"mobile": mask_phone}


def state_of(qualification: Qualification, now: datetime) -> QualificationState:
    """Revoked before all, then past its last day (X3), else valid."""
    if qualification.revoked_at is not None:
        return QualificationState.REVOKED
    if qualification.expires_on is not None and qualification.expires_on < beijing_today(now):
        return QualificationState.EXPIRED
    return QualificationState.VALID


def actions_on(staff: StaffMember, actor: Actor, now: datetime, in_the_way: Refusal | None) -> list[AllowedAction]:
    """修改 and 删除 beside the workflow's own; ``in_the_way`` is why the file cannot be removed now."""
    if not actor.may(Permission.INSTITUTION_FILING):
        return []
    plain = {"needs_reason": False}
    change = AllowedAction(action="update", label="修改", allowed=True, reason=None, code=None, **plain)
    remove = AllowedAction(
        action="delete",
        label="删除",
        allowed=in_the_way is None,
        reason=in_the_way.reason if in_the_way else None,
        code=in_the_way.code if in_the_way else None,
        **plain,
    )
    return [change, *allowed_actions(EMPLOYMENT, staff, actor, now), remove]


def _row(staff: StaffMember) -> dict[str, Any]:
    counted = [each for each in staff.person.qualifications if each.revoked_at is None]
    level = staff.title_level
    return {
        "id": staff.id,
        "unit_id": staff.unit_id,
        "name": staff.name,
        "sex": staff.sex,
        "title": staff.title,
        "title_label": label(choices.TITLE, staff.title),
        "title_level": level,
        "title_level_label": level and label(choices.TITLE_LEVEL, level),
        "attributes": staff.attributes,
        "status": staff.status.value,
        "status_label": staff.status.label,
        "certificate_numbers": [each.number for each in counted],
        "projects": "、".join(dict.fromkeys(scope for each in counted for scope in each.scope)),
        "version": staff.version,
    }


def list_item(staff: StaffMember, actions: list[AllowedAction]) -> StaffMemberListItem:
    """A row of the list, numbers masked (PLAT-05)."""
    masked = {"resident_id": mask_resident_id(staff.person.resident_id), "mobile": mask_phone(staff.mobile)}
    return StaffMemberListItem(**_row(staff), **masked, allowed_actions=actions)


def whole_file(staff: StaffMember, now: datetime, actions: list[AllowedAction]) -> StaffMemberRead:
    """The record itself, numbers in full."""
    return StaffMemberRead(
        **_row(staff),
        resident_id=staff.person.resident_id,
        mobile=staff.mobile,
        person_id=staff.person_id,
        birth_date=staff.birth_date,
        email=staff.email,
        postcode=staff.postcode,
        address=staff.address,
        education=staff.education,
        education_label=label(choices.EDUCATION, staff.education),
        post=staff.post,
        work_years=staff.work_years,
        qualifications=[_qualification(each, now) for each in staff.person.qualifications],
        allowed_actions=actions,
    )


def _qualification(row: Qualification, now: datetime) -> QualificationRead:
    state = state_of(row, now)
    return QualificationRead(
        id=row.id,
        category=row.category,
        number=row.number,
        issued_on=row.issued_on,
        expires_on=row.expires_on,
        scope=row.scope,
        earned_here=row.certificate_id is not None,
        state=state.value,
        state_label=state.label,
    )


def for_history(values: dict[str, Any]) -> dict[str, Any]:
    """Columns as a history row may hold them: JSON-ready, phones masked (PLAT-04, PLAT-05)."""
    shown = {name: _MASKED[name](value) if name in _MASKED else value for name, value in values.items()}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in shown.items()}
