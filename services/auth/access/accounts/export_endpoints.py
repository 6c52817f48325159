"""The list of accounts as xlsx; it asks, shows and masks what the list does (BEY-07)."""

from services.auth.access.accounts.endpoints import list_accounts
from services.auth.access.accounts.grants import GRANT_WORDS
from services.auth.access.accounts.schemas import AccountListItem
from shared.services import Service
from shared.sheets import Column
from shared.web.exports import Export, add_export_routes, export_router


def _grants(row: AccountListItem) -> str:
    return "、".join(GRANT_WORDS[grant] for grant in row.grants)


ACCOUNTS = Export(
    "accounts",
    "账号",
    list_accounts,
    (
        Column("login_name", "登录账号", width=20),
        Column("person_name", "用户姓名", width=14),
        Column("phone", "手机号码", width=16),
        Column("organisation_name", "单位名称", width=36),
        Column("region_code", "行政区划代码", width=14),
        Column("grants", "权限", width=40),
        Column("valid_from", "有效期开始日期"),
        Column("valid_until", "有效期截止日期"),
        Column("activated", "是否激活", width=10),
        Column("status_label", "状态", width=10),
    ),
    made={"grants": _grants, "activated": lambda row: "是" if row.activated else "否"},
)
router = export_router(Service.AUTH)
add_export_routes(router, (ACCOUNTS,))
