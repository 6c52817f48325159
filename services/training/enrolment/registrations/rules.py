"""What a registration's form must hold, who can be added to a plan, and when which part of a registration may be edited or deleted:
pure functions of loaded records. What its status may become is in ``workflow``.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.training.enrolment.registrations.form import DETAILS, MAX_ADDRESS
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.schemas import chosen_codes
from services.training.enrolment.registrations.wording import FORM_LABELS
from services.training.enrolment.registrations.workflow import RegistrationStatus, registration_refusal
from services.training.people.personnel.models import StaffMember
from shared.addresses import address, pattern
from shared.errors import Conflict, FieldError
from shared.workflow.definition import Refusal

_REQUIRED = {
    "needs_credit": "请选择是否需要学分证",
    "training_kind": "请选择培训类型",
    "lodging": "请选择住宿类型",
    "recipient_name": "请填写收件人姓名",
    "recipient_phone": "请填写收件人联系电话",
    "recipient_address": "请填写收件地址",
}
_NO_EDIT = {RegistrationStatus.SUBMITTED: "已报名，如需修改请先【取消报名】"}
_NO_DELETE = {
    RegistrationStatus.SUBMITTED: "已报名，如需删除请先【取消报名】",
    RegistrationStatus.APPROVED: "审核通过的人员不能删除，如需删除请点【申请退回】，由省疾控退回后再删除",
}
DETAILS_IN_WORDS = "是否需要学分证、住宿类型和收件人信息"
_DETAILS_TOO_LATE = "已审核通过且选班已开放，不能再修改；如确需修改请点【申请退回】，由省疾控退回"


class DetailsOnly(Conflict):
    code = "details_only"
    detail = f"已审核通过，选班开放前只能修改{DETAILS_IN_WORDS}；如需修改其他内容请点【申请退回】，由省疾控退回"


@dataclass(frozen=True)
class Ineligible:
    """Why a person cannot be added, and what to do next (TRN-37, FAQ-M2); ``path`` is where in the portal, with the person's and the
    plan's ids in their places."""

    code: str
    reason: str
    next_step: str
    path: str | None = None


UNKNOWN_PERSON = Ineligible("not_found", "本单位没有该人员", "请在人员信息中添加该人员", address("person-new"))
LEFT_UNIT = Ineligible("left_unit", "该人员已离职，不能报名", "请在人员信息中点【在职】后再添加", pattern("person"))
LEFT_IN_PLAN = "如仍在职请在人员信息中点【在职】后再报名，否则请删除该报名"
ASK_LATE = "确需报名的，请在培训计划页面【申请补报】，或联系培训计划的咨询联系人"
ALREADY_ADDED = Ineligible("already_in_plan", "该人员已在本单位的报名人员中", "请在报名人员列表中查看")
ADDED_ELSEWHERE = Ineligible(
    "in_another_unit",
    "该人员已由其他单位报名本培训计划",
    "如该人员现在本单位工作，请其原单位删除报名，或联系培训计划的咨询联系人",
)


def ineligibility(staff: StaffMember, registered_by: UUID | None) -> Ineligible | None:
    """None when the person can be added; ``registered_by`` is the unit that has the person in this plan already."""
    if registered_by is not None:
        return ALREADY_ADDED if registered_by == staff.unit_id else ADDED_ELSEWHERE
    return None if staff.status.is_in_post else LEFT_UNIT


def form_errors(registration: Registration) -> list[FieldError]:
    """What the form still needs before it can be sent, one error per field (TRN-44…46)."""
    errors = [
        FieldError(field, "missing", message)
        for field, message in _REQUIRED.items()
        if getattr(registration, field) in {None, ""}
    ]
    if not registration.staff.status.is_in_post:
        errors.append(FieldError("staff_id", LEFT_UNIT.code, f"{LEFT_UNIT.reason}；{LEFT_IN_PLAN}"))
    if registration.plan.specialties and not chosen_codes(registration):
        errors.append(FieldError("specialties", "missing", "请至少选择一个培训专业类别"))
    if len(registration.recipient_address) > MAX_ADDRESS:
        errors.append(FieldError("recipient_address", "text_too_long", f"收件地址最多 {MAX_ADDRESS} 个字"))
    return errors


def edit_refusal(registration: Registration, now: datetime, *, selection_open: bool) -> Refusal | None:
    """The form is the unit's while it is 未报名 or 已退回 and registration is open for it (TRN-48…50, TRN-52); some of it is also
    while it is 审核通过 and the plan's selection is still to open (FAQ-M6)."""
    if not registration.status.takes_a_seat:
        open_until = registration.open_until
        return _by_status(_NO_EDIT, registration) or registration_refusal(registration.plan, now, open_until)
    if selection_open:
        return Refusal("selection_opened", _DETAILS_TOO_LATE)
    if not registration.plan.status.takes_people:
        return registration_refusal(registration.plan, now)
    return None


def editable_fields(registration: Registration, now: datetime, *, selection_open: bool) -> tuple[str, ...]:
    """The fields that may change now; none when ``edit_refusal`` says why not."""
    if edit_refusal(registration, now, selection_open=selection_open):
        return ()
    return DETAILS if registration.status.takes_a_seat else tuple(FORM_LABELS)


def delete_refusal(registration: Registration) -> Refusal | None:
    """TRN-42."""
    return _by_status(_NO_DELETE, registration)


def _by_status(words: dict[RegistrationStatus, str], registration: Registration) -> Refusal | None:
    status = registration.status
    if status.is_unsent:
        return None
    return Refusal(f"status_is_{status.value}", words.get(status, f"当前状态为“{status.label}”，不能修改或删除"))
