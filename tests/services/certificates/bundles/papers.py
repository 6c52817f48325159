"""Certificates whose files are there without having been rendered, and bundles as tests order and read them."""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import pikepdf
from httpx import AsyncClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from services.certificates.issue.models import Certificate, RenderJob
from services.certificates.issue.service import issue_certificate
from services.certificates.issue.workflow import CERTIFICATE, CertificateAction, StoredFile
from services.certificates.jobs.kinds import JOBS
from services.certificates.jobs.models import Job
from shared.db.history import history_of
from shared.identity import SYSTEM, Actor
from shared.runtime import Runtime
from shared.tasks import job_rows
from shared.tasks.job_runner import JobRun
from shared.workflow.apply import apply
from tests.services.certificates.records import certificates_of, published_result

BUNDLES = "/api/certificates/bundles"
CERTIFICATES = "/api/certificates/certificates"


def page(words: str, *, size: int = 0) -> bytes:
    """A signed page, as far as its parts go: a field with a signature, a structure, and ``size`` bytes that do not get smaller."""
    pdf = pikepdf.new()
    made = pdf.add_blank_page(page_size=(420, 297))
    made.obj.Contents = pdf.make_stream(f"% {words}\n".encode() + hashlib.shake_128(words.encode()).digest(size))
    field = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Sig,
            Rect=[0, 0, 0, 0],
            T=pikepdf.String("Signature"),
            V=pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Sig, Contents=pikepdf.String("SEAL" * 500))),
        )
    )
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], StructParent=1)
    made.obj.Annots = pikepdf.Array([field, pdf.make_indirect(link)])
    made.obj.StructParents = 0
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field], SigFlags=3)
    pdf.Root.StructTreeRoot = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
    buffer = io.BytesIO()
    pdf.save(buffer, compress_streams=False, static_id=True)
    return buffer.getvalue()


async def paper(runtime: Runtime, unit: Actor, data: bytes | None = None, **changes: Any) -> Certificate:
    """A valid certificate of the unit; ``data`` is its file."""
    result = published_result(**{"unit_id": unit.organisation_id, **changes})
    async with runtime.database.unit_of_work() as session:
        await issue_certificate(session, result)
        (certificate,) = await certificates_of(session, result)
        data = page(certificate.number) if data is None else data
        done = update(RenderJob).where(RenderJob.certificate_id == certificate.id)
        await session.execute(done.values(done_at=certificate.created_at))
        file = StoredFile(
            storage_key=f"certificates/{certificate.id}/1.pdf",
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            template_version="certificate/v1",
        )
        await runtime.storage.put(file.storage_key, data, "application/pdf")
        await apply(session, CERTIFICATE, certificate, CertificateAction.RENDERED, actor=SYSTEM, body=file)
    return certificate


async def papers(runtime: Runtime, unit: Actor, count: int, **changes: Any) -> list[Certificate]:
    return [await paper(runtime, unit, **changes) for _ in range(count)]


async def ordered(client: AsyncClient, **body: Any) -> str:
    """Orders a bundle and gives the address of its job."""
    answer = await client.post(BUNDLES, json=body)
    assert answer.status_code == 202, answer.text
    return answer.headers["Location"]


async def claimed(runtime: Runtime) -> JobRun[Job]:
    """The next job in the hands of a worker."""
    async with runtime.database.unit_of_work() as session:
        job = await job_rows.claim_job(session, JOBS)
    assert job is not None
    return JobRun(runtime, JOBS, job)


async def downloaded(client: AsyncClient, address: str) -> dict[str, bytes]:
    """Every file of a job by its name."""
    found = {}
    for file in (await client.get(address)).json()["files"]:
        answer = await client.get(f"{address}/file", params={"part": file["part"]})
        assert (answer.status_code, len(answer.content)) == (200, file["size"])
        assert unquote(answer.headers["content-disposition"].partition("UTF-8''")[2]) == file["name"]
        found[file["name"]] = answer.content
    return found


def unpacked(data: bytes) -> dict[str, bytes]:
    """The entries of a ZIP, in their order, each checked."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(sheet: bytes) -> list[dict[str, Any]]:
    """The rows of a 目录 by its titles."""
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


async def remembered(runtime: Runtime, certificates: Sequence[Certificate]) -> list[int]:
    """How often each of these was bundled, as their histories say."""
    async with runtime.database.unit_of_work() as session:
        histories = [await history_of(session, CERTIFICATE, each.id) for each in certificates]
    return [sum(entry.action == "bundle" for entry in history) for history in histories]


async def job_row(runtime: Runtime, address: str) -> Job:
    async with runtime.database.unit_of_work() as session:
        return (await session.scalars(select(Job).where(Job.id == address.rpartition("/")[2]))).one()
