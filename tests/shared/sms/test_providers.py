"""Both providers of China against servers on loopback that check the signature and answer as the providers do (BEY-12)."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.clock import now_utc
from shared.identifiers import new_id
from shared.sms import Asked, CannotAsk, ChannelDown, MessageRefused, NoAnswer, NotHere, Provider, Sms, Verdict
from shared.sms.aliyun import AliyunProvider
from shared.sms.templates import Template
from shared.sms.tencent import TencentProvider
from tests.shared.sms.servers import (
    KEY_ID,
    SECRET,
    Answer,
    Call,
    FakeProvider,
    aliyun_call,
    aliyun_error,
    aliyun_ok,
    serving,
    tencent_call,
    tencent_error,
    tencent_status,
)

pytestmark = pytest.mark.req("BEY-12")
PHONE = "13912345678"
FIELDS = {
    "person_name": "王医生 & ~*+",
    "reason": "学历证书不清晰，请重新上传原件的彩色扫描件，四角完整，文字清楚，可以辨认",
}
SMS = Sms(new_id(), PHONE, "【平台】报名退回", "returned", FIELDS)
TEMPLATES = {"returned": Template(code="SMS_1", fields={"name": "person_name", "why": "reason"}, longest=20)}


def aliyun(url: str, secret: str = SECRET) -> Provider:
    return AliyunProvider(url, KEY_ID, secret, "职业健康信息平台", TEMPLATES)


def tencent(url: str, secret: str = SECRET) -> Provider:
    return TencentProvider(url, KEY_ID, secret, "1400006666", "ap-guangzhou", "职业健康信息平台", TEMPLATES)


KINDS: dict[str, tuple[Callable[..., Provider], Any]] = {
    "aliyun": (aliyun, aliyun_call),
    "tencent": (tencent, tencent_call),
}


async def sent(
    name: str, answer: Callable[[Call], Answer | None], sms: Sms = SMS, **more: str
) -> tuple[str, FakeProvider]:
    make, read = KINDS[name]
    with serving(read, answer) as fake:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await make(fake.url, **more).send(client, sms), fake


async def asked(name: str, answer: Callable[[Call], Answer | None], **more: Any) -> Any:
    make, read = KINDS[name]
    with serving(read, answer) as fake:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await make(fake.url).ask(client, Asked(SMS.id, PHONE, now_utc(), **more))


class TestTaken:
    async def test_aliyun(self) -> None:
        reference, fake = await sent("aliyun", aliyun_ok)
        assert reference == "900619746936498440^0"
        (call,) = fake.calls
        assert call.action == "SendSms"
        assert json.loads(call.asked.pop("TemplateParam")) == {
            "name": "王医生 & ~*+",
            "why": FIELDS["reason"][:19] + "…",
        }
        assert call.asked == {
            "PhoneNumbers": PHONE, "SignName": "职业健康信息平台", "TemplateCode": "SMS_1", "OutId": str(SMS.id)
        }  # fmt: skip

    async def test_tencent(self) -> None:
        reference, fake = await sent("tencent", tencent_status("Ok"))
        assert reference == "5000:1045710669157053657849499619"
        (call,) = fake.calls
        assert call.asked["PhoneNumberSet"] == [f"+86{PHONE}"]
        assert call.asked["TemplateParamSet"] == ["王医生 & ~*+", FIELDS["reason"][:19] + "…"]
        assert call.asked["SessionContext"] == str(SMS.id)


ALIYUN = {
    "isv.BUSINESS_LIMIT_CONTROL": NotHere,
    "isv.SMS_TEMPLATE_ILLEGAL": NotHere,
    "isv.MOBILE_NUMBER_ILLEGAL": MessageRefused,
    "isv.AMOUNT_NOT_ENOUGH": ChannelDown,
    "isv.OUT_OF_SERVICE": ChannelDown,
    "isp.RAM_PERMISSION_DENY": ChannelDown,
    "isp.SYSTEM_ERROR": NoAnswer,
    "never.heard.of": ChannelDown,
}
TENCENT = {
    "LimitExceeded.PhoneNumberThirtySecondLimit": NotHere,
    "LimitExceeded.DeliveryFrequencyLimit": NotHere,
    "FailedOperation.TemplateIncorrectOrUnapproved": NotHere,
    "FailedOperation.PhoneNumberInBlacklist": MessageRefused,
    "InvalidParameterValue.IncorrectPhoneNumber": MessageRefused,
    "InvalidParameterValue.TemplateParameterLengthLimit": NotHere,
    "FailedOperation.InsufficientBalanceInSmsPackage": ChannelDown,
    "InternalError.Timeout": NoAnswer,
}


class TestErrors:
    @pytest.mark.parametrize(("code", "error"), ALIYUN.items())
    @pytest.mark.parametrize("status", [200, 400])
    async def test_aliyun_says_it_inside(self, code: str, error: type[Exception], status: int) -> None:
        with pytest.raises(error) as caught:
            await sent("aliyun", aliyun_error(code, status))
        assert (type(caught.value), str(caught.value)) == (error, code)

    @pytest.mark.parametrize(("code", "error"), TENCENT.items())
    @pytest.mark.parametrize("say", [tencent_status, tencent_error])
    async def test_tencent_says_it_inside(self, code: str, error: type[Exception], say: Any) -> None:
        with pytest.raises(error) as caught:
            await sent("tencent", say(code))
        assert (type(caught.value), str(caught.value)) == (error, code)

    @pytest.mark.parametrize("name", KINDS)
    async def test_throttled_by_the_gate(self, name: str) -> None:
        body: Answer = {
            "aliyun": (400, {"Code": "Throttling.User", "Message": "Request was denied due to user flow control."}),
            "tencent": (
                200,
                {"Response": {"Error": {"Code": "RequestLimitExceeded", "Message": "x"}, "RequestId": "r"}},
            ),
        }[name]
        with pytest.raises(ChannelDown) as caught:
            await sent(name, lambda _: body)
        assert type(caught.value) is ChannelDown

    @pytest.mark.parametrize("name", KINDS)
    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            ((200, b""), NoAnswer),
            ((200, b"<html>"), NoAnswer),
            ((200, []), NoAnswer),
            ((200, {}), NoAnswer),
            ((502, b"bad gateway"), NoAnswer),
            ((403, b"no"), ChannelDown),
            (None, NoAnswer),
        ],
    )
    async def test_what_is_no_answer(self, name: str, answer: Answer | None, error: type[Exception]) -> None:
        with pytest.raises(error) as caught:
            await sent(name, lambda _: answer)
        assert type(caught.value) is error

    @pytest.mark.parametrize("name", KINDS)
    async def test_a_wrong_secret_is_told_by_its_name(self, name: str) -> None:
        with pytest.raises(ChannelDown, match=r"Signature") as caught:
            await sent(name, aliyun_ok, secret="other")
        assert type(caught.value) is ChannelDown

    @pytest.mark.parametrize("name", KINDS)
    async def test_nobody_there_has_taken_nothing(self, name: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            with pytest.raises(ChannelDown) as caught:
                await KINDS[name][0]("http://127.0.0.1:9").send(client, SMS)
        assert type(caught.value) is ChannelDown

    @pytest.mark.parametrize("name", KINDS)
    async def test_without_a_template_it_is_for_another(self, name: str) -> None:
        assert not KINDS[name][0]("http://x").takes("opened")
        with pytest.raises(NotHere):
            await sent(name, aliyun_ok, Sms(new_id(), PHONE, "x", "opened"))

    @pytest.mark.req("PLAT-05")
    @pytest.mark.parametrize("name", KINDS)
    async def test_no_error_and_no_repr_says_number_words_or_secret(self, name: str) -> None:
        say: Any = {"aliyun": aliyun_error("isv.BUSINESS_LIMIT_CONTROL"), "tencent": tencent_status("LimitExceeded")}[
            name
        ]
        with pytest.raises(ChannelDown) as caught:
            await sent(name, say)
        said = f"{caught.value!r} {SMS!r} {KINDS[name][0]('http://x')!r}"
        assert PHONE not in said
        assert "王医生" not in said
        assert SECRET not in said


def details(*rows: dict[str, Any]) -> Callable[[Call], Answer]:
    return lambda _call: (
        200,
        {"Code": "OK", "Message": "OK", "TotalCount": len(rows), "SmsSendDetailDTOs": {"SmsSendDetailDTO": list(rows)}},
    )


def statuses(*rows: dict[str, Any]) -> Callable[[Call], Answer]:
    return lambda _call: (200, {"Response": {"PullSmsSendStatusSet": list(rows), "RequestId": "r"}})


class TestAsked:
    @pytest.mark.parametrize(("status", "verdict"), [(1, Verdict.TAKEN), (2, Verdict.FAILED), (3, Verdict.DELIVERED)])
    async def test_aliyun_finds_it_by_our_id(self, status: int, verdict: Verdict) -> None:
        own = {"OutId": str(SMS.id), "SendStatus": status, "ErrCode": "DELIVERED", "PhoneNum": PHONE}
        report = await asked("aliyun", details({"OutId": "other", "SendStatus": 3}, own))
        assert (report.verdict, report.code) == (verdict, "DELIVERED")

    async def test_aliyun_does_not_know_it(self) -> None:
        assert await asked("aliyun", details()) is None
        assert await asked("aliyun", lambda _: (200, {"Code": "OK"})) is None

    async def test_aliyun_turns_pages(self) -> None:
        own = {"OutId": str(SMS.id), "SendStatus": 3, "ErrCode": "DELIVERED"}
        others = [{"OutId": f"{number}", "SendStatus": 3} for number in range(50)]
        report = await asked(
            "aliyun", lambda call: details(*(others if call.asked["CurrentPage"] == "1" else [own]))(call)
        )
        assert report.verdict is Verdict.DELIVERED

    async def test_tencent_finds_it_by_its_reference_or_our_id(self) -> None:
        row = {"SerialNo": "5000:1", "ReportStatus": "SUCCESS", "Description": "DELIVRD", "SessionContext": ""}
        assert (await asked("tencent", statuses(row), reference="5000:1")).verdict is Verdict.DELIVERED
        assert await asked("tencent", statuses(row)) is None
        mine = {**row, "SessionContext": str(SMS.id), "ReportStatus": "FAIL"}
        assert (await asked("tencent", statuses(mine))).verdict is Verdict.FAILED

    async def test_asking_that_is_not_allowed(self) -> None:
        with pytest.raises(CannotAsk):
            await asked("tencent", tencent_error("UnsupportedOperation"))
        with pytest.raises(ChannelDown):
            await asked("aliyun", aliyun_error("Throttling.User", 400))

    async def test_the_day_is_beijings(self) -> None:
        seen: list[str] = []

        def answer(call: Call) -> Answer:
            seen.append(call.asked["SendDate"])
            return details()(call)

        late = now_utc().replace(year=2026, month=11, day=29, hour=16, minute=30) + timedelta(0)
        with serving(aliyun_call, answer) as fake:
            async with httpx.AsyncClient(trust_env=False) as client:
                await aliyun(fake.url).ask(client, Asked(SMS.id, PHONE, late))
        assert seen == ["20261130"]
