"""``python -m ops.first_account``: the one command with which a real installation begins (PLAT-20). It opens the province's body and its
account manager and prints the link by which that person sets a password. What is not given as a flag is asked for on a terminal;
``--again`` prints a new link while nobody has used the account.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ops.refusals import answer
from services.auth.desks.oversight.beginning import (
    Begun,
    FirstAccount,
    open_first_account,
    renew_first_link,
    require_not_begun,
)
from shared.clock import beijing_time
from shared.crypto import mask_phone
from shared.messages import message_for
from shared.runtime import open_runtime
from shared.services import Service
from shared.settings import PlatformSettings


@dataclass(frozen=True)
class Question:
    """One thing that the operator tells: its field, its flag, and what it is called. What may be left out is not asked for."""

    field: str
    flag: str
    words: str
    required: bool = True


QUESTIONS = (
    Question("organisation_name", "--organisation", "机构全称 · full name of the province's body"),
    Question("credit_code", "--credit-code", "统一社会信用代码 · its unified social credit code"),
    Question("region_code", "--region", "省级行政区划代码，如 320000 · code of the province"),
    Question("person_name", "--person", "账号管理人员姓名 · name of the account manager"),
    Question("phone", "--phone", "其手机号码 · that person's mobile phone"),
    Question("login_name", "--login", "登录账号 · login name"),
    Question("kind", "--kind", "单位属性 disease_control|health_administration · kind of body", required=False),
    Question("office_phone", "--office-phone", "办公电话，如 025-83759999 · office phone", required=False),
    Question("email", "--email", "电子邮箱 · e-mail", required=False),
    Question("years", "--years", "有效期年数 1–3 · years of validity", required=False),
)
_NO_SMS = (
    "注意：尚未设置短信服务（PLATFORM_SMS_URL），链接不会以短信发出，而管理人员登录必须收到短信验证码，请先设置 · "
    "No SMS provider is set: the account manager cannot sign in without one"
)


def problem_of(field: str, value: str) -> str | None:
    """What the platform's own rule finds wrong with this answer; None when it is right."""
    try:
        FirstAccount.model_validate({field: value})
    except ValidationError as invalid:
        return next((message_for(each) for each in invalid.errors() if each["loc"][0] == field), None)
    return None


def ask(question: Question, read: Callable[[str], str]) -> str:
    """Asks until the answer is right."""
    while True:
        given = read(f"{question.words}：").strip()
        problem = problem_of(question.field, given)
        if problem is None:
            return given
        print(f"  {problem} · not valid, please try again", file=sys.stderr)


def parsed(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m ops.first_account",
        description="开设首个省级账号并打印激活链接 · Opens the province's first account and prints its activation link",
    )
    for question in QUESTIONS:
        parser.add_argument(question.flag, dest=question.field, help=question.words)
    again = "首个账号未激活时重发链接，可用 --phone 更正号码 · a new link while the account is unused; --phone corrects the number"
    parser.add_argument("--again", action="store_true", help=again)
    return parser.parse_args(words)


def answers(given: argparse.Namespace, *, asks: bool) -> dict[str, Any]:
    """What the flags say. A wrong one ends the command with 2, as a missing one does where nobody can be asked."""
    told = {question.field: value for question in QUESTIONS if (value := getattr(given, question.field))}
    wrong = [
        f"{question.flag}：{problem} · not valid"
        for question in QUESTIONS
        if question.field in told and (problem := problem_of(question.field, told[question.field]))
    ]
    if not asks:
        wrong += [f"缺少 {question.flag}（{question.words}） · missing" for question in missing(told)]
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        raise SystemExit(2)
    return told


def missing(told: dict[str, Any]) -> list[Question]:
    return [question for question in QUESTIONS if question.required and question.field not in told]


def telling(begun: Begun, settings: PlatformSettings) -> str:
    """What the operator is told; the link stands here and nowhere else."""
    account, organisation = begun.account, begun.account.organisation
    until = beijing_time(begun.link.expires_at)
    lines = [
        "首个省级账号等待激活 · The province's first account waits for its activation",
        f"  机构 organisation: {organisation.name}（{organisation.region_code}）",
        f"  登录账号 login name: {account.login_name}",
        f"  手机 phone: {mask_phone(account.phone)}",
        f"  账号有效期至 account valid until: {account.valid_until:%Y-%m-%d}",
        f"  激活链接 activation link: {begun.link.address}",
        f"  链接有效至 link good until: {until:%Y-%m-%d %H:%M}（北京时间 Beijing time）",
        "链接只能使用一次，请交给本人，由本人设置密码 · Good once; hand it to that person, who sets the password",
    ]
    return "\n".join([*lines, *([] if settings.sms_url or settings.demo else [_NO_SMS])])


async def begin(told: dict[str, Any], *, again: bool) -> int:
    """Opens the account, or renews its link; what is missing is asked for once it is known that an account can be opened."""
    async with open_runtime(Service.AUTH, pool_size=1, lanes={}) as runtime:
        if not again:
            async with runtime.database.unit_of_work() as session:
                await require_not_begun(session)
            told = told | {question.field: ask(question, input) for question in missing(told)}
        async with runtime.database.unit_of_work() as session:
            if again:
                begun = await renew_first_link(session, told.get("phone"))
            else:
                begun = await open_first_account(session, FirstAccount.model_validate(told))
        print(telling(begun, runtime.settings))
    return 0


def main(words: list[str]) -> int:
    given = parsed(words)
    told = answers(given, asks=sys.stdin.isatty() or given.again)
    return answer(begin(told, again=given.again))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
