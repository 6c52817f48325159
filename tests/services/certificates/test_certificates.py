"""Certificates over HTTP: who sees which, what is masked, what can be downloaded, revoked, made again (STAFF-10)."""

from typing import Any
from urllib.parse import unquote

import pytest

from services.certificates.issue.models import Certificate
from services.certificates.main import app
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.services.certificates.records import RESIDENT_ID, issued, rendered

BASE = "/api/certificates/certificates"
MASKED = "1101********002X"


@pytest.fixture
def staff(make_actor: Any) -> Actor:
    actor: Actor = make_actor(
        Permission.CERTIFICATE_MANAGEMENT, Permission.TRAINING_OVERSIGHT, level=Level.PROVINCE, region="320000"
    )
    return actor


@pytest.fixture
def unit(make_actor: Any) -> Actor:
    actor: Actor = make_actor(Permission.GROUP_REGISTRATION)
    return actor


@pytest.fixture
async def certificate(runtime: Runtime, unit: Actor) -> Certificate:
    return await rendered(runtime, unit_id=unit.organisation_id)


@pytest.mark.req("PLAT-06")
class TestAStranger:
    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", ""), ("GET", "/pdf"), ("GET", "/history"), ("POST", "/retry"), ("POST", "/revoke")],
    )
    async def test_every_route_answers_not_found(
        self, client_for: Any, make_actor: Any, certificate: Certificate, method: str, path: str
    ) -> None:
        strangers = (
            make_actor(Permission.GROUP_REGISTRATION, Permission.CERTIFICATE_MANAGEMENT),
            make_actor(
                Permission.CERTIFICATE_MANAGEMENT, Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320500"
            ),
        )
        for stranger in strangers:
            client = await client_for(app, stranger)
            answer = await client.request(
                method, f"{BASE}/{certificate.id}{path}", json={"reason": "x"} if method == "POST" else None
            )
            assert answer.status_code == 404
            assert answer.json()["code"] == "certificate_not_found"

    async def test_lists_hide_it(self, client_for: Any, make_actor: Any, certificate: Certificate) -> None:
        stranger = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
        answer = await stranger.get(BASE, params={"registration_id": str(certificate.registration_id)})
        assert answer.json()["items"] == []

    async def test_who_has_no_such_right_is_told_so(
        self, client_for: Any, make_actor: Any, certificate: Certificate
    ) -> None:
        client = await client_for(app, make_actor(Permission.HAZARD_DECLARATION))
        assert (await client.get(BASE)).status_code == 403
        nobody = await client_for(app, None)
        assert (await nobody.get(BASE)).status_code == 401

    async def test_the_city_above_sees_it(self, client_for: Any, make_actor: Any, certificate: Certificate) -> None:
        city = make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320100")
        client = await client_for(app, city)
        assert (await client.get(f"{BASE}/{certificate.id}")).status_code == 200


class TestLists:
    @pytest.mark.parametrize(
        "wanted",
        [
            {"plan_name": "诊断医师培训"},
            {"holder_name": "三丰"},
            {"holder_name": "zsf"},
            {"number": "苏职卫培〔2026〕ZD"},
            {"status": "valid"},
        ],
    )
    async def test_filters_find(
        self, client_for: Any, unit: Actor, certificate: Certificate, wanted: dict[str, str]
    ) -> None:
        client = await client_for(app, unit)
        found = (await client.get(BASE, params=wanted)).json()["items"]
        assert [item["id"] for item in found] == [str(certificate.id)]

    @pytest.mark.parametrize(
        "wanted",
        [
            {"plan_name": "放射"},
            {"holder_name": "李"},
            {"number": "%"},
            {"status": "revoked"},
            {"class_session_id": str(new_id())},
            {"registration_id": str(new_id())},
        ],
    )
    async def test_filters_leave_out(
        self, client_for: Any, unit: Actor, certificate: Certificate, wanted: dict[str, str]
    ) -> None:
        client = await client_for(app, unit)
        assert (await client.get(BASE, params=wanted)).json()["items"] == []

    @pytest.mark.req("PLAT-05")
    async def test_resident_ids_are_masked(self, client_for: Any, unit: Actor, certificate: Certificate) -> None:
        answer = await (await client_for(app, unit)).get(BASE)
        assert answer.json()["items"][0]["resident_id"] == MASKED
        assert RESIDENT_ID not in answer.text


@pytest.mark.req("PLAT-05")
class TestTheRecord:
    async def test_the_unit_reads_the_full_id_and_that_is_remembered(
        self, client_for: Any, unit: Actor, certificate: Certificate
    ) -> None:
        client = await client_for(app, unit)
        shown = (await client.get(f"{BASE}/{certificate.id}")).json()
        assert (shown["resident_id"], shown["resident_id_is_full"]) == (RESIDENT_ID, True)
        history = (await client.get(f"{BASE}/{certificate.id}/history")).json()
        assert [entry["action"] for entry in history] == ["issue", "rendered", "view_full"]
        assert history[-1]["actor_name"].endswith("测试员")
        assert history[-1]["address"] is None

    async def test_who_only_oversees_reads_a_masked_id(
        self, client_for: Any, make_actor: Any, certificate: Certificate
    ) -> None:
        client = await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320100"))
        shown = (await client.get(f"{BASE}/{certificate.id}")).json()
        assert (shown["resident_id"], shown["resident_id_is_full"]) == (MASKED, False)
        assert (await client.get(f"{BASE}/{certificate.id}/pdf")).status_code == 403
        history = (await client.get(f"{BASE}/{certificate.id}/history")).json()
        assert "view_full" not in [entry["action"] for entry in history]

    @pytest.mark.req("PLAT-02")
    async def test_it_says_what_can_be_done(
        self, client_for: Any, unit: Actor, staff: Actor, certificate: Certificate
    ) -> None:
        client = await client_for(app, staff)
        actions = (await client.get(f"{BASE}/{certificate.id}")).json()["allowed_actions"]
        assert {a["action"]: (a["allowed"], a["reason"]) for a in actions} == {
            "retry": (False, "证书已经制作完成，可以直接下载"),
            "revoke": (True, None),
            "correct": (True, None),
        }
        listed = (await client.get(BASE, params={"number": certificate.number})).json()["items"]
        assert [each["allowed_actions"] for each in listed] == [actions]
        own = (await (await client_for(app, unit)).get(f"{BASE}/{certificate.id}")).json()
        assert own["allowed_actions"] == []


@pytest.mark.req("CERT-05", "STAFF-10")
class TestDownload:
    async def test_the_pdf_comes_under_a_chinese_name(
        self, client_for: Any, unit: Actor, certificate: Certificate
    ) -> None:
        answer = await (await client_for(app, unit)).get(f"{BASE}/{certificate.id}/pdf")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        assert len(answer.content) == certificate.size
        name = unquote(answer.headers["content-disposition"].partition("UTF-8''")[2])
        assert name == f"张三丰_职业病诊断医师合格证书_{certificate.number}.pdf"

    async def test_while_it_is_made_the_answer_says_so(self, client_for: Any, runtime: Runtime, unit: Actor) -> None:
        waiting = await issued(runtime, unit_id=unit.organisation_id)
        answer = await (await client_for(app, unit)).get(f"{BASE}/{waiting.id}/pdf")
        assert (answer.status_code, answer.json()["code"]) == (409, "certificate_not_ready")
        assert "正在制作" in answer.json()["detail"]

    async def test_a_lost_file_is_an_error_and_no_empty_pdf(
        self, client_for: Any, runtime: Runtime, unit: Actor, certificate: Certificate
    ) -> None:
        assert certificate.storage_key is not None
        await runtime.storage.delete(certificate.storage_key)
        answer = await (await client_for(app, unit)).get(f"{BASE}/{certificate.id}/pdf")
        assert (answer.status_code, answer.json()["code"]) == (404, "file_missing")


@pytest.mark.req("STAFF-10")
class TestRevoke:
    async def test_it_needs_a_reason(self, client_for: Any, staff: Actor, certificate: Certificate) -> None:
        answer = await (await client_for(app, staff)).post(f"{BASE}/{certificate.id}/revoke", json={})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "reason"

    async def test_a_unit_cannot(self, client_for: Any, unit: Actor, certificate: Certificate) -> None:
        answer = await (await client_for(app, unit)).post(f"{BASE}/{certificate.id}/revoke", json={"reason": "x"})
        assert answer.status_code == 403

    async def test_a_revoked_one_stays_for_officials_and_tells_the_unit_why_not(
        self, client_for: Any, unit: Actor, staff: Actor, certificate: Certificate
    ) -> None:
        official = await client_for(app, staff)
        revoked = await official.post(f"{BASE}/{certificate.id}/revoke", json={"reason": "成绩录入有误"})
        assert (revoked.status_code, revoked.json()["status_label"]) == (200, "已撤销")
        again = await official.post(f"{BASE}/{certificate.id}/revoke", json={"reason": "再次"})
        assert (again.status_code, again.json()["code"]) == (409, "status_is_revoked")
        assert (await official.get(f"{BASE}/{certificate.id}/pdf")).status_code == 200
        refused = await (await client_for(app, unit)).get(f"{BASE}/{certificate.id}/pdf")
        assert (refused.status_code, refused.json()["code"]) == (409, "certificate_is_revoked")
        assert "成绩录入有误" in refused.json()["detail"]
