"""A bundle for a print shop: the pages alone, in printing order (STAFF-10)."""

import io
from typing import Any

import pikepdf
import pytest
from httpx import AsyncClient

from services.certificates.bundles.bundle_job import UNREADABLE
from services.certificates.bundles.contents import Line
from services.certificates.bundles.merged_parts import NOTE, MergedParts
from services.certificates.jobs.tasks import run_jobs
from shared.identifiers import new_id
from shared.identity import Actor
from shared.runtime import Runtime
from shared.tasks.job_files import JobFiles
from tests.services.certificates.bundles.papers import downloaded, ordered, page, paper, papers, remembered, rows_of
from tests.services.certificates.pages import pixels
from tests.services.certificates.records import rendered

pytestmark = pytest.mark.req("STAFF-10", "PLAT-09")


def words(pdf: pikepdf.Pdf) -> list[str]:
    return [each.obj.Contents.read_bytes().decode()[2:].strip() for each in pdf.pages]


async def merged(client: AsyncClient, runtime: Runtime) -> tuple[dict[str, Any], dict[str, bytes]]:
    address = await ordered(client, filters={}, form="merged")
    await run_jobs(runtime)
    return (await client.get(address)).json(), await downloaded(client, address)


class TestMerged:
    async def test_the_pages_lie_in_printing_order_with_title_and_outline(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        made = await papers(runtime, unit, 3)
        job, files = await merged(client, runtime)
        assert (job["state"], job["done"], job["result"]["note"]) == ("done", 3, NOTE)
        assert "不含电子签名" in NOTE
        (name, data), (contents, sheet) = files.items()
        assert (name.endswith("_1.pdf"), contents.endswith("_目录.xlsx")) == (True, True)
        numbers = sorted(each.number for each in made)
        with pikepdf.open(io.BytesIO(data)) as pdf:
            assert words(pdf) == numbers
            assert str(pdf.docinfo["/Title"]).startswith("培训合格证书（合并打印，不含电子签名）")
            assert str(pdf.Root.Lang) == "zh-CN"
            with pdf.open_outline() as outline:
                assert [entry.title for entry in outline.root] == [f"张三丰 {number}" for number in numbers]
        assert [row["文件名或页码"] for row in rows_of(sheet)] == ["第 1 页", "第 2 页", "第 3 页"]
        assert await remembered(runtime, made) == [1, 1, 1]

    async def test_nothing_of_a_signature_or_a_structure_is_left(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        await papers(runtime, unit, 2)
        _, files = await merged(client, runtime)
        data = next(iter(files.values()))
        with pikepdf.open(io.BytesIO(data)) as pdf:
            assert not {"/AcroForm", "/StructTreeRoot", "/MarkInfo", "/Perms", "/DSS"} & set(pdf.Root.keys())
            for each in pdf.pages:
                assert not {"/StructParents", "/Tabs"} & set(each.obj.keys())
                assert [(str(note.Subtype), "/StructParent" in note) for note in each.obj.Annots] == [("/Link", False)]
            texts = [bytes(text) for text in map(_contents, pdf.objects) if text is not None]
        assert not [text for text in texts if b"SEAL" in text]

    async def test_a_printed_page_looks_as_before(self, client: AsyncClient, runtime: Runtime, unit: Actor) -> None:
        certificate = await rendered(runtime, unit_id=unit.organisation_id)
        before = await runtime.storage.get(certificate.storage_key or "")
        with pikepdf.open(io.BytesIO(before)) as pdf:
            assert "/AcroForm" in pdf.Root, "what is to be dropped must be there for this to mean anything"
        _, files = await merged(client, runtime)
        data = next(iter(files.values()))
        assert pixels(data).tobytes() == pixels(before).tobytes()
        with pikepdf.open(io.BytesIO(data)) as pdf:
            assert not {"/AcroForm", "/StructTreeRoot"} & set(pdf.Root.keys())

    async def test_a_file_that_is_no_pdf_is_told_and_stops_nothing(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        good, bad = await paper(runtime, unit), await paper(runtime, unit, b"no pdf")
        job, files = await merged(client, runtime)
        assert (job["done"], job["failed"]) == (1, 1)
        assert {each["number"]: each["reason"] for each in job["result"]["left_out"]} == {bad.number: UNREADABLE}
        with pikepdf.open(io.BytesIO(next(iter(files.values())))) as pdf:
            assert words(pdf) == [good.number]

    async def test_parts_are_whole_files_of_so_many_certificates(self, runtime: Runtime) -> None:
        files, lines = JobFiles(runtime.storage, f"certificates/jobs/{new_id()}/results"), list[Line]()
        parts = MergedParts(files, lines, part_certificates=2)
        for at in range(1, 6):
            lines.append(Line(at, number=f"N{at}", holder_name="张三"))
            await parts.add(lines[-1], page(f"N{at}"))
        await parts.finish()
        found = []
        for file in files.made[:-1]:
            with pikepdf.open(io.BytesIO(await runtime.storage.get(file["key"]))) as pdf:
                found.append(words(pdf))
        assert found == [["N1", "N2"], ["N3", "N4"], ["N5"]]
        rows = rows_of(await runtime.storage.get(files.made[-1]["key"]))
        assert [row["所在文件"] for row in rows] == [files.made[at]["name"] for at in (0, 0, 1, 1, 2)]
        await files.take_away()


def _contents(thing: Any) -> Any:
    return thing.get("/Contents") if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Sig" else None
