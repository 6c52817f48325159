"""What an overseer may press on an account: what its table says, as far as it applies, and says it of the province's first account."""

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import ACCOUNT, AccountAction
from shared.clock import now_utc
from shared.identity import Actor
from shared.roles import Grant
from shared.workflow.buttons import AllowedAction, allowed_actions
from shared.workflow.definition import Refusal

# Whose phone receives the codes is the account: who could set it would hold the right to grant 平台管理 (AUTH-31).
FIRST_PHONE = Refusal(
    "first_account_phone",
    "这是本省首个账号，其手机号码不能由其他账号更换。持有人记得密码的，可在登录页“更改手机号”中自行更换或提交申请；"
    "密码也忘记的，请平台运维人员核对身份后，用 rescue-manager 命令更换",
)


def offered_actions(account: Account, actor: Actor) -> list[AllowedAction]:
    """Of granting and taking back 平台管理 the one that applies, and neither where nobody could ever do it. Of the province's first account
    nobody is asked for another phone, which it would not get, and told why."""
    held, here = Grant.PLATFORM_ADMINISTRATION in account.granted, account.organisation_id == actor.organisation_id
    applies: dict[str, bool] = {
        AccountAction.GRANT_ADMINISTRATION: here and not held,
        AccountAction.REVOKE_ADMINISTRATION: here and held,
    }
    offered = allowed_actions(ACCOUNT, account, actor, now_utc())
    shown = [each for each in offered if applies.get(each.action, True)]
    return [_without_phone(each) if account.is_first and each.action == AccountAction.RESET else each for each in shown]


def _without_phone(reset: AllowedAction) -> AllowedAction:
    fields = [each for each in reset.fields if each.name != "phone"]
    return reset.model_copy(update={"fields": fields, "consequence": FIRST_PHONE.reason})
