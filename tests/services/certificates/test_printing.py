"""From a numbered certificate to its page, whatever dies in between (PLAT-11)."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import func, select, update

from services.certificates.issue.models import Certificate, RenderJob
from services.certificates.issue.service import act_on_certificate
from services.certificates.issue.workflow import CertificateAction, CertificateStatus, Remake
from services.certificates.printing import service
from services.certificates.printing.pages import make_page
from services.certificates.printing.service import ATTEMPTS, Claimed
from services.certificates.printing.tasks import render_due, render_one
from shared.db.history import RecordType, history_of
from shared.events.log import EventRow
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.services.certificates.records import RESIDENT_ID, issued, jobs_of, rendered, stored

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def claimed(runtime: Runtime, certificate: Certificate) -> Claimed:
    """The job of this certificate, claimed; the jobs of other tests are done before."""
    async with runtime.database.unit_of_work() as session:
        # The oldest of all, so that it is the next.
        await session.execute(
            update(RenderJob).where(RenderJob.certificate_id == certificate.id).values(due_at=LONG_AGO)
        )
    async with runtime.database.unit_of_work() as session:
        found = await service.claim_next(session)
    assert found is not None
    assert found.certificate.id == certificate.id
    return found


async def lapse(runtime: Runtime, certificate: Certificate, **values: Any) -> None:
    """What a killed worker leaves after a minute: a job that nobody holds."""
    async with runtime.database.unit_of_work() as session:
        await session.execute(
            update(RenderJob)
            .where(RenderJob.certificate_id == certificate.id, RenderJob.done_at.is_(None))
            .values(leased_until=LONG_AGO, **values)
        )


async def events_of(runtime: Runtime, certificate: Certificate) -> list[str]:
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(
            select(EventRow.type)
            .where(EventRow.payload["certificate_id"].astext == str(certificate.id))
            .order_by(EventRow.seq)
        )
        return list(rows)


@pytest.mark.req("CERT-05", "CERT-06", "STAFF-10")
class TestAPage:
    async def test_it_is_stored_and_the_certificate_is_valid(self, runtime: Runtime) -> None:
        certificate = await rendered(runtime)
        assert certificate.status is CertificateStatus.VALID
        assert certificate.storage_key is not None
        pdf = await runtime.storage.get(certificate.storage_key)
        assert len(pdf) == certificate.size
        text = pypdfium2.PdfDocument(BytesIO(pdf))[0].get_textpage().get_text_bounded()
        assert certificate.number in text
        assert RESIDENT_ID in text
        assert "初训" in text

    async def test_it_tells_the_others_once(self, runtime: Runtime) -> None:
        certificate = await rendered(runtime)
        await render_due(runtime)
        assert await events_of(runtime, certificate) == ["certificates.certificate.issued.v1"]

    async def test_its_history_tells_each_step(self, runtime: Runtime) -> None:
        certificate = await rendered(runtime)
        async with runtime.database.unit_of_work() as session:
            steps = await history_of(session, RecordType("certificate"), certificate.id)
        assert [step.action for step in steps] == ["issue", "rendered"]
        assert RESIDENT_ID not in repr([(step.before, step.after) for step in steps])


@pytest.mark.req("PLAT-11")
class TestAWorkerDies:
    async def test_a_job_whose_lease_lapsed_is_made_again_and_ends_once(self, runtime: Runtime) -> None:
        certificate = await issued(runtime)
        first = await claimed(runtime, certificate)
        left = await make_page(runtime, first)
        await lapse(runtime, certificate)
        await render_due(runtime)
        after = await stored(runtime, certificate)
        assert after.status is CertificateStatus.VALID
        assert after.number == certificate.number
        assert after.storage_key != left.storage_key
        assert not await runtime.storage.exists(left.storage_key)
        assert [job.attempts for job in await jobs_of(runtime, certificate)] == [2]
        assert len(await events_of(runtime, certificate)) == 1

    async def test_an_attempt_that_comes_late_changes_nothing(self, runtime: Runtime) -> None:
        certificate = await issued(runtime)
        late = await claimed(runtime, certificate)
        await lapse(runtime, certificate)
        await render_due(runtime)
        before = await stored(runtime, certificate)
        await render_one(runtime, late)
        after = await stored(runtime, certificate)
        assert (after.version, after.storage_key) == (before.version, before.storage_key)
        assert not await runtime.storage.exists(late.storage_key)
        assert len(await events_of(runtime, certificate)) == 1

    async def test_an_attempt_that_comes_late_cannot_fail_it_either(self, runtime: Runtime) -> None:
        certificate = await issued(runtime)
        late = await claimed(runtime, certificate)
        await lapse(runtime, certificate)
        await claimed(runtime, certificate)
        async with runtime.database.unit_of_work() as session:
            await service.give_up(session, late.job, "迟到")
        assert (await stored(runtime, certificate)).status is CertificateStatus.PREPARING
        await lapse(runtime, certificate)
        await render_due(runtime)

    async def test_killed_at_each_attempt_it_fails_with_a_reason(self, runtime: Runtime) -> None:
        certificate = await issued(runtime)
        await lapse(runtime, certificate, attempts=ATTEMPTS.most)
        await render_due(runtime)
        after = await stored(runtime, certificate)
        assert after.status is CertificateStatus.FAILED
        assert after.failure == service.GAVE_UP


class TestFailures:
    @pytest.mark.req("STAFF-10", "PLAT-02")
    async def test_a_name_that_no_font_has_says_which_character_and_can_be_tried_again(
        self, runtime: Runtime, make_actor: Any
    ) -> None:
        certificate = await rendered(runtime, person_name="张😀")
        assert certificate.status is CertificateStatus.FAILED
        assert certificate.failure is not None
        assert "😀" in certificate.failure
        assert "U+1F600" in certificate.failure
        staff: Actor = make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE)
        async with runtime.database.unit_of_work() as session:
            answer = await act_on_certificate(
                session,
                actor=staff,
                certificate_id=certificate.id,
                action=CertificateAction.RETRY,
                body=Remake(),
            )
        assert answer.status == CertificateStatus.PREPARING
        assert answer.failure is None
        await render_due(runtime)
        assert (await stored(runtime, certificate)).status is CertificateStatus.FAILED
        assert len(await jobs_of(runtime, certificate)) == 2

    async def test_what_does_not_fit_the_page_is_named_without_the_resident_id(self, runtime: Runtime) -> None:
        certificate = await rendered(runtime, hours=0)
        assert certificate.status is CertificateStatus.FAILED
        assert certificate.failure is not None
        assert "学时" in certificate.failure
        assert RESIDENT_ID not in certificate.failure

    @pytest.mark.req("PLAT-11")
    async def test_a_passing_trouble_is_tried_again_later_and_later(self, runtime: Runtime) -> None:
        certificate = await issued(runtime)
        delays = []
        for _ in range(2):
            job = await claimed(runtime, certificate)
            async with runtime.database.unit_of_work() as session:
                await service.note_failure(session, job, OSError("fonts"))
            async with runtime.database.unit_of_work() as session:
                left = func.extract("epoch", RenderJob.due_at - func.now())
                delays.append(await session.scalar(select(left).where(RenderJob.id == job.job.id)) or 0)
        assert delays[0] > 0
        assert delays[1] > delays[0] + 1
        assert (await stored(runtime, certificate)).status is CertificateStatus.PREPARING
        last = await claimed(runtime, certificate)
        async with runtime.database.unit_of_work() as session:
            await service.note_failure(session, last, OSError("fonts"))

    @pytest.mark.req("PLAT-11")
    async def test_the_last_attempt_ends_it(self, runtime: Runtime) -> None:
        certificate = await issued(runtime)
        await lapse(runtime, certificate, attempts=ATTEMPTS.most - 1)
        job = await claimed(runtime, certificate)
        async with runtime.database.unit_of_work() as session:
            await service.note_failure(session, job, OSError("disk full"))
        assert (await stored(runtime, certificate)).failure == service.GAVE_UP
