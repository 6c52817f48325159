"""Which guides there are, for whom, of which texts each is made, and where all that lies (BEY-18)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from shared.roles import Permission

ROOT = Path(__file__).resolve().parents[2]
# What people write and what is taken, and what the portal gets of it.
FOLDER = ROOT / "web" / "guides"
PICTURES = FOLDER / "pictures"
MADE = ROOT / "web" / "src" / "features" / "guides" / "made"
INDEX = "index"


@dataclass(frozen=True)
class Guide:
    """``by`` are the permissions whose holders it is written for; a guide without any is for those who are not signed in. ``parts`` are
    the files of web/guides of which it is made, in their order."""

    name: str
    title: str
    summary: str
    by: frozenset[Permission]
    parts: tuple[str, ...]


_P = Permission
# What everybody who is signed in has: messages, settings, long work.
_SHARED = "common"


def _guide(name: str, title: str, summary: str, *by: Permission) -> Guide:
    return Guide(name, title, summary, frozenset(by), (name, _SHARED) if by else (name,))


# In the order in which a page's own guide is looked for: who may do more in it comes first.
GUIDES = (
    _guide("access", "开户与登录", "申请账号、企业注册、登录、找回账号和查询进度，不登录也能看。"),
    _guide(
        "unit",
        "培训单位",
        "资质申报、人员信息、集体报名、集体选班、成绩和证书。",
        _P.GROUP_REGISTRATION,
        _P.INSTITUTION_FILING,
    ),
    _guide("reviewer", "报名审核人员", "审核报名、补报申请和身份证号核准。", _P.PROVINCE_REVIEW),
    _guide(
        "organiser",
        "培训组织人员",
        "培训计划、分班、名册与签到、成绩录入、证书和统计。",
        _P.PLAN_MANAGEMENT,
        _P.CLASS_SCHEDULING,
        _P.SCORE_ENTRY,
        _P.CERTIFICATE_MANAGEMENT,
    ),
    _guide("employer", "用人单位", "注册信息和职业病危害项目申报。", _P.HAZARD_DECLARATION),
    _guide(
        "commission",
        "卫生健康行政部门",
        "申报审核、逾期与到期、复核指令、代审和监督。",
        _P.DECLARATION_REVIEW,
        _P.DECLARATION_OVERSIGHT,
        _P.MASS_NOTICE,
    ),
    _guide(
        "manager",
        "账号管理人员与地市疾控",
        "账号申请审核、账号、单位、无法登录排查，以及本地区的培训统计。",
        _P.ACCOUNT_MANAGEMENT,
        _P.TRAINING_OVERSIGHT,
        _P.MASS_NOTICE,
    ),
    _guide("administrator", "平台管理人员", "行政区划、工作日历等全省共用的设置。", _P.ADMINISTRATION),
)
BY_NAME: Mapping[str, Guide] = MappingProxyType({guide.name: guide for guide in GUIDES})
