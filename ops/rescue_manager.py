"""``python -m ops.rescue_manager``: gives the province's only account manager the account back, who has neither phone nor password and
nobody above (AUTH-29). It names who does it and who has checked the identity, and prints the link by which that person sets a password.
"""

import argparse
import sys
from typing import Any

from pydantic import ValidationError

from ops.refusals import answer
from services.auth.desks.oversight.beginning import Begun
from services.auth.desks.oversight.rescue import Rescue, rescue_manager
from shared.clock import beijing_time
from shared.crypto import mask_phone
from shared.messages import message_for
from shared.runtime import open_runtime
from shared.services import Service

FLAGS = {
    "login_name": ("--login", "登录账号 · login name"),
    "phone": ("--phone", "本人的新手机号码，原号码仍可用的不填 · the holder's new phone, if the old one is lost"),
    "reason": ("--reason", "理由及所凭证明，如单位公函文号 · why, and on what evidence"),
    "operator": ("--operator", "经办人姓名 · who does it"),
    "witness": ("--witness", "核对人姓名，须为另一人 · who has checked the identity, somebody else"),
}


def parsed(words: list[str]) -> dict[str, Any]:
    parser = argparse.ArgumentParser(
        prog="python -m ops.rescue_manager",
        description="省级唯一的账号管理人员失去手机和密码时使用 · For the province's only account manager without phone and password",
    )
    for field, (flag, words_of) in FLAGS.items():
        parser.add_argument(flag, dest=field, help=words_of, required=field != "phone")
    return {name: value for name, value in vars(parser.parse_args(words)).items() if value}


def checked(given: dict[str, Any]) -> Rescue:
    """What was told. A wrong answer ends the command with 2 and the words for it."""
    try:
        return Rescue.model_validate(given)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)
        wrong = [f"{FLAGS[str(each['loc'][0])][0]}：{message_for(each)} · not valid" for each in errors]
        print("\n".join(wrong), file=sys.stderr)
        raise SystemExit(2) from None


def telling(begun: Begun) -> str:
    """What the operator is told; the link stands here and in the SMS to the holder."""
    until = beijing_time(begun.link.expires_at)
    return "\n".join(
        [
            "账号已重置，等待本人设置密码；已记下经办人、核对人和理由 · The account waits for its holder; the history names you both",
            f"  登录账号 login name: {begun.account.login_name}",
            f"  手机 phone: {mask_phone(begun.account.phone)}",
            f"  账号有效期至 account valid until: {begun.account.valid_until:%Y-%m-%d}",
            f"  激活链接 activation link: {begun.link.address}",
            f"  链接有效至 link good until: {until:%Y-%m-%d %H:%M}（北京时间 Beijing time）",
            "链接只能使用一次，也已发送到上述手机 · Good once; it was sent to that phone, too",
            "请本人登录后为省级开通第二个账号管理人员的账号，今后互相办理 · A second account manager makes this command needless",
        ]
    )


async def rescue(body: Rescue) -> int:
    async with open_runtime(Service.AUTH, pool_size=1, lanes={}) as runtime:
        async with runtime.database.unit_of_work() as session:
            begun = await rescue_manager(session, body)
        print(telling(begun))
    return 0


def main(words: list[str]) -> int:
    return answer(rescue(checked(parsed(words))))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
