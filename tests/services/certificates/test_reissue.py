"""What a corrected result does to a certificate: issued, issued again under its number, revoked, reinstated (STAFF-09)."""

from io import BytesIO
from typing import Any

import httpx
import pypdfium2
import pytest
from sqlalchemy import select

from services.certificates.consumers import HANDLERS
from services.certificates.issue.models import Certificate
from services.certificates.issue.service import act_on_certificate, issue_certificate
from services.certificates.issue.workflow import CertificateAction, CertificateStatus, Remake
from services.certificates.main import app
from services.certificates.printing.pages import make_page
from services.certificates.printing.tasks import render_due, render_one
from shared.db.history import RecordType, history_of
from shared.events.certificates import CertificateReissued, CertificateRetried, CertificateRevoked
from shared.events.log import EventRow
from shared.events.training import Correction, ResultCorrected, ResultPublished
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.services.certificates.records import certificates_of, jobs_of, published_result, stored
from tests.services.certificates.test_printing import claimed, events_of

pytestmark = pytest.mark.req("STAFF-09")
ISSUED, REISSUED, REVOKED = (f"certificates.certificate.{each}.v1" for each in ("issued", "reissued", "revoked"))
SKIN, POISON = "职业性皮肤病", "职业性化学中毒"


def corrected(result: ResultPublished, *specialties: str, **changes: Any) -> ResultCorrected:
    """The person's whole state after a correction; nothing passed without specialties."""
    facts = {**result.model_dump(), "specialties": specialties, "passed": bool(specialties), "reason": "阅卷有误"}
    return ResultCorrected(**{**facts, **changes})


async def happens(runtime: Runtime, event: ResultPublished) -> Certificate | None:
    """The event through its handler; the person's certificate afterwards."""
    async with runtime.database.unit_of_work() as session:
        await HANDLERS[type(event)](session, event)
    async with runtime.database.unit_of_work() as session:
        found = await certificates_of(session, event)
    assert len(found) <= 1
    return found[0] if found else None


async def handed_out(runtime: Runtime, result: ResultPublished) -> Certificate:
    certificate = await happens(runtime, result)
    assert certificate is not None
    await render_due(runtime)
    return await stored(runtime, certificate)


async def text_of(runtime: Runtime, certificate: Certificate) -> str:
    assert certificate.storage_key is not None
    pdf = await runtime.storage.get(certificate.storage_key)
    text: str = pypdfium2.PdfDocument(BytesIO(pdf))[0].get_textpage().get_text_bounded()
    return text


async def payloads(runtime: Runtime, certificate: Certificate, kind: str) -> list[dict[str, Any]]:
    async with runtime.database.unit_of_work() as session:
        rows = select(EventRow.payload).where(
            EventRow.type == kind, EventRow.payload["certificate_id"].astext == str(certificate.id)
        )
        return list(await session.scalars(rows.order_by(EventRow.seq)))


class TestIssue:
    async def test_a_failed_result_that_now_passes_gets_its_first_certificate(self, runtime: Runtime) -> None:
        result = published_result(passed=False, specialties=())
        assert await happens(runtime, result) is None
        certificate = await handed_out(runtime, corrected(result, SKIN))
        assert (certificate.status, certificate.specialties) == (CertificateStatus.VALID, [SKIN])
        assert await events_of(runtime, certificate) == [ISSUED]

    async def test_the_publication_told_again_after_a_correction_doubles_and_changes_nothing(
        self, runtime: Runtime
    ) -> None:
        result = published_result()
        await handed_out(runtime, result)
        now = await handed_out(runtime, corrected(result, SKIN))
        again = await happens(runtime, result)
        assert again is not None
        assert (again.version, again.specialties) == (now.version, [SKIN])
        async with runtime.database.unit_of_work() as session:
            await issue_certificate(session, corrected(result, SKIN))
            assert len(await certificates_of(session, result)) == 1


class TestReissue:
    @pytest.mark.req("CERT-06")
    async def test_other_specialties_make_a_new_page_under_the_same_number(self, runtime: Runtime) -> None:
        result = published_result(specialties=(POISON, SKIN))
        first = await handed_out(runtime, result)
        assert POISON in await text_of(runtime, first)
        after = await handed_out(runtime, corrected(result, SKIN))
        assert (after.number, after.issued_on, after.valid_until) == (first.number, first.issued_on, first.valid_until)
        assert (after.status, after.editions, after.specialties) == (CertificateStatus.VALID, 2, [SKIN])
        text = await text_of(runtime, after)
        assert (SKIN in text, POISON in text, after.number in text) == (True, False, True)
        assert await events_of(runtime, after) == [ISSUED, REISSUED]
        (told,) = await payloads(runtime, after, REISSUED)
        assert CertificateReissued(**told).specialties == (SKIN,)
        assert told["changes"] == f"专业类别由“{POISON}、{SKIN}”改为“{SKIN}”"
        async with runtime.database.unit_of_work() as session:
            steps = await history_of(session, RecordType("certificate"), after.id)
        assert [step.action for step in steps] == ["issue", "rendered", "reissue", "rendered"]
        assert steps[2].reason == "成绩更正：阅卷有误"

    async def test_a_correction_that_changes_no_passed_specialty_leaves_it_alone(self, runtime: Runtime) -> None:
        result = published_result(specialties=(POISON, SKIN))
        first = await handed_out(runtime, result)
        after = await happens(runtime, corrected(result, SKIN, POISON))
        assert after is not None
        assert (after.version, after.status) == (first.version, CertificateStatus.VALID)
        assert len(await jobs_of(runtime, after)) == 1

    async def test_told_twice_it_is_made_once(self, runtime: Runtime) -> None:
        result = published_result(specialties=(POISON, SKIN))
        await handed_out(runtime, result)
        for _ in range(2):
            certificate = await happens(runtime, corrected(result, SKIN))
        assert certificate is not None
        assert len(await jobs_of(runtime, certificate)) == 2
        await render_due(runtime)

    async def test_in_between_the_old_page_stays_but_is_not_given_out_and_the_check_says_what_holds(
        self, runtime: Runtime, client_for: Any, make_actor: Any, public: Any
    ) -> None:
        unit: Actor = make_actor(Permission.GROUP_REGISTRATION)
        result = published_result(specialties=(POISON, SKIN), unit_id=unit.organisation_id)
        first = await handed_out(runtime, result)
        between = await happens(runtime, corrected(result, SKIN))
        assert between is not None
        assert (between.status, between.storage_key) == (CertificateStatus.PREPARING, first.storage_key)
        assert await runtime.storage.exists(first.storage_key or "")
        client: httpx.AsyncClient = await client_for(app, unit)
        answer = await client.get(f"/api/certificates/certificates/{first.id}/pdf")
        assert (answer.status_code, answer.json()["code"]) == (409, "certificate_not_ready")
        assert "换发" in answer.json()["detail"]
        query = {"number": first.number, "name": first.holder_name}
        checked = (await (await public()).post("/api/certificates/checks", json=query)).json()
        assert (checked["result"], checked["certificate"]["specialties"]) == ("valid", [SKIN])
        await render_due(runtime)
        assert (await client.get(f"/api/certificates/certificates/{first.id}/pdf")).status_code == 200

    @pytest.mark.req("PLAT-11")
    async def test_a_page_under_way_with_the_old_facts_is_thrown_away(self, runtime: Runtime) -> None:
        result = published_result(specialties=(POISON, SKIN))
        certificate = await happens(runtime, result)
        assert certificate is not None
        late = await claimed(runtime, certificate)
        left = await make_page(runtime, late)
        await happens(runtime, corrected(result, SKIN))
        await render_one(runtime, late)
        assert (await stored(runtime, certificate)).status is CertificateStatus.PREPARING
        assert not await runtime.storage.exists(left.storage_key)
        await render_due(runtime)
        after = await stored(runtime, certificate)
        assert (after.status, after.editions) == (CertificateStatus.VALID, 1)
        assert POISON not in await text_of(runtime, after)
        assert await events_of(runtime, after) == [ISSUED]


class TestRevoke:
    async def test_when_nothing_is_passed_any_more_it_is_revoked_with_the_correction_as_reason(
        self, runtime: Runtime, public: Any
    ) -> None:
        result = published_result()
        first = await handed_out(runtime, result)
        after = await happens(runtime, corrected(result))
        assert after is not None
        assert (after.status, after.revocation_reason) == (CertificateStatus.REVOKED, "成绩更正：阅卷有误")
        (told,) = await payloads(runtime, first, REVOKED)
        assert CertificateRevoked(**told).by_correction
        query = {"number": first.number, "name": first.holder_name}
        checked = (await (await public()).post("/api/certificates/checks", json=query)).json()
        assert checked["result"] == "revoked"

    @pytest.mark.req("BEY-15", "BEY-05")
    async def test_of_corrected_attendance_nobody_is_told_that_scores_were(self, runtime: Runtime, public: Any) -> None:
        result, of = published_result(specialties=(SKIN,)), Correction.ATTENDANCE
        first = await handed_out(runtime, result)
        query = {"number": first.number, "name": first.holder_name}

        async def checked() -> str:
            answer = await (await public()).post("/api/certificates/checks", json=query)
            return f"{answer.json()['result']} {answer.json()['explanation']}"

        after = await happens(runtime, corrected(result, of=of))
        assert after is not None
        assert (after.status, after.revocation_reason) == (CertificateStatus.REVOKED, "出勤更正：阅卷有误")
        words = [await checked()]
        await happens(runtime, corrected(result, SKIN, of=of))
        words.append(await checked())
        await render_due(runtime)
        words.append(await checked())
        assert [each.split()[0] for each in words] == ["revoked", "valid", "valid"]
        assert "成绩" not in "".join(words)

    async def test_it_comes_back_under_its_number_when_a_correction_had_revoked_it(self, runtime: Runtime) -> None:
        result = published_result(specialties=(SKIN,))
        first = await handed_out(runtime, result)
        await happens(runtime, corrected(result))
        back = await handed_out(runtime, corrected(result, SKIN))
        assert (back.id, back.number, back.status) == (first.id, first.number, CertificateStatus.VALID)
        assert (back.revoked_on, back.revocation_reason, back.revoked_by_correction) == (None, None, False)
        assert await events_of(runtime, back) == [ISSUED, REVOKED, REISSUED]

    @pytest.mark.req("STAFF-10")
    async def test_what_a_person_revoked_stays_revoked(
        self, runtime: Runtime, client_for: Any, make_actor: Any
    ) -> None:
        result = published_result(specialties=(POISON, SKIN))
        first = await handed_out(runtime, result)
        staff = make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE, region="320000")
        client: httpx.AsyncClient = await client_for(app, staff)
        answer = await client.post(f"/api/certificates/certificates/{first.id}/revoke", json={"reason": "冒名顶替"})
        assert answer.status_code == 200
        by_name = {"person_name": "张三峰", "of": Correction.IDENTITY}
        for event in (corrected(result), corrected(result, POISON, **by_name)):
            after = await happens(runtime, event)
            assert after is not None
            assert (after.status, after.revocation_reason) == (CertificateStatus.REVOKED, "冒名顶替")
        (told,) = await payloads(runtime, first, REVOKED)
        assert not CertificateRevoked(**told).by_correction
        history = (await client.get(f"/api/certificates/certificates/{first.id}/history")).json()
        assert history[-1]["action_label"] == "更正后仍为撤销"

    async def test_one_that_was_never_handed_out_is_dropped_without_a_word_and_never_shown(
        self, runtime: Runtime, public: Any
    ) -> None:
        result = published_result(specialties=(SKIN,))
        waiting = await happens(runtime, result)
        assert waiting is not None
        await happens(runtime, corrected(result))
        await render_due(runtime)
        after = await stored(runtime, waiting)
        assert (after.status, after.editions) == (CertificateStatus.REVOKED, 0)
        assert await events_of(runtime, after) == []
        query = {"number": after.number, "name": after.holder_name}
        assert (await (await public()).post("/api/certificates/checks", json=query)).json()["result"] == "unknown"
        back = await handed_out(runtime, corrected(result, SKIN))
        assert (back.number, back.status) == (after.number, CertificateStatus.VALID)
        assert await events_of(runtime, back) == [ISSUED]


@pytest.mark.req("BEY-19", "STAFF-10")
async def test_a_page_tried_again_bears_the_name_of_now(runtime: Runtime, make_actor: Any) -> None:
    result = published_result(person_name="张😀")
    failed = await handed_out(runtime, result)
    assert failed.status is CertificateStatus.FAILED
    staff: Actor = make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE)
    async with runtime.database.unit_of_work() as session:
        await act_on_certificate(
            session, actor=staff, certificate_id=failed.id, action=CertificateAction.RETRY, body=Remake()
        )
    async with runtime.database.unit_of_work() as session:
        retried = CertificateRetried.type
        rows = await session.scalars(select(EventRow.payload).where(EventRow.type == retried))
        assert [row["person_id"] for row in rows if row["certificate_id"] == str(failed.id)] == [str(failed.person_id)]
    present = corrected(result, *result.specialties, person_name="张䶮", of=Correction.IDENTITY, reason="重新制作证书")
    await happens(runtime, present)
    await render_due(runtime)
    made = await stored(runtime, failed)
    assert (made.status, made.holder_name, made.number) == (CertificateStatus.VALID, "张䶮", failed.number)
    await happens(runtime, present)
    assert (await stored(runtime, failed)).editions == 1
