"""What a page needs may be away for hours: nothing fails by itself, no half file is served, and all is made once it is back (PLAT-11)."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text, update

from services.certificates.forms.tasks import render_forms
from services.certificates.invariants import overdue_certificates
from services.certificates.issue.models import Certificate, RenderJob
from services.certificates.issue.workflow import CertificateStatus
from services.certificates.printing import service, tasks
from services.certificates.printing.service import ATTEMPTS
from services.certificates.printing.tasks import render_due
from shared.errors import Unavailable
from shared.runtime import Runtime
from shared.storage import Storage, StorageUnavailable
from tests.services.certificates import forms
from tests.services.certificates.records import issued, jobs_of, stored

pytestmark = pytest.mark.req("PLAT-11", "STAFF-10")


@pytest.fixture
def blocked(tmp_path: Path, runtime: Runtime) -> Runtime:
    """A runtime whose store refuses everything until ``open_store``: files stand where its folders should be."""
    for name in ("certificates", "forms"):
        (tmp_path / name).touch()
    return replace(runtime, storage=Storage(f"file://{tmp_path}"))


def open_store(tmp_path: Path) -> None:
    for name in ("certificates", "forms"):
        (tmp_path / name).unlink()


async def make_due(runtime: Runtime, *certificates: Certificate) -> None:
    """The time that they were to wait is over."""
    ids = [each.id for each in certificates]
    async with runtime.database.unit_of_work() as session:
        await session.execute(
            update(RenderJob)
            .where(RenderJob.certificate_id.in_(ids), RenderJob.done_at.is_(None))
            .values(due_at=text("now()"))
        )


class TestTheStoreIsAway:
    async def test_no_outage_is_long_enough_to_use_the_attempts_up(self, blocked: Runtime, tmp_path: Path) -> None:
        certificate = await issued(blocked)
        for _ in range(ATTEMPTS.most + 2):
            await make_due(blocked, certificate)
            await render_due(blocked)
        [job] = await jobs_of(blocked, certificate)
        assert (job.attempts, job.done_at, job.leased_until) == (0, None, None)
        assert "StorageUnavailable" in (job.last_error or "")
        assert (await stored(blocked, certificate)).status is CertificateStatus.PREPARING
        open_store(tmp_path)
        await make_due(blocked, certificate)
        await render_due(blocked)
        made = await stored(blocked, certificate)
        assert made.status is CertificateStatus.VALID
        assert len(await blocked.storage.get(made.storage_key or "")) == made.size

    async def test_a_worker_that_died_before_still_counts(self, blocked: Runtime, tmp_path: Path) -> None:
        certificate = await issued(blocked)
        async with blocked.database.unit_of_work() as session:
            died = update(RenderJob).where(RenderJob.certificate_id == certificate.id)
            await session.execute(died.values(attempts=2, leased_until=text("now() - interval '1 second'")))
        await render_due(blocked)
        assert [job.attempts for job in await jobs_of(blocked, certificate)] == [2]
        open_store(tmp_path)
        await make_due(blocked, certificate)
        await render_due(blocked)

    async def test_it_is_shown_meanwhile(self, blocked: Runtime, tmp_path: Path) -> None:
        certificate = await issued(blocked)
        await render_due(blocked)
        async with blocked.database.unit_of_work() as session:
            long_ago = update(Certificate).where(Certificate.id == certificate.id)
            await session.execute(long_ago.values(updated_at=text("now() - interval '11 minutes'")))
            found = await overdue_certificates(session)
        assert str(certificate.id) in {finding.subject for finding in found}
        open_store(tmp_path)
        await make_due(blocked, certificate)
        await render_due(blocked)

    async def test_a_run_that_meets_nothing_else_ends(
        self, blocked: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Rendering ten thousand pages every few minutes, each in vain, would help nobody."""
        monkeypatch.setattr(tasks, "OUTAGES_A_RUN", 2)
        certificates = [await issued(blocked) for _ in range(4)]
        await render_due(blocked)
        tried = [job.last_error for each in certificates for job in await jobs_of(blocked, each) if job.last_error]
        assert len(tried) == 2
        open_store(tmp_path)
        await make_due(blocked, *certificates)
        await render_due(blocked)
        assert {(await stored(blocked, each)).status for each in certificates} == {CertificateStatus.VALID}

    async def test_a_form_waits_it_out_too(self, blocked: Runtime, tmp_path: Path) -> None:
        event = await forms.prepared(blocked)
        for _ in range(ATTEMPTS.most + 2):
            await forms.change(blocked, event, "due_at = now()")
            await render_forms(blocked)
        waiting = await forms.stored(blocked, event)
        assert (waiting.attempts, waiting.failure, waiting.done_at) == (0, None, None)
        open_store(tmp_path)
        await forms.change(blocked, event, "due_at = now()")
        await render_forms(blocked)
        assert (await forms.stored(blocked, event)).storage_key is not None


class TestOthersAreAway:
    @pytest.mark.parametrize(
        "error", [StorageUnavailable(), Unavailable(), TimeoutError()], ids=lambda e: type(e).__name__
    )
    async def test_what_is_away_costs_no_attempt(self, runtime: Runtime, error: Exception) -> None:
        certificate = await issued(runtime)
        async with runtime.database.unit_of_work() as session:
            oldest = update(RenderJob).where(RenderJob.certificate_id == certificate.id)
            await session.execute(oldest.values(due_at=text("'2020-01-01'")))
        async with runtime.database.unit_of_work() as session:
            claimed = await service.claim_next(session)
        assert claimed is not None
        assert (claimed.certificate.id, claimed.job.attempts) == (certificate.id, 1)
        async with runtime.database.unit_of_work() as session:
            await service.note_failure(session, claimed, error)
        assert [job.attempts for job in await jobs_of(runtime, certificate)] == [0]
        await make_due(runtime, certificate)
        await render_due(runtime)
        again = await stored(runtime, certificate)
        assert again.status is CertificateStatus.VALID
        assert again.storage_key != claimed.storage_key


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with room for one page or two."""
    made = ["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(made, check=False, capture_output=True).returncode != 0:
        pytest.skip("nobody here may mount a small disk")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def make_room(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)


class TestTheStoreIsFull:
    async def test_what_fits_is_made_and_the_rest_once_there_is_room(self, runtime: Runtime, small_disk: Path) -> None:
        full = replace(runtime, storage=Storage(f"file://{small_disk}"))
        certificates = [await issued(full) for _ in range(5)]
        await render_due(full)
        found = [await stored(full, each) for each in certificates]
        assert {each.status for each in found} == {CertificateStatus.VALID, CertificateStatus.PREPARING}
        keys = {each.storage_key for each in found if each.storage_key}
        assert files_in(small_disk) == keys
        make_room(small_disk)
        await make_due(full, *certificates)
        await render_due(full)
        for each in certificates:
            made = await stored(full, each)
            assert made.status is CertificateStatus.VALID
            assert len(await full.storage.get(made.storage_key or "")) == made.size
