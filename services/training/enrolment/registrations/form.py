"""The form of a registration as data (TRN-44…46): the one source for its labels, its checks, what a unit may change, and the
definition that pages draw it from. A field stands here and, as a column, in ``models``; the plan says which specialties there are and
what helps (FAQ-M6).
"""

from collections.abc import Container
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from services.training.plans.choices import Lodging, TrainingKind
from services.training.plans.fields import PHONE
from shared.fields import Copied
from shared.web import form_tables as t
from shared.web.form_tables import FormField, Kind, Section
from shared.web.forms import RecordFormRead

if TYPE_CHECKING:
    from services.training.plans.models import Plan

SPECIALTIES = "specialties"
MAX_ADDRESS = 100
_SPECIALTIES = Kind("several", Annotated[list[Annotated[str, Copied(40)]], t.most(50)], kept=list[str])

SECTIONS = (
    Section(
        "报名信息",
        (
            FormField("needs_credit", "是否需要学分证", t.YES_OR_NO, required=True),
            FormField("training_kind", "培训类型", t.one_of(TrainingKind), required=True),
            FormField("lodging", "住宿类型", t.one_of(Lodging), required=True),
            FormField(SPECIALTIES, "培训专业类别", _SPECIALTIES, required=True),
        ),
    ),
    Section(
        "收件人",
        (
            FormField("recipient_name", "收件人姓名", t.NAME, required=True),
            FormField(
                "recipient_phone", "收件人联系电话", PHONE, required=True, help="手机号码，或固定电话如 025-83759999"
            ),
            FormField("recipient_postcode", "收件人邮编", t.POSTCODE),
            FormField("recipient_address", "收件地址", t.text(MAX_ADDRESS), required=True),
        ),
    ),
)
FIELDS = tuple(each for section in SECTIONS for each in section.fields)
LABELS = {each.name: each.label for each in FIELDS}
# What is there from the beginning, taken from the personal file, and is changed but not emptied (TRN-46).
NEVER_BLANK = ("training_kind", "recipient_name", "recipient_phone", "recipient_address")
# What decides nothing about who takes part: it may change after the approval, and is often the same for all of a unit (FAQ-M6).
DETAILS = ("needs_credit", "lodging", *(each.name for each in SECTIONS[1].fields))


def fields_of(plan: "Plan") -> list[FormField]:
    """Those that the form of this plan has: one without specialties asks for none (TRN-45)."""
    return [each for each in FIELDS if each.name != SPECIALTIES or plan.specialties]


def definition_for(plan: "Plan", wanted: Container[str] = LABELS) -> RecordFormRead:
    """Everything that is needed to show the form of this plan, or those fields of it that are ``wanted``."""
    own = {each.name: _for(plan, each) for each in fields_of(plan) if each.name in wanted}
    sections = [
        replace(part, fields=tuple(own[each.name] for each in part.fields if each.name in own)) for part in SECTIONS
    ]
    return RecordFormRead(sections=t.sections_of(part for part in sections if part.fields))


def _for(plan: "Plan", field: FormField) -> FormField:
    if field.name == SPECIALTIES:
        opened = {each.specialty_code: each.specialty.label for each in plan.specialties}
        return replace(field, kind=replace(field.kind, choices=opened))
    helps = {"needs_credit": plan.credit_help, "lodging": plan.lodging_help}
    return replace(field, help=helps.get(field.name) or field.help)
