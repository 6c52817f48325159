"""Which grants an account of a portal may hold (X25), as a table. What a grant opens is in ``shared.roles``."""

from collections.abc import Iterable

from services.auth.directory.organisations.grantable import MANAGER, REPORTER
from shared.errors import FieldError, InvalidInput
from shared.roles import Grant, Level, Portal

# As the application form calls them (AUTH-04).
GRANT_WORDS = {
    Grant.HEALTH_EXAMINATION: "职业健康检查",
    Grant.DIAGNOSIS: "职业病诊断",
    Grant.ARBITRATION: "职业病鉴定",
    Grant.TECHNICAL_SERVICE: "职业卫生技术服务机构",
    Grant.PNEUMOCONIOSIS_FOLLOW_UP: "尘肺病随访",
    Grant.GROUP_REGISTRATION: "集体报名",
    Grant.DISEASE_CONTROL: "疾控中心",
    Grant.HEALTH_ADMINISTRATION: "卫生行政部门",
    Grant.ACCOUNT_MANAGEMENT: "单位及用户管理",
    Grant.HAZARD_DECLARATION: "职业病危害项目申报",
    Grant.PLATFORM_ADMINISTRATION: "平台管理",
}
GRANTS_OF: dict[Portal, frozenset[Grant]] = {
    Portal.TRAINING: REPORTER,
    Portal.OFFICIALS: MANAGER,
    Portal.ENTERPRISE: frozenset({Grant.HAZARD_DECLARATION}),
}
# Held by province bodies alone; no form offers it.
ADMINISTRATION = frozenset({Grant.PLATFORM_ADMINISTRATION})
_ADMINISTRATION = "平台管理权限不能在此选择，由本省首个账号在本机构账号的页面上授予"
_WORDS = {
    Portal.TRAINING: "数据直报员只能选择业务填报类权限",
    Portal.OFFICIALS: "数据管理员只能选择疾控中心、卫生行政部门、单位及用户管理权限",
    Portal.ENTERPRISE: "用人单位账号只能选择职业病危害项目申报权限",
}


def portal_for(level: Level, grants: Iterable[Grant]) -> Portal:
    """The portal of an account with these grants at an organisation of this level."""
    if level is not Level.UNIT:
        return Portal.OFFICIALS
    return Portal.ENTERPRISE if Grant.HAZARD_DECLARATION in set(grants) else Portal.TRAINING


def beside_administration(held: Iterable[Grant], wanted: Iterable[Grant]) -> frozenset[Grant]:
    """What an account that has ``held`` has when an overseer wants it to have ``wanted``: 平台管理 stays as it is, which comes and goes by
    actions of its own (AUTH-31). Raises InvalidInput when it is wanted and not held."""
    own, asked = set(held) & ADMINISTRATION, set(wanted)
    if asked & ADMINISTRATION - own:
        raise InvalidInput(errors=[FieldError("grants", "grant_not_allowed", _ADMINISTRATION)])
    return frozenset(asked | own)


def check_grants(portal: Portal, level: Level, grants: Iterable[Grant]) -> None:
    """Raises InvalidInput when these grants are none, not the portal's (X25), or the portal is not for the level."""
    wanted = set(grants)
    if not wanted:
        raise InvalidInput(errors=[FieldError("grants", "missing", "请至少选择一项权限")])
    if (portal is Portal.OFFICIALS) is (level is Level.UNIT) or wanted - GRANTS_OF[portal]:
        raise InvalidInput(errors=[FieldError("grants", "grant_not_allowed", _WORDS[portal])])
