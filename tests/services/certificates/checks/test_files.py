"""A certificate checked by its file (BEY-05, PLAT-07): known by its digest, told from one that was changed, and never kept. Files made to
do harm end as any other stranger's file does.
"""

import io
import zlib
from dataclasses import replace
from typing import Any

import httpx
import pikepdf
import pytest
from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from redis.asyncio import Redis
from sqlalchemy import func, select

from services.certificates.checks import reading
from services.certificates.checks.rate import LocalWindow, TooManyFiles, count_file
from services.certificates.checks.reading import ReadersBusy, is_altered
from services.certificates.issue.models import Certificate
from services.certificates.signing.service import roots_to_trust
from shared.bounded import work
from shared.identifiers import new_id
from shared.runtime import Runtime
from shared.web.idempotency import KeptAnswer
from tests.contracts.problems import check_problem
from tests.services.certificates.records import RESIDENT_ID, published_result, rendered
from tests.services.certificates.test_checks import revoke
from tests.services.certificates.test_reissue import POISON, SKIN, corrected, handed_out, happens

FILES = "/api/certificates/checks/file"
pytestmark = pytest.mark.req("BEY-05", "PLAT-07")


async def pdf_of(runtime: Runtime, certificate: Certificate) -> bytes:
    assert certificate.storage_key is not None
    return await runtime.storage.get(certificate.storage_key)


async def checked(client: httpx.AsyncClient, data: bytes, name: str = "证书.pdf") -> dict[str, Any]:
    answer = await client.post(FILES, files={"file": (name, data, "application/pdf")})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def plain_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    return out.getvalue()


def with_a_revision(pdf: bytes) -> bytes:
    """As a reader saves it that adds a note: what was signed is still there, byte for byte."""
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/Note"] = pdf_string("改一改")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.fixture
async def certificate(runtime: Runtime) -> Certificate:
    return await rendered(runtime)


@pytest.fixture
async def pdf(runtime: Runtime, certificate: Certificate) -> bytes:
    return await pdf_of(runtime, certificate)


class TestOurFile:
    async def test_the_file_that_was_handed_out_is_valid_and_shown_masked(
        self, public: Any, certificate: Certificate, pdf: bytes
    ) -> None:
        told = await checked(await public(), pdf, name="下载.bin")
        assert (told["result"], told["certificate"]["number"]) == ("valid", certificate.number)
        assert "逐字节一致" in told["explanation"]
        assert told["certificate"]["holder_name"] == "张**"
        assert RESIDENT_ID not in str(told)

    async def test_a_revoked_one_is_revoked(
        self, runtime: Runtime, public: Any, certificate: Certificate, pdf: bytes, make_actor: Any
    ) -> None:
        await revoke(runtime, certificate, make_actor)
        assert (await checked(await public(), pdf))["result"] == "revoked"

    @pytest.mark.req("STAFF-09")
    async def test_an_earlier_edition_is_replaced_from_the_correction_on(self, runtime: Runtime, public: Any) -> None:
        result = published_result()
        first = await pdf_of(runtime, await handed_out(runtime, result))
        client = await public()
        now = await handed_out(runtime, corrected(result, SKIN))
        newest = await pdf_of(runtime, now)
        assert [(await checked(client, each))["result"] for each in (first, newest)] == ["replaced", "valid"]
        await happens(runtime, corrected(result, SKIN, POISON))
        assert (await checked(client, newest))["result"] == "replaced"


class TestAnyOtherFile:
    async def test_ours_with_one_byte_changed_is_altered(self, public: Any, pdf: bytes) -> None:
        place = pdf.index(b"stream") + 40
        client = await public()
        for changed in (pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :], with_a_revision(pdf)):
            told = await checked(client, changed)
            assert (told["result"], told["label"], told["certificate"]) == ("altered", "文件被改动", None)

    async def test_whatever_is_not_ours_gets_one_answer(self, public: Any, pdf: bytes) -> None:
        client = await public()
        cut, unsigned = pdf[: len(pdf) // 2], plain_pdf()
        answers = [await checked(client, each) for each in (unsigned, cut, b"%PDF-1.7 and nothing more")]
        assert answers[0]["result"] == "unknown"
        assert answers[0] == answers[1] == answers[2]

    @pytest.mark.parametrize(
        ("name", "data", "status", "code"),
        [
            ("证书.pdf", b"", 422, "file_empty"),
            ("证书.pdf", b"<html></html>", 422, "file_content_mismatch"),
            ("证书.jpg", b"\xff\xd8\xff\xe0" + bytes(100), 415, "file_kind_not_allowed"),
            ("证书.pdf", b"%PDF-1.4" + bytes(10 * 1024 * 1024), 413, "file_too_large"),
        ],
        ids=["empty", "html", "picture", "10-mb-and-more"],
    )
    async def test_what_cannot_be_a_certificate_is_told_why(
        self, public: Any, name: str, data: bytes, status: int, code: str
    ) -> None:
        answer = await (await public()).post(FILES, files={"file": (name, data, "application/pdf")})
        assert check_problem(answer)["code"] == code
        assert answer.status_code == status

    async def test_a_form_without_a_file_names_it(self, public: Any) -> None:
        answer = await (await public()).post(FILES, files={"other": ("a.pdf", b"x")})
        assert [each["field"] for each in check_problem(answer)["errors"]] == ["file"]

    async def test_nothing_of_it_is_kept(self, runtime: Runtime, public: Any, pdf: bytes) -> None:
        key = new_id().hex
        client = await public()
        answer = await client.post(FILES, files={"file": ("a.pdf", pdf)}, headers={"Idempotency-Key": key})
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        async with runtime.database.unit_of_work() as session:
            kept = select(func.count()).select_from(KeptAnswer).where(KeptAnswer.key == key)
            assert await session.scalar(kept) == 0


def hostile_files() -> dict[str, bytes]:
    bomb = zlib.compress(bytes(200 * 1024 * 1024), 9)
    nested = b"[" * 200_000
    loop = b"trailer<</Size 3/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF"
    return {
        "a-table-that-unpacks-to-200-mb": b"%PDF-1.7\n1 0 obj<</Type/XRef/Size 9/W[1 2 1]/Filter/FlateDecode/Length "
        + str(len(bomb)).encode()
        + b">>stream\n"
        + bomb
        + b"\nendstream endobj\nstartxref\n9\n%%EOF",
        "nested": b"%PDF-1.7\n1 0 obj " + nested + b" endobj\nxref\n0 1\n0000000000 65535 f \n" + loop,
        "a-table-before-itself": b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \n" + loop,
    }


class TestHostileFiles:
    @pytest.mark.parametrize("name", list(hostile_files()))
    async def test_it_ends_as_any_file_that_is_not_ours(self, public: Any, name: str) -> None:
        assert (await checked(await public(), hostile_files()[name]))["result"] == "unknown"

    async def test_reading_that_takes_too_long_is_ended(
        self, runtime: Runtime, pdf: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        trust, changed = await roots_to_trust(runtime), pdf + b"%"
        assert await is_altered(changed, trust)
        monkeypatch.setattr(reading, "WORK", replace(reading.WORK, seconds=0))
        assert not await is_altered(changed, trust)

    async def test_whoever_finds_the_readers_busy_is_told_to_come_again(
        self, runtime: Runtime, pdf: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        trust = await roots_to_trust(runtime)
        monkeypatch.setattr(work, "MOST_WAITING", 0)
        with pytest.raises(ReadersBusy) as caught:
            await is_altered(pdf, trust)
        assert caught.value.retry_after
        monkeypatch.undo()
        assert not await is_altered(plain_pdf(), trust)


class TestRate:
    async def test_files_have_a_cap_of_their_own(self, public: Any) -> None:
        client = await public()
        # Two windows may share these calls.
        answers = [await client.post(FILES, files={"file": ("a.pdf", b"")}) for _ in range(13)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert check_problem(refused[0])["code"] == "too_many_file_checks"
        assert 0 < int(refused[0].headers["retry-after"]) <= 60
        assert (await client.get("/api/certificates/checks/x")).status_code == 200

    async def test_without_redis_each_process_counts_for_itself(self) -> None:
        away: Redis = Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=1)
        here = LocalWindow()
        for _ in range(2):
            await count_file(away, "one", limit=2, here=here)
        with pytest.raises(TooManyFiles) as refused:
            await count_file(away, "one", limit=2, here=here)
        assert refused.value.retry_after in range(1, 62)
        await count_file(away, "another", limit=2, here=here)
        await away.aclose()
