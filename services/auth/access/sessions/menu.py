"""What each permission opens in the portal (AUTH-17, AUTH-31), as a table. What a page may do is decided by the services, not here."""

from collections.abc import Set

from pydantic import BaseModel

from shared.roles import Grant, Permission

_P = Permission
_TRAINING, _FILING = "技术人员培训管理", "服务机构资质信息管理"
_DECLARATION, _ACCOUNTS = "职业病危害项目申报", "单位及用户管理"


class MenuItem(BaseModel):
    """``group`` is the heading under which the entry stands (X14)."""

    key: str
    label: str
    path: str
    group: str


# In the order in which the menu shows them.
MENU: tuple[tuple[Permission, MenuItem], ...] = tuple(
    (permission, MenuItem(key=key, label=label, path=path, group=group))
    for permission, key, label, path, group in (
        (_P.INSTITUTION_FILING, "institution_filing", "职业健康检查机构资质申报", "/institution", _FILING),
        (_P.INSTITUTION_FILING, "personnel", "人员信息", "/institution/people", _FILING),
        (_P.GROUP_REGISTRATION, "registrations", "集体报名", "/registrations", _TRAINING),
        (_P.GROUP_REGISTRATION, "selections", "集体选班", "/selections", _TRAINING),
        (_P.GROUP_REGISTRATION, "results", "集体成绩查询", "/results", _TRAINING),
        (_P.PLAN_MANAGEMENT, "plans", "培训计划", "/plans", _TRAINING),
        (_P.PROVINCE_REVIEW, "reviews", "报名审核", "/reviews", _TRAINING),
        (_P.PROVINCE_REVIEW, "number_reviews", "身份证号核准", "/number-reviews", _TRAINING),
        (_P.CLASS_SCHEDULING, "class_sessions", "分班", "/class-sessions", _TRAINING),
        (_P.CLASS_SCHEDULING, "selection_progress", "选班进度", "/selection-progress", _TRAINING),
        (_P.SCORE_ENTRY, "scores", "成绩录入", "/scores", _TRAINING),
        (_P.CERTIFICATE_MANAGEMENT, "certificates", "证书", "/certificates", _TRAINING),
        (_P.TRAINING_OVERSIGHT, "training_statistics", "统计", "/training-statistics", _TRAINING),
        (_P.HAZARD_DECLARATION, "enterprise", "注册信息", "/enterprise", _DECLARATION),
        (_P.HAZARD_DECLARATION, "declarations", "职业病危害申报", "/declarations", _DECLARATION),
        (_P.DECLARATION_REVIEW, "declaration_reviews", "申报审核", "/declaration-reviews", _DECLARATION),
        (_P.DECLARATION_REVIEW, "claims", "申诉 / 更正 / 认领 / 核准审核", "/claims", _DECLARATION),
        (_P.DECLARATION_REVIEW, "declaration_deadlines", "逾期与到期", "/declaration-deadlines", _DECLARATION),
        (_P.DECLARATION_OVERSIGHT, "review_orders", "复核指令", "/review-orders", _DECLARATION),
        (_P.DECLARATION_OVERSIGHT, "declaration_statistics", "统计", "/declaration-statistics", _DECLARATION),
        (_P.ACCOUNT_MANAGEMENT, "applications", "账号申请审核", "/applications", _ACCOUNTS),
        (_P.ACCOUNT_MANAGEMENT, "accounts", "账号", "/accounts", _ACCOUNTS),
        (_P.ACCOUNT_MANAGEMENT, "organisations", "单位", "/organisations", _ACCOUNTS),
        (_P.ACCOUNT_MANAGEMENT, "access_checks", "无法登录排查", "/access-checks", _ACCOUNTS),
        (_P.ACCOUNT_MANAGEMENT, "requests", "换号与咨询", "/requests", _ACCOUNTS),
        (_P.ACCOUNT_MANAGEMENT, "regions", "行政区划", "/regions", _ACCOUNTS),
    )
)


# Who else opens an entry: the province decides what no commission below it can (AUTH-26); superiors see the desk below them, and who is
# ordered to look again finds the order (FAQ-D22).
_ALSO = {
    "claims": _P.DECLARATION_OVERSIGHT,
    "declaration_reviews": _P.DECLARATION_OVERSIGHT,
    "review_orders": _P.DECLARATION_REVIEW,
}
# Which filing a unit has, by what it was granted; one with several finds them behind the first.
_FILED = (
    (Grant.HEALTH_EXAMINATION, "职业健康检查机构资质申报"),
    (Grant.DIAGNOSIS, "职业病诊断机构资质申报"),
    (Grant.TECHNICAL_SERVICE, "职业卫生技术服务机构资质申报"),
)


def menu_for(permissions: Set[Permission], grants: Set[Grant]) -> list[MenuItem]:
    """The entries that these permissions open, and no other; the filing bears the name of the one that the unit has (AUTH-17)."""
    opened = [item for permission, item in MENU if {permission, _ALSO.get(item.key, permission)} & permissions]
    filing = next((label for grant, label in _FILED if grant in grants), _FILED[0][1])
    return [item.model_copy(update={"label": filing}) if item.key == "institution_filing" else item for item in opened]
