"""The records of which declaration keeps a history, as 操作记录 calls them and what is done with them."""

from services.declaration.calendar.service import CALENDAR
from services.declaration.declarations.presentation import ACTIONS as DECLARATIONS_DONE
from services.declaration.declarations.workflow import DECLARATION
from services.declaration.employers.service import EMPLOYER
from services.declaration.groups.service import GROUP
from services.declaration.groups.workflow import MEMBERSHIP
from services.declaration.industries.importing import INDUSTRY
from services.declaration.legacy.service import IMPORT
from services.declaration.legacy.workflow import LegacyAction
from services.declaration.orders.workflow import ORDER
from services.declaration.reviews.service import FLAG
from services.declaration.stand_ins.service import STAND_IN
from shared.web.audit import Kept

_EMPLOYERS_DONE = {
    "urge": "催报",
    "call": "电话催报",
    "view_contact": "查看联系电话",
    "tell": "说明情况",
    "untell": "撤回说明",
}

RECORDS = (
    Kept(DECLARATION, done=DECLARATIONS_DONE),
    Kept(ORDER, done={"create": "下达"}),
    Kept(EMPLOYER, "用人单位", _EMPLOYERS_DONE),
    Kept(CALENDAR, "工作日历", {"keep": "设置一天", "drop": "恢复公布的安排", "tell": "说明是否录全"}),
    Kept(INDUSTRY, "行业分类"),
    Kept(FLAG, "审核提示", {"switch": "启用或停用"}),
    Kept(STAND_IN, "代审安排", {"end": "结束"}),
    Kept(IMPORT, "旧系统数据导入", {action.value: action.label for action in LegacyAction}),
    Kept(GROUP, "集团"),
    Kept(MEMBERSHIP, done={"ask_county": "请区县代为同意"}),
)
