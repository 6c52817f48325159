"""What each permission opens in the portal (AUTH-17, AUTH-31), as a table. What a page may do is decided by the services, not here."""

from collections.abc import Iterable, Set

from pydantic import BaseModel

from shared.addresses import BY_NAME
from shared.roles import Grant, Permission
from shared.services import Service

_TRAINING, _FILING = "技术人员培训管理", "服务机构资质信息管理"
_DECLARATION, _ACCOUNTS = "职业病危害项目申报", "单位及用户管理"
_MESSAGES, _ADMINISTRATION = "消息", "管理"


class MenuItem(BaseModel):
    """``group`` is the heading under which the entry stands (X14)."""

    key: str
    label: str
    path: str
    group: str


# In the order in which the menu shows them; where each leads, and whom it opens to, is said by the table of addresses.
MENU: tuple[tuple[frozenset[Permission], MenuItem], ...] = tuple(
    (BY_NAME[key].by, MenuItem(key=key, label=label, path=BY_NAME[key].path, group=group))
    for key, label, group in (
        ("institution_filing", "职业健康检查机构资质申报", _FILING),
        ("personnel", "人员信息", _FILING),
        ("transfers", "人员调动", _FILING),
        ("registrations", "集体报名", _TRAINING),
        ("selections", "集体选班", _TRAINING),
        ("waiting_entries", "候补", _TRAINING),
        ("results", "集体成绩查询", _TRAINING),
        ("expiring_qualifications", "证书到期与复训", _TRAINING),
        ("plans", "培训计划", _TRAINING),
        ("reviews", "报名审核", _TRAINING),
        ("late_entries", "补报申请", _TRAINING),
        ("number_reviews", "身份证号核准", _TRAINING),
        ("identity_corrections", "信息更正", _TRAINING),
        ("class_sessions", "分班", _TRAINING),
        ("selection_progress", "选班进度", _TRAINING),
        ("scores", "成绩录入", _TRAINING),
        ("certificates", "证书", _TRAINING),
        ("number_patterns", "证书编号与模板", _TRAINING),
        ("training_statistics", "统计", _TRAINING),
        ("enterprise", "注册信息", _DECLARATION),
        ("declarations", "职业病危害申报", _DECLARATION),
        ("declaration_group", "集团申报", _DECLARATION),
        ("declaration_reviews", "申报审核", _DECLARATION),
        ("declaration_regions", "各地区审核进度", _DECLARATION),
        ("claims", "申诉 / 更正 / 认领 / 核准审核", _DECLARATION),
        ("declaration_deadlines", "逾期与到期", _DECLARATION),
        ("group_memberships", "集团邀请", _DECLARATION),
        ("review_orders", "复核指令", _DECLARATION),
        ("work_calendar", "工作日历", _DECLARATION),
        ("stand_ins", "代审安排", _DECLARATION),
        ("review_flags", "审核提示", _DECLARATION),
        ("legacy_imports", "旧系统数据导入", _DECLARATION),
        ("legacy_rows", "旧系统数据", _DECLARATION),
        ("declaration_statistics", "统计", _DECLARATION),
        ("applications", "账号申请审核", _ACCOUNTS),
        ("accounts", "账号", _ACCOUNTS),
        ("organisations", "单位", _ACCOUNTS),
        ("access_checks", "无法登录排查", _ACCOUNTS),
        ("requests", "换号与咨询", _ACCOUNTS),
        ("regions", "行政区划", _ACCOUNTS),
        ("broadcasts", "群发", _MESSAGES),
        ("deliveries", "发送记录", _MESSAGES),
        ("class_types", "培训班类型与专业", _ADMINISTRATION),
        ("personnel_dictionaries", "人员字典", _ADMINISTRATION),
        ("message_templates", "消息模板", _ADMINISTRATION),
        ("audit", "操作记录", _ADMINISTRATION),
        ("long_work", "后台任务", _ADMINISTRATION),
        ("standing", "运行状况", _ADMINISTRATION),
    )
)

_ADMINISTRATORS = frozenset({Permission.ADMINISTRATION})

# What is kept there most often stands first.
_FIRST = {"class_types", "personnel_dictionaries", "number_patterns"}

# Which filing a unit has, by what it was granted; one with several finds them behind the first.
_FILED = (
    (Grant.HEALTH_EXAMINATION, "职业健康检查机构资质申报"),
    (Grant.DIAGNOSIS, "职业病诊断机构资质申报"),
    (Grant.TECHNICAL_SERVICE, "职业卫生技术服务机构资质申报"),
)

# Where the pages of a heading begin long work, an import or a list as a sheet (PLAT-09).
_WORK = {
    _FILING: {Service.TRAINING},
    _TRAINING: {Service.TRAINING, Service.CERTIFICATES},
    _DECLARATION: {Service.DECLARATION, Service.AUTH},
    _ACCOUNTS: {Service.AUTH},
    _MESSAGES: {Service.NOTIFICATIONS},
    _ADMINISTRATION: set(Service),
}


def work_of(menu: Iterable[MenuItem]) -> list[Service]:
    """The services in which these pages begin long work, and that of the inbox, which everybody has: where a page looks for what runs."""
    return sorted({Service.NOTIFICATIONS, *(service for item in menu for service in _WORK[item.group])})


def menu_for(permissions: Set[Permission], grants: Set[Grant]) -> list[MenuItem]:
    """The entries that these permissions open, and no other; the filing bears the name of the one that the unit has (AUTH-17). What only
    the administration of the platform opens stands with its other entries (AUTH-31)."""
    filing = next((label for grant, label in _FILED if grant in grants), _FILED[0][1])
    words = {"institution_filing": {"label": filing}}
    opened = [(by & permissions, item.model_copy(update=words.get(item.key))) for by, item in MENU if by & permissions]
    others = [item for by, item in opened if by != _ADMINISTRATORS]
    own = [item.model_copy(update={"group": _ADMINISTRATION}) for by, item in opened if by == _ADMINISTRATORS]
    return others + sorted(own, key=lambda item: item.key not in _FIRST)
