"""The application form as data: its sections, its fields in order with labels, help and choices, the pledge. The one source for the
schema, the portal and the printed form (AUTH-02…06). What makes an answer right stands in ``schemas`` and ``rules``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.auth.access.accounts.grants import GRANT_WORDS
from services.auth.directory.organisations.workflow import OrganisationKind
from shared.roles import Grant
from shared.workflow.definition import Labelled

TITLE = "江苏省职业病防治信息管理平台用户申请表"


class ApplicationPurpose(Labelled):
    """申请用途 (AUTH-03): exactly one."""

    MANAGER = "manager", "数据管理员"
    REPORTER = "reporter", "数据直报员"


@dataclass(frozen=True)
class PermissionGroup:
    """One group of tick boxes (AUTH-04), and the purpose that it goes with (X25)."""

    label: str
    purpose: ApplicationPurpose
    grants: tuple[tuple[Grant, str], ...]


def _group(label: str, purpose: ApplicationPurpose, *grants: Grant) -> PermissionGroup:
    return PermissionGroup(label, purpose, tuple((grant, GRANT_WORDS[grant]) for grant in grants))


PERMISSION_GROUPS = (
    _group(
        "数据直报员",
        ApplicationPurpose.REPORTER,
        Grant.HEALTH_EXAMINATION,
        Grant.DIAGNOSIS,
        Grant.ARBITRATION,
        Grant.TECHNICAL_SERVICE,
        Grant.PNEUMOCONIOSIS_FOLLOW_UP,
        Grant.GROUP_REGISTRATION,
    ),
    _group("数据质控员", ApplicationPurpose.MANAGER, Grant.DISEASE_CONTROL, Grant.HEALTH_ADMINISTRATION),
    _group("系统管理员", ApplicationPurpose.MANAGER, Grant.ACCOUNT_MANAGEMENT),
)


@dataclass(frozen=True)
class Choice:
    """``group`` heads several choices of one field."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class FormField:
    """``kind`` is how it is filled in: text, lines, credit_code, region, phone, landline, postcode, resident_id, email, one, several,
    date. ``wide`` takes a whole line of the printed form."""

    name: str
    label: str
    required: bool = False
    help: str = ""
    kind: str = "text"
    choices: tuple[Choice, ...] = ()
    wide: bool = False


@dataclass(frozen=True)
class Section:
    title: str
    fields: tuple[FormField, ...]


# AUTH-02; the bodies' other kind is named under 其他
UNIT_KINDS = (
    OrganisationKind.DISEASE_CONTROL,
    OrganisationKind.EXAMINATION,
    OrganisationKind.DIAGNOSIS,
    OrganisationKind.TECHNICAL_SERVICE,
    OrganisationKind.OTHER,
)
_KIND_CHOICES = tuple(Choice(kind.value, kind.label) for kind in UNIT_KINDS)
_PURPOSE_CHOICES = tuple(Choice(purpose.value, purpose.label) for purpose in ApplicationPurpose)
_PERMISSION_CHOICES = tuple(
    Choice(grant.value, label, group.label) for group in PERMISSION_GROUPS for grant, label in group.grants
)

SECTIONS = (
    Section(
        "一、申请单位信息",
        (
            FormField("unit_name", "单位名称", True, "与营业执照或法人证书上的名称一致", wide=True),
            FormField("unit_short_name", "单位简称"),
            FormField("credit_code", "统一社会信用代码", True, "18 位，见营业执照或法人证书", "credit_code"),
            FormField("district_code", "行政区划所属区县", True, "申请将由该区县所在地市的疾控中心办理", "region"),
            FormField("jurisdiction_code", "业务管辖地区", True, "管理机构选择所管辖的省、市或区县", "region"),
            FormField("unit_address", "单位地址", True, wide=True),
            FormField("unit_phone", "联系电话", help="单位固定电话，如 025-83759999", kind="landline"),
            FormField("postcode", "邮编", kind="postcode"),
            FormField("legal_representative", "法定代表人"),
            FormField("legal_representative_title", "法定代表人职务"),
            FormField("contact_name", "联系人", True),
            FormField("contact_phone", "联系人电话", True, "手机号码或固定电话", "phone"),
            FormField("unit_kinds", "单位属性", True, "可多选", "several", _KIND_CHOICES, True),
            FormField("other_kind", "其他单位属性", help="选择“其他”时填写", wide=True),
        ),
    ),
    Section(
        "二、申请用户信息",
        (
            FormField("person_name", "用户姓名", True),
            FormField("phone", "手机号码", True, "一个账号只能对应一个手机号码；提交时向该号码发送验证码", "mobile"),
            FormField("resident_id", "身份证号", True, "18 位", "resident_id"),
            FormField("email", "电子邮箱", kind="email"),
            FormField("purpose", "申请用途", True, "单选", "one", _PURPOSE_CHOICES, True),
        ),
    ),
    Section(
        "三、用户角色信息",
        (
            FormField(
                "permissions",
                "申请权限",
                True,
                "可多选。数据直报员只能选数据直报员的权限；数据管理员选数据质控员和系统管理员的权限。参加培训报名请选“集体报名”",
                "several",
                _PERMISSION_CHOICES,
                True,
            ),
            FormField("valid_from", "申请账号有效期（起）", True, kind="date"),
            FormField(
                "valid_until", "申请账号有效期（止）", True, "建议 1 至 3 年；到期后由所在地市疾控中心延期", "date"
            ),
        ),
    ),
)

# AUTH-06, in the manual's full wording (2.1).
PLEDGE_TITLE = "隐私信息安全承诺"
PLEDGE_TEXT = (
    "本人承诺对系统中的个人隐私信息进行严格管理，不利用平台制作、复制、发布、传播有害信息，在保障业务有效运行前提下，"
    "按要求严格执行相关规范。"
)
PLEDGE = FormField("pledge_accepted", "本人已阅读并承诺遵守以上内容", True, kind="pledge", wide=True)
REMARKS = FormField("remarks", "备注", kind="lines", wide=True)
SIGNATURES = ("申请人签字", "单位主管领导签字（单位公章）")


def all_fields() -> Iterator[FormField]:
    """Every field in the order of the form."""
    for section in SECTIONS:
        yield from section.fields
    yield PLEDGE
    yield REMARKS


LABELS = {field.name: field.label for field in all_fields()}
REQUIRED = tuple(field.name for field in all_fields() if field.required)


def group_of(grant: Grant) -> PermissionGroup | None:
    """The group of tick boxes that holds this grant; None for one that nobody applies for here."""
    return next((group for group in PERMISSION_GROUPS if grant in dict(group.grants)), None)
