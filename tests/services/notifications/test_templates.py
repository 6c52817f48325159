"""消息模板: what the administration puts is said from then on, and what could not be filled in is never kept."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.notifications.deliveries.tasks import send_due
from services.notifications.editing.field_words import FIELD_WORDS
from services.notifications.kinds import MessageKind
from services.notifications.main import app
from services.notifications.notices.catalogue import texts_of
from services.notifications.notices.tasks import expand_notices
from services.notifications.notices.texts import TEXTS
from services.notifications.notices.wording import field_names
from services.notifications.templates.plain import faults_of, filled
from services.notifications.templates.repository import sms_templates
from shared.identifiers import new_id
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.notifications.arrivals import a_phone, an_account, arrive, returned
from tests.services.notifications.outbox import caught

pytestmark = pytest.mark.req("BEY-12")
PATH = "/api/notifications/message-templates"
KIND = f"{PATH}/registration_returned"
KEEPER = make_actor(Permission.ADMINISTRATION, level=Level.PROVINCE)


@pytest.fixture
async def keeper(client_for: ClientFor) -> httpx.AsyncClient:
    return await client_for(app, KEEPER)


async def put(client: httpx.AsyncClient, place: str, **body: Any) -> httpx.Response:
    """Over whatever version there is: the words of a kind are every test's."""
    shown = {each["place"]: each for each in (await client.get(KIND)).json()["places"]}
    return await client.put(f"{KIND}/{place}", json=body, headers={"If-Match": f'"{shown[place]["version"]}"'})


async def restore(client: httpx.AsyncClient) -> None:
    for each in (await client.get(KIND)).json()["places"]:
        headers = {"If-Match": f'"{each["version"]}"'}
        assert (await client.post(f"{KIND}/{each['place']}/restore", headers=headers)).status_code == 200


async def said(worker: Runtime, account: Any, phone: str, address: str) -> tuple[str, str, str, str]:
    """(title in the inbox, text message, subject of the mail, mail) of what the account is told now."""
    await arrive(worker.database, [returned(account.organisation_id)])
    await expand_notices(worker)
    await send_due(worker)
    async with worker.database.unit_of_work() as session:
        found = "SELECT title FROM messages WHERE account_id = :id ORDER BY created_at DESC LIMIT 1"
        title = await session.scalar(text(found), {"id": account.account_id})
    sms, mail = (await caught(worker, phone))[-1], (await caught(worker, address))[-1]
    return str(title), sms.text, mail.subject, mail.text


class TestWords:
    async def test_each_place_says_its_own_from_then_on(self, keeper: httpx.AsyncClient, worker: Runtime) -> None:
        phone, address = a_phone(), f"{new_id().hex}@hospital.example.cn"
        account = an_account(phone=phone, email=address)
        await arrive(worker.database, [account])
        try:
            assert (await put(keeper, "sms", body="{person_name}的报名被退回：{reason}")).status_code == 200
            assert (
                await put(keeper, "email", title="请修改{plan_name}的报名", body="原因：{reason}")
            ).status_code == 200
            title, sms, subject, mail = await said(worker, account, phone, address)
            assert title == "报名退回：王医生"
            assert sms.endswith("】王医生的报名被退回：学历证书不清晰")
            assert subject == "请修改2026年职业病诊断医师培训班的报名"
            assert "\n原因：学历证书不清晰\r\n" in mail
        finally:
            await restore(keeper)

    async def test_what_was_put_down_goes_out_as_it_was(self, keeper: httpx.AsyncClient, worker: Runtime) -> None:
        phone = a_phone()
        account = an_account(phone=phone)
        await arrive(worker.database, [account])
        try:
            await put(keeper, "sms", body="第一版：{reason}")
            await arrive(worker.database, [returned(account.organisation_id)])
            await put(keeper, "sms", body="第二版：{reason}")
            await expand_notices(worker)
            await send_due(worker)
            (message,) = await caught(worker, phone)
            assert message.text.endswith("】第一版：学历证书不清晰")
        finally:
            await restore(keeper)

    async def test_what_a_provider_has_approved_is_used_at_once(
        self, keeper: httpx.AsyncClient, worker: Runtime
    ) -> None:
        approved = {"provider": "aliyun", "code": "SMS_1", "parameters": [{"theirs": "name", "ours": "person_name"}]}
        try:
            assert (await put(keeper, "sms", body="{reason}", providers=[approved])).status_code == 200
            async with worker.database.unit_of_work() as session:
                found = (await sms_templates(session, None)).of("notifications", "aliyun")["registration_returned"]
            assert (found.code, found.filled({"person_name": "王医生"})) == ("SMS_1", {"name": "王医生"})
        finally:
            assert (await put(keeper, "sms", body="{reason}")).status_code == 200
            await restore(keeper)

    async def test_versions_are_kept_and_told(self, keeper: httpx.AsyncClient) -> None:
        try:
            changed = await put(keeper, "sms", body="版本 {reason}")
            stale = await keeper.put(f"{KIND}/sms", json={"body": "{reason}"}, headers={"If-Match": '"0"'})
            assert (changed.json()["own"], stale.status_code) == (True, 412)
            (listed,) = (each for each in (await keeper.get(PATH)).json() if each["kind"] == "registration_returned")
            assert (listed["own_label"], listed["title"]) == ("短信", "报名退回：〔姓名〕")
            entry = (await keeper.get(f"{KIND}/history")).json()[-1]
            assert entry["after"]["body"] == "版本 {reason}"
            assert entry["actor_name"].endswith(KEEPER.person_name)
        finally:
            await restore(keeper)
        assert (await keeper.get(f"{KIND}/history")).json()[-1]["action_label"] == "恢复默认"


class TestRefused:
    @pytest.mark.parametrize(
        ("body", "code", "words"),
        [
            ("您好{phone}", "unknown_field", "第 3 个字起的“{phone}”"),
            ("您好{person_name", "brace_alone", "第 3 个字“{”"),
            ("您好}", "brace_alone", "第 3 个字“}”"),
            ("{person_name.__class__}", "unknown_field", "第 1 个字起的“{person_name.__class__}”"),
            ("{person_name!r:>99999999}", "unknown_field", "第 1 个字起的"),
            ("{}", "unknown_field", "第 1 个字起的“{}”"),
        ],
    )
    async def test_what_could_not_be_filled_in_is_refused_with_its_place(
        self, keeper: httpx.AsyncClient, body: str, code: str, words: str
    ) -> None:
        for answer in (
            await put(keeper, "sms", body=body),
            await keeper.post(f"{KIND}/sms/preview", json={"body": body}),
        ):
            (error,) = answer.json()["errors"]
            assert (answer.status_code, error["field"], error["code"]) == (422, "body", code)
            assert error["message"].startswith(words)

    async def test_a_parameter_that_the_kind_has_not_is_refused(self, keeper: httpx.AsyncClient) -> None:
        approved = {"provider": "aliyun", "code": "SMS_1", "parameters": [{"theirs": "x", "ours": "location"}]}
        (error,) = (await put(keeper, "sms", body="{reason}", providers=[approved])).json()["errors"]
        assert (error["field"], error["code"]) == ("providers.0.parameters.0.ours", "unknown_field")

    async def test_only_the_administration(self, client_for: ClientFor) -> None:
        client = await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.PROVINCE))
        assert (await client.get(PATH)).status_code == (await client.get(KIND)).status_code == 403


class TestPreview:
    @pytest.mark.parametrize(
        ("characters", "parts", "cut"), [(70, 1, False), (71, 2, False), (135, 3, False), (201, 3, True)]
    )
    async def test_a_text_message_is_counted_as_an_operator_does(
        self, keeper: httpx.AsyncClient, characters: int, parts: int, *, cut: bool
    ) -> None:
        signature = (await keeper.post(f"{KIND}/sms/preview", json={"body": "好"})).json()["characters"] - 1
        body = "好" * (characters - signature)
        shown = (await keeper.post(f"{KIND}/sms/preview", json={"body": body})).json()
        assert (shown["characters"], shown["parts"], shown["cut"]) == (min(characters, 200), parts, cut)

    async def test_examples_stand_in_for_values(self, keeper: httpx.AsyncClient) -> None:
        shown = (await keeper.post(f"{KIND}/email/preview", json={"title": "{plan_name}", "body": "{reason}"})).json()
        assert shown["title"] == FIELD_WORDS["plan_name"].example
        assert FIELD_WORDS["reason"].example in shown["text"]

    async def test_a_mail_is_shown_in_both_parts_and_words_are_no_html_there(self, keeper: httpx.AsyncClient) -> None:
        words = {"title": "<b>标题</b>", "body": "<script>alert(1)</script>{reason}"}
        shown = (await keeper.post(f"{KIND}/email/preview", json=words)).json()
        assert "<script>alert(1)</script>" in shown["text"]
        assert "<script" not in shown["html"]
        assert "&lt;b&gt;标题&lt;/b&gt;" in shown["html"]
        assert FIELD_WORDS["reason"].example in shown["html"]
        assert (await keeper.post(f"{KIND}/sms/preview", json={"body": "好"})).json()["html"] is None


class TestShipped:
    def test_every_kind_says_the_same_whatever_its_event(self) -> None:
        for row in (row for rows in TEXTS.values() for row in rows):
            assert (row.title, row.body) == (texts_of()[row.kind].title, texts_of()[row.kind].body)
        assert set(texts_of()) == set(MessageKind)

    def test_every_field_has_words_and_every_text_is_whole(self) -> None:
        for text_ in texts_of().values():
            assert field_names(text_) <= set(FIELD_WORDS)
            assert faults_of(text_.title, field_names(text_)) + faults_of(text_.body, field_names(text_)) == []

    def test_a_field_that_is_gone_stays_as_it_stands(self) -> None:
        assert filled("{a}{b}", {"a": 1}) == "1{b}"
