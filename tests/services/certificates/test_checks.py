"""The public check (BEY-05): what a QR leads to, what a number and a name find, and that nothing can be collected with it."""

from datetime import date
from typing import Any

import pytest
from redis.asyncio import Redis

from services.certificates.checks.rate import TooManyChecks, count_check
from services.certificates.checks.schemas import mask_name
from services.certificates.checks.workflow import CheckResult, result_of
from services.certificates.issue.models import Certificate
from services.certificates.issue.service import act_on_certificate
from services.certificates.issue.tokens import token_of_page
from services.certificates.issue.workflow import CertificateAction, CertificateStatus
from shared.crypto import sign_short
from shared.identifiers import new_id
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.workflow.definition import ActionBody
from tests.services.certificates.records import RESIDENT_ID, issued, rendered

CHECKS = "/api/certificates/checks"
pytestmark = pytest.mark.req("BEY-05")


def token_of(runtime: Runtime, certificate: Certificate) -> str:
    """The QR of the newest page."""
    return token_of_page(runtime.settings.signing_key, certificate.id, certificate.editions or 1)


async def revoke(runtime: Runtime, certificate: Certificate, make_actor: Any) -> None:
    staff = make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE)
    async with runtime.database.unit_of_work() as session:
        await act_on_certificate(
            session,
            actor=staff,
            certificate_id=certificate.id,
            action=CertificateAction.REVOKE,
            body=ActionBody(reason="成绩有误"),
        )


@pytest.fixture
async def certificate(runtime: Runtime) -> Certificate:
    return await rendered(runtime)


class TestByQr:
    async def test_a_valid_one_is_shown_masked(self, runtime: Runtime, public: Any, certificate: Certificate) -> None:
        answer = await (await public()).get(f"{CHECKS}/{token_of(runtime, certificate)}")
        shown = answer.json()
        assert (shown["result"], shown["label"]) == ("valid", "有效")
        assert shown["certificate"]["number"] == certificate.number
        assert shown["certificate"]["holder_name"] == "张**"
        assert shown["certificate"]["resident_id"] == "1101********002X"
        assert RESIDENT_ID not in answer.text
        assert "张三丰" not in answer.text

    async def test_the_page_says_the_same(self, runtime: Runtime, public: Any, certificate: Certificate) -> None:
        page = await (await public()).get(f"/verify/{token_of(runtime, certificate)}")
        assert page.status_code == 200
        assert "<h2>有效</h2>" in page.text
        assert certificate.number in page.text
        assert "张三丰" not in page.text
        assert "<script" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]

    async def test_a_revoked_one_says_so(
        self, runtime: Runtime, public: Any, certificate: Certificate, make_actor: Any
    ) -> None:
        await revoke(runtime, certificate, make_actor)
        client = await public()
        page = await client.get(f"/verify/{token_of(runtime, certificate)}")
        assert "<h2>已撤销</h2>" in page.text
        assert "有效</h2>" not in page.text
        assert "成绩有误" not in page.text
        answer = (await client.get(f"{CHECKS}/{token_of(runtime, certificate)}")).json()
        assert answer["result"] == "revoked"
        assert answer["certificate"]["revoked_on"] is not None

    async def test_a_changed_token_is_unknown(self, runtime: Runtime, public: Any, certificate: Certificate) -> None:
        token = token_of(runtime, certificate)
        swapped = ("A" if token[3] != "A" else "B").join((token[:3], token[4:]))
        foreign = sign_short(("another key",), certificate.id.bytes)
        nobody = sign_short(runtime.settings.signing_key, new_id().bytes)
        client = await public()
        for bad in (swapped, foreign, nobody, certificate.id.hex, "x", "证书"):
            answer = (await client.get(f"{CHECKS}/{bad}")).json()
            assert (answer["result"], answer["certificate"]) == ("unknown", None)
            page = await client.get(f"/verify/{bad}")
            assert page.status_code == 404
            assert "<h2>查无此证</h2>" in page.text

    async def test_one_without_a_page_is_unknown(self, runtime: Runtime, public: Any) -> None:
        waiting = await issued(runtime)
        answer = await (await public()).get(f"{CHECKS}/{token_of(runtime, waiting)}")
        assert answer.json()["result"] == "unknown"

    async def test_markup_in_a_name_stays_text(self, runtime: Runtime, public: Any) -> None:
        certificate = await rendered(runtime, unit_name="<b>医院</b>")
        page = await (await public()).get(f"/verify/{token_of(runtime, certificate)}")
        assert "&lt;b&gt;医院" in page.text


class TestByNumberAndName:
    async def test_both_together_find_it(self, public: Any, certificate: Certificate) -> None:
        client = await public()
        for number in (certificate.number, certificate.number.replace("〔", "[").replace("〕", "] ").lower()):
            answer = await client.post(CHECKS, json={"number": number, "name": "张三丰"})
            assert answer.json()["result"] == "valid"

    async def test_however_it_was_copied_it_is_found(self, runtime: Runtime, public: Any) -> None:
        client = await public()
        found = await rendered(runtime, person_name="帕提古丽·R. 艾山")
        wide = found.number.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
        for number, name in (
            (wide, "帕提古丽•r.\u3000艾山"),
            (f"\u2066{wide.replace('－', '–')}\u2069", "帕提古丽 ．R・艾山"),
        ):
            answer = await client.post(CHECKS, json={"number": number, "name": name})
            assert answer.json()["result"] == "valid"
        for name in ("帕提古丽", "R. 艾山", "艾山·R. 帕提古丽", "帕提古丽·R. 艾山山"):
            answer = await client.post(CHECKS, json={"number": found.number, "name": name})
            assert answer.json()["result"] == "unknown"

    async def test_one_alone_gets_the_answer_of_none(self, public: Any, certificate: Certificate) -> None:
        client = await public()
        wrong_name = await client.post(CHECKS, json={"number": certificate.number, "name": "张三"})
        wrong_number = await client.post(CHECKS, json={"number": certificate.number + "9", "name": "张三丰"})
        assert wrong_name.json() == wrong_number.json()
        assert wrong_name.json()["result"] == "unknown"
        missing = await client.post(CHECKS, json={"number": certificate.number})
        assert missing.status_code == 422


class TestRate:
    async def test_the_one_too_many_waits(self, runtime: Runtime) -> None:
        address = new_id().hex
        for _ in range(3):
            await count_check(runtime.redis, address, limit=3)
        with pytest.raises(TooManyChecks) as refused:
            await count_check(runtime.redis, address, limit=3)
        assert refused.value.retry_after in range(1, 61)
        await count_check(runtime.redis, new_id().hex, limit=3)
        assert 0 < await runtime.redis.ttl(f"checks:{address}") <= 60

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", f"{CHECKS}/x"),
            ("POST", CHECKS),
            ("GET", "/verify/x"),
            ("GET", "/verify"),
            ("POST", "/verify/by-number"),
        ],
    )
    async def test_every_route_counts(self, public: Any, method: str, path: str) -> None:
        client = await public()
        # Two windows may share these calls, so twice the limit and one more must meet it.
        statuses = [(await client.request(method, path, json={"number": "1", "name": "1"})) for _ in range(121)]
        refused = [answer for answer in statuses if answer.status_code == 429]
        assert refused
        assert 0 < int(refused[0].headers["retry-after"]) <= 60

    async def test_without_redis_checks_go_on(self, runtime: Runtime) -> None:
        away: Redis = Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=1)
        for _ in range(2):
            await count_check(away, "address", limit=0)
        await away.aclose()


@pytest.mark.parametrize(
    ("status", "last", "result"),
    [
        (CertificateStatus.VALID, None, CheckResult.VALID),
        (CertificateStatus.VALID, date(2026, 6, 1), CheckResult.VALID),
        (CertificateStatus.VALID, date(2026, 5, 31), CheckResult.EXPIRED),
        (CertificateStatus.REVOKED, date(2026, 5, 31), CheckResult.REVOKED),
    ],
)
def test_the_last_valid_day_counts(status: CertificateStatus, last: date | None, result: CheckResult) -> None:
    assert result_of(status, last, date(2026, 6, 1)) is result


def test_names_show_one_character() -> None:
    assert [mask_name(name) for name in ("张三", "欧阳䶮三", "张")] == ["张*", "欧***", "张*"]
