"""What is typed into the application form, field by field: the shape of a draft, which may lack anything, and of a whole form. Rules that
hold several fields against each other stand in ``rules``.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.auth.desks.applications.form import UNIT_KINDS, ApplicationPurpose, group_of
from services.auth.directory.organisations.workflow import OrganisationKind
from shared.days import Day
from shared.fields import (
    CleanText,
    Email,
    Landline,
    Mobile,
    PersonName,
    Postcode,
    RegionCode,
    StatedResidentId,
    StatedUscc,
)
from shared.identifiers import landline_problem, mobile_problem, normalise_landline, normalise_mobile
from shared.roles import Grant
from shared.web.drafts import Draft


def _phone(value: str) -> str:
    mobile, landline = normalise_mobile(value), normalise_landline(value)
    if mobile_problem(mobile) is None:
        return mobile
    if landline_problem(landline) is None:
        return landline
    raise PydanticCustomError("phone_format", "应为 11 位手机号码，或 区号-号码 的固定电话，如 025-83759999")


def _kinds(values: list[OrganisationKind]) -> list[OrganisationKind]:
    if set(values) - set(UNIT_KINDS):
        raise PydanticCustomError("kind_unknown", "只能选择申请表上的单位属性，其他请选“其他”并说明")
    return [kind for kind in UNIT_KINDS if kind in values]


def _grants(values: list[Grant]) -> list[Grant]:
    if any(group_of(grant) is None for grant in values):
        raise PydanticCustomError("permission_unknown", "只能选择申请表上的权限")
    return [grant for grant in Grant if grant in values]


Text50 = Annotated[str, CleanText(50)]
UnitName = Annotated[str, CleanText(100)]
Address = Annotated[str, CleanText(200)]
Phone = Annotated[str, Field(max_length=40), AfterValidator(_phone)]
Kinds = Annotated[list[OrganisationKind], Field(min_length=1, max_length=20), AfterValidator(_kinds)]
Grants = Annotated[list[Grant], Field(min_length=1, max_length=20), AfterValidator(_grants)]
Remarks = Annotated[str, CleanText(500, lines=True)]


class ApplicationDraft(Draft):
    """What is there has the right shape."""

    unit_name: UnitName | None = None
    unit_short_name: Text50 | None = None
    credit_code: StatedUscc | None = None
    district_code: RegionCode | None = None
    jurisdiction_code: RegionCode | None = None
    unit_address: Address | None = None
    unit_phone: Landline | None = None
    postcode: Postcode | None = None
    legal_representative: PersonName | None = None
    legal_representative_title: Text50 | None = None
    contact_name: PersonName | None = None
    contact_phone: Phone | None = None
    unit_kinds: Kinds | None = None
    other_kind: Text50 | None = None
    person_name: PersonName | None = None
    phone: Mobile | None = None
    resident_id: StatedResidentId | None = None
    email: Email | None = None
    purpose: ApplicationPurpose | None = None
    permissions: Grants | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    pledge_accepted: bool | None = None
    remarks: Remarks | None = None


class ApplicationForm(ApplicationDraft):
    """A whole form: the mandatory fields are there (AUTH-05) and the pledge is accepted (AUTH-06)."""

    unit_name: UnitName
    credit_code: StatedUscc
    district_code: RegionCode
    jurisdiction_code: RegionCode
    unit_address: Address
    contact_name: PersonName
    contact_phone: Phone
    unit_kinds: Kinds
    person_name: PersonName
    phone: Mobile
    resident_id: StatedResidentId
    purpose: ApplicationPurpose
    permissions: Grants
    valid_from: Day
    valid_until: Day
    pledge_accepted: Literal[True]
