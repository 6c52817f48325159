"""What makes an application right beyond the shape of its fields: nothing mandatory missing (AUTH-05), the pledge accepted (AUTH-06),
permissions that go with the purpose (X25), a validity of at most three years, regions that exist. Pure functions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from services.auth.desks.applications.form import REQUIRED, ApplicationPurpose, group_of
from services.auth.desks.applications.form_schemas import ApplicationDraft
from services.auth.directory.organisations.workflow import OrganisationKind
from shared.clock import years_after
from shared.errors import FieldError
from shared.roles import Level, Portal

NOBODYS_DESK = (
    "{region}没有可以办理账号申请的机构，提交后将无人受理；请核对行政区划，本平台不受理的地区请向所在省的主管部门咨询"
)
ELSEWHERE = "业务管辖地区应在单位所在的地市之内，或者是所在的省；请核对业务管辖地区和行政区划所属区县"


@dataclass(frozen=True)
class KnownRegion:
    """A region of today; ``seats_units`` says that a unit can sit there: a county, or a city without any."""

    code: str
    name: str
    seats_units: bool


@dataclass(frozen=True)
class Facts:
    """What the rules need to know beside the form: the day in Beijing, the named regions that exist, and who has an application from the
    district; ``desk`` empty says that nobody has it. ``unproven`` are code and id that miss their check digits and were not accepted."""

    today: date
    regions: Mapping[str, KnownRegion]
    desk: str
    unproven: tuple[FieldError, ...] = ()


def stands_at(form: ApplicationDraft) -> tuple[Level, str]:
    """(level, region code) of the organisation that the account is for: a reporter's is a unit in its county, a manager's the body of
    its 业务管辖地区."""
    if form.purpose is not ApplicationPurpose.MANAGER:
        return Level.UNIT, form.district_code or ""
    code = form.jurisdiction_code or ""
    if code.endswith("0000"):
        return Level.PROVINCE, code
    return (Level.CITY if code.endswith("00") else Level.COUNTY), code


def portal_of(level: Level) -> Portal:
    """Where an account of this level signs in."""
    return Portal.TRAINING if level is Level.UNIT else Portal.OFFICIALS


def missing(form: ApplicationDraft) -> list[FieldError]:
    """The mandatory fields that are not there (AUTH-05, AUTH-06)."""
    absent = [name for name in REQUIRED if not getattr(form, name) and name != "pledge_accepted"]
    errors = [FieldError(name, "missing", "必填") for name in absent]
    if not form.pledge_accepted:
        errors.append(FieldError("pledge_accepted", "pledge_not_accepted", "请阅读隐私信息安全承诺，同意后才能提交"))
    return errors


def contradictions(form: ApplicationDraft, facts: Facts) -> list[FieldError]:
    """What is there and cannot be so."""
    return [*facts.unproven, *(error for rule in _RULES if (error := rule(form, facts)))]


def form_errors(form: ApplicationDraft, facts: Facts) -> list[FieldError]:
    """Everything that keeps the form from being submitted, at most one entry per field."""
    found = missing(form) + contradictions(form, facts)
    return list({error.field: error for error in reversed(found)}.values())[::-1]


def advice(form: ApplicationDraft) -> list[FieldError]:
    """What is allowed, but seldom wanted: a validity under a year (AUTH-05)."""
    if form.valid_from and form.valid_until and form.valid_until < years_after(form.valid_from, 1):
        return [
            FieldError("valid_until", "validity_short", "有效期不足 1 年，建议 1 至 3 年，到期后须由市疾控中心延期")
        ]
    return []


def _permissions(form: ApplicationDraft, _facts: Facts) -> FieldError | None:
    wrong = []
    for grant in form.permissions or ():
        group = group_of(grant)
        if form.purpose and group and group.purpose is not form.purpose:
            wrong.append(dict(group.grants)[grant])
    if not wrong or not form.purpose:
        return None
    message = f"申请用途为“{form.purpose.label}”时不能选择：{'、'.join(wrong)}"
    return FieldError("permissions", "not_of_purpose", message)


def _other_kind(form: ApplicationDraft, _facts: Facts) -> FieldError | None:
    if OrganisationKind.OTHER in (form.unit_kinds or ()) and not form.other_kind:
        return FieldError("other_kind", "missing", "单位属性选择“其他”时请说明")
    return None


def _validity(form: ApplicationDraft, facts: Facts) -> FieldError | None:
    first, last = form.valid_from, form.valid_until
    if last and last < facts.today:
        return FieldError("valid_until", "validity_over", "有效期的截止日期已过，请重新选择")
    if first and last and last <= first:
        return FieldError("valid_until", "validity_order", "有效期的截止日期应晚于开始日期")
    if first and last and last > years_after(first, 3):
        latest = years_after(first, 3)
        return FieldError("valid_until", "validity_long", f"有效期最长 3 年，最晚到 {latest:%Y-%m-%d}，到期后可以延期")
    return None


def _district(form: ApplicationDraft, facts: Facts) -> FieldError | None:
    if not form.district_code:
        return None
    region = facts.regions.get(form.district_code)
    if region is None:
        return FieldError("district_code", "region_unknown", "没有这个行政区划，可能已撤销，请重新选择")
    if not region.seats_units:
        return FieldError("district_code", "region_not_county", "请选择到区县")
    return None if facts.desk else FieldError("district_code", "no_desk", NOBODYS_DESK.format(region=region.name))


def _jurisdiction(form: ApplicationDraft, facts: Facts) -> FieldError | None:
    if form.jurisdiction_code and form.jurisdiction_code not in facts.regions:
        return FieldError("jurisdiction_code", "region_unknown", "没有这个行政区划，可能已撤销，请重新选择")
    known = {form.jurisdiction_code, form.district_code} <= facts.regions.keys()
    if known and not _above_or_beside(form):
        return FieldError("jurisdiction_code", "region_elsewhere", ELSEWHERE)
    return None


def _above_or_beside(form: ApplicationDraft) -> bool:
    """Whether 业务管辖地区 lies in the unit's own city, or is its province: an application is decided where the unit sits."""
    district, jurisdiction = form.district_code or "", form.jurisdiction_code or ""
    return jurisdiction[:4] in {district[:4], f"{district[:2]}00"}


_RULES: tuple[Callable[[ApplicationDraft, Facts], FieldError | None], ...] = (
    _district,
    _jurisdiction,
    _other_kind,
    _permissions,
    _validity,
)
