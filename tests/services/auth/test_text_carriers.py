"""Codes by two providers: the second carries what the first does not take, at once, and nobody gets a code twice (BEY-12, ADR 6)."""

import json
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.auth.access.codes.models import Purpose
from services.auth.access.codes.service import request_code
from services.auth.access.texts.kinds import FIELDS, check_own_templates
from services.auth.access.texts.tasks import send_texts
from shared.clock import now_utc
from shared.identifiers import new_id
from shared.runtime import Runtime
from shared.services import Service
from shared.sms.templates import Templates, check_templates
from tests.services.auth.provider import row_of, text_to, time_passes
from tests.services.auth.records import new_mobile
from tests.shared.sms.servers import (
    KEY_ID,
    SECRET,
    FakeProvider,
    aliyun_call,
    aliyun_error,
    aliyun_ok,
    serving,
    tencent_call,
    tencent_status,
)

pytestmark = pytest.mark.req("BEY-12", "AUTH-11")
CODE = {"code": "SMS_1", "fields": {"code": "code", "minutes": "minutes"}}
FILE = {"auth": {"code": {"aliyun": CODE, "tencent": CODE}, "*": {"tencent": {"code": "2", "fields": {"1": "text"}}}}}


@dataclass
class Both:
    worker: Runtime
    aliyun: FakeProvider
    tencent: FakeProvider


@pytest.fixture
async def both(runtime: Runtime, tmp_path: Path) -> AsyncIterator[Both]:
    path = tmp_path / "templates.json"
    path.write_text(json.dumps(FILE), "utf-8")
    with ExitStack() as stack:
        first = stack.enter_context(serving(aliyun_call, aliyun_ok))
        second = stack.enter_context(serving(tencent_call, tencent_status("Ok")))
        named: dict[str, Any] = {
            "sms_providers": (("aliyun", 1), ("tencent", 0)),
            "sms_templates": path,
            "sms_aliyun_url": first.url,
            "sms_aliyun_key_id": KEY_ID,
            "sms_aliyun_key": SECRET,
            "sms_tencent_url": second.url,
            "sms_tencent_app": "1400006666",
            "sms_tencent_key_id": KEY_ID,
            "sms_tencent_key": SECRET,
        }
        async with httpx.AsyncClient(trust_env=False) as client:
            yield Both(replace(runtime, http=client, settings=runtime.settings.model_copy(update=named)), first, second)


async def a_code(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as session:
        await request_code(session, purpose=Purpose.SIGN_IN, phone=new_mobile(), address=new_id().hex)


async def test_a_code_fills_its_template(both: Both) -> None:
    await a_code(both.worker)
    await send_texts(both.worker)
    (call,) = both.aliyun.calls
    said = json.loads(call.asked["TemplateParam"])
    assert (len(said["code"]), said["minutes"]) == (6, "5")


async def test_the_second_carries_at_once_what_the_first_does_not_take(both: Both) -> None:
    both.aliyun.answer = aliyun_error("isv.BUSINESS_LIMIT_CONTROL")
    await a_code(both.worker)
    await send_texts(both.worker)
    await send_texts(both.worker)
    assert (both.aliyun.actions(), both.tencent.actions()) == (["SendSms"], ["SendSms"])


async def test_what_the_first_has_no_template_for_goes_by_the_second(both: Both) -> None:
    text_id = await text_to(both.worker, new_mobile())
    await send_texts(both.worker)
    (call,) = both.tencent.calls
    assert call.asked["TemplateParamSet"] == ["您的申请已受理。"]
    assert (await row_of(both.worker, text_id)).provider == "tencent"


async def test_a_code_that_got_no_answer_is_asked_about(both: Both) -> None:
    both.aliyun.answer = lambda _: None
    text_id = await text_to(
        both.worker, new_mobile(), useless_at=now_utc() + timedelta(minutes=5), about="code_sign_in"
    )
    await send_texts(both.worker)
    row = {"OutId": str(text_id), "SendStatus": 1}
    both.aliyun.answer = lambda _: (200, {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": [row]}})
    await time_passes(both.worker, text_id)
    await send_texts(both.worker)
    assert both.aliyun.actions() == ["SendSms", "QuerySendDetails"]
    assert both.tencent.calls == []
    sent = await row_of(both.worker, text_id)
    assert (sent.failed, sent.words, sent.fields) == (False, None, None)


@pytest.mark.usefixtures("runtime")
def test_the_kinds_of_auth_are_its_catalogue() -> None:
    check_own_templates()
    check_templates(Templates.model_validate(FILE), Service.AUTH, FIELDS)
