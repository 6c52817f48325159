"""Who signs here: one test identity for all processes, an operator's as soon as it is set, and trouble told before a page waits for it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from sqlalchemy import delete, text

from services.certificates.invariants import find_all
from services.certificates.issue.models import Certificate, RenderJob
from services.certificates.issue.workflow import CertificateStatus
from services.certificates.main import app
from services.certificates.printing.tasks import render_due
from services.certificates.settings import CertificatesSettings, certificates_settings
from services.certificates.signing import models, repository
from services.certificates.signing.identity import from_pem
from services.certificates.signing.own_authority import TEST_CA, TEST_SIGNER, make_test_identity
from services.certificates.signing.reading import read_seal
from services.certificates.signing.seal import seal_pdf
from services.certificates.signing.sealing import open_sealer, ready_sealer
from services.certificates.signing.service import (
    identity_of,
    roots_to_trust,
    signing_trouble,
)
from shared.clock import now_utc
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from tests.conftest import ClientFor
from tests.services.certificates.records import issued, jobs_of, stored
from tests.services.certificates.signing.authorities import PASSWORD, authority, yesterday
from tests.services.certificates.signing.pages import small_pdf

Put = Callable[[bytes], int]
pytestmark = pytest.mark.req("BEY-05")


@pytest.fixture
async def process(runtime: Runtime) -> AsyncIterator[Runtime]:
    """A process of its own, which remembers nothing of another's."""
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(open_runtime(Service.CERTIFICATES, pool_size=2, lanes={}))


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Put]:
    """``put(data)`` writes the PKCS#12 file that the environment of this process names; it is not there yet."""
    monkeypatch.setenv("CERTIFICATES_SIGNING_PKCS12", str(tmp_path / "operator.p12"))
    monkeypatch.setenv("CERTIFICATES_SIGNING_PASSWORD", PASSWORD)
    certificates_settings.cache_clear()
    yield (tmp_path / "operator.p12").write_bytes
    monkeypatch.undo()
    certificates_settings.cache_clear()


async def identity_row(runtime: Runtime) -> dict[str, Any] | None:
    async with runtime.database.unit_of_work() as session:
        row = await session.get(models.TestIdentity, 1)
        names = ("id", "certificates", "private_key", "not_after")
        return {name: getattr(row, name) for name in names} if row is not None else None


class TestTheTestIdentity:
    @pytest.fixture
    async def none_yet(self, runtime: Runtime) -> AsyncIterator[None]:
        """The row is put back afterwards: the pages of other tests are signed by it."""
        before = await identity_row(runtime)
        async with runtime.database.unit_of_work() as session:
            await session.execute(delete(models.TestIdentity))
        yield
        async with runtime.database.unit_of_work() as session:
            await session.execute(delete(models.TestIdentity))
            if before is not None:
                session.add(models.TestIdentity(**before))

    @pytest.mark.usefixtures("none_yet")
    async def test_many_processes_at_once_make_one(self, runtime: Runtime, process: Runtime) -> None:
        found = await asyncio.gather(
            *(identity_of(each, CertificatesSettings()) for each in (runtime, process, runtime, process))
        )
        row = await identity_row(runtime)
        assert row is not None
        kept = from_pem(row["certificates"], None, is_test=True).certificate
        assert {each.certificate.sha256 for each in found} == {kept.sha256}

    @pytest.mark.usefixtures("none_yet")
    async def test_whoever_is_second_takes_what_the_first_made(self, runtime: Runtime, process: Runtime) -> None:
        first, second = make_test_identity(now_utc()), make_test_identity(now_utc())
        async with process.database.unit_of_work() as late:
            assert await repository.get_test_identity(late) is None
            async with runtime.database.unit_of_work() as early:
                assert await repository.get_test_identity(early) is None
                await repository.keep_first(early, first)
                waiting = asyncio.create_task(repository.keep_first(late, second))
            assert (await waiting).certificates == first.certificates

    async def test_its_key_is_sealed_at_rest(self, runtime: Runtime) -> None:
        await identity_of(runtime, CertificatesSettings())
        async with runtime.database.unit_of_work() as session:
            [row] = (await session.execute(text("SELECT certificates, private_key FROM test_identities"))).all()
        assert row.certificates.startswith("-----BEGIN CERTIFICATE")
        assert "PRIVATE KEY" not in str(row.private_key)

    async def test_it_says_in_both_names_what_it_is(self, runtime: Runtime) -> None:
        found = await identity_of(runtime, CertificatesSettings())
        assert found.is_test
        assert found.certificate.subject.native["common_name"] == TEST_SIGNER
        assert found.root.subject.native["common_name"] == TEST_CA

    async def test_a_process_keeps_its_sealer(self, process: Runtime) -> None:
        assert await ready_sealer(process) is await ready_sealer(process)


class TestTheOperatorsFile:
    async def test_it_signs_instead_and_is_kept_until_a_restart(self, process: Runtime, put: Put) -> None:
        first = authority("根").issue("签发单位")
        put(first.pkcs12())
        sealer = await ready_sealer(process)
        assert not sealer.identity.is_test
        assert sealer.name == CertificatesSettings().issuer
        put(authority("新根").issue("新的签发单位").pkcs12())
        assert await ready_sealer(process) is sealer

    async def test_a_former_signer_stays_trusted_when_it_is_named(
        self, process: Runtime, put: Put, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        former = authority("旧根").issue("旧签发单位")
        put(former.pkcs12())
        signed = await seal_pdf(small_pdf(), await open_sealer(process, certificates_settings()), reason="试签")
        put(authority("新根").issue("新签发单位").pkcs12())
        (tmp_path / "former.pem").write_text(former.pem(), encoding="ascii")
        assert await trusted(process, signed) is False
        monkeypatch.setenv("CERTIFICATES_SIGNING_ROOTS", str(tmp_path / "former.pem"))
        certificates_settings.cache_clear()
        assert await trusted(process, signed) is True


async def trusted(process: Runtime, signed: bytes) -> bool:
    reading = await read_seal(signed, await roots_to_trust(process))
    assert reading is not None
    assert reading.intact
    return reading.trusted


@pytest.mark.req("PLAT-11", "STAFF-10")
class TestAnOutage:
    async def test_a_broken_identity_keeps_certificates_waiting_and_no_attempt_is_lost(
        self, process: Runtime, put: Put
    ) -> None:
        put(b"broken")
        certificate = await issued(process)
        await render_due(process)
        assert (await stored(process, certificate)).status is CertificateStatus.PREPARING
        [job] = await jobs_of(process, certificate)
        assert job.done_at is None
        assert job.attempts == 0
        assert "密码不正确" in str(job.last_error)
        put(authority("根").issue("签发单位").pkcs12())
        await made_due(process, certificate)
        await render_due(process)
        assert (await stored(process, certificate)).status is CertificateStatus.VALID

    async def test_why_pages_wait_is_found(self, process: Runtime, put: Put) -> None:
        put(b"broken")
        certificate = await issued(process)
        await render_due(process)
        async with process.database.unit_of_work() as session:
            aged = "UPDATE certificates SET updated_at = now() - interval '2 minutes' WHERE id = :id"
            await session.execute(text(aged), {"id": certificate.id})
        found = [finding.check for finding in await find_all(process) if "密码不正确" in finding.detail]
        assert set(found) == {"pages_put_off", "signing"}
        async with process.database.unit_of_work() as session:
            await session.execute(delete(RenderJob).where(RenderJob.certificate_id == certificate.id))
            await session.execute(delete(Certificate).where(Certificate.id == certificate.id))


async def made_due(runtime: Runtime, certificate: Certificate) -> None:
    async with runtime.database.unit_of_work() as session:
        due = "UPDATE render_jobs SET due_at = now() - interval '1 day' WHERE certificate_id = :id"
        await session.execute(text(due), {"id": certificate.id})


class TestTroubleIsToldEarly:
    async def test_none_with_the_default(self, runtime: Runtime) -> None:
        assert await signing_trouble(runtime) is None
        assert "signing" not in {finding.check for finding in await find_all(runtime)}

    async def test_a_missing_file_and_a_wrong_password(
        self, process: Runtime, put: Put, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert "CERTIFICATES_SIGNING_PKCS12" in str(await signing_trouble(process))
        put(authority("根").issue("签发单位").pkcs12())
        assert await signing_trouble(process) is None
        monkeypatch.setenv("CERTIFICATES_SIGNING_PASSWORD", "别的")
        certificates_settings.cache_clear()
        assert "密码不正确" in str(await signing_trouble(process))

    async def test_a_file_that_went_bad_is_told_while_the_old_key_still_signs(self, process: Runtime, put: Put) -> None:
        put(authority("根").issue("签发单位").pkcs12())
        sealer = await ready_sealer(process)
        put(b"")
        assert await signing_trouble(process)
        assert await ready_sealer(process) is sealer

    @pytest.mark.parametrize(("days", "told"), [(40, False), (29, True)])
    async def test_a_certificate_that_runs_out_soon(self, process: Runtime, put: Put, days: int, told: bool) -> None:
        put(authority("根").issue("签发单位", days=days + 1).pkcs12())
        trouble = await signing_trouble(process)
        assert (trouble is not None) is told
        if told:
            assert f"{yesterday() + timedelta(days=days + 1, hours=8):%Y-%m-%d}" in str(trouble)


class TestThePublicChain:
    @pytest.fixture
    async def anybody(self, client_for: ClientFor) -> httpx.AsyncClient:
        return await client_for(app, None)

    async def test_anybody_may_have_it_and_is_told_that_it_is_a_test(
        self, runtime: Runtime, anybody: httpx.AsyncClient
    ) -> None:
        answer = await anybody.get("/api/certificates/signing-certificate")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=3600"
        told = answer.json()
        assert told["is_test"] is True
        assert "无法律效力" in told["notice"]
        signer, root = told["certificates"]
        assert TEST_SIGNER in signer["subject"]
        assert signer["issuer"] == root["subject"] == root["issuer"]
        found = await identity_of(runtime, CertificatesSettings())
        assert root["sha256"] == found.root.sha256.hex()
        assert "PRIVATE" not in answer.text

    async def test_it_can_be_imported(self, anybody: httpx.AsyncClient) -> None:
        answer = await anybody.get("/api/certificates/signing-certificate/chain.pem")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("application/x-pem-file")
        assert "attachment" in answer.headers["content-disposition"]
        assert "test" in answer.headers["content-disposition"]
        signer, root = x509.load_pem_x509_certificates(answer.content)
        signer.verify_directly_issued_by(root)
        told = (await anybody.get("/api/certificates/signing-certificate")).json()
        assert "".join(each["pem"] for each in told["certificates"]) == answer.text
        assert from_pem(answer.text, None, is_test=True).key is None
