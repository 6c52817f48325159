"""A bundle as ZIP: what is in it, in what order, under what names, and what is said of those that are not (STAFF-10)."""

import io
import zipfile
from typing import Any

import pytest
from httpx import AsyncClient

from services.certificates.bundles.bundle_job import CHANGED, MISSING
from services.certificates.bundles.contents import Line, contents_sheet, longest
from services.certificates.bundles.ordering import number_key
from services.certificates.bundles.zip_parts import ZipParts
from services.certificates.issue.models import Certificate
from services.certificates.jobs.tasks import run_jobs
from services.certificates.main import app
from shared.identifiers import new_id
from shared.identity import Actor
from shared.runtime import Runtime
from shared.tasks.job_files import JobFiles
from tests.conftest import ClientFor
from tests.services.certificates.bundles.papers import (
    CERTIFICATES,
    downloaded,
    ordered,
    page,
    paper,
    papers,
    remembered,
    rows_of,
    unpacked,
)
from tests.services.certificates.records import issued

pytestmark = pytest.mark.req("STAFF-10", "PLAT-09")


async def bundled(client: AsyncClient, runtime: Runtime, **body: Any) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The job after the worker has had its time, and the entries of its only part."""
    address = await ordered(client, **body)
    await run_jobs(runtime)
    (data,) = (await downloaded(client, address)).values()
    return (await client.get(address)).json(), unpacked(data)


def ids(*certificates: Certificate) -> list[str]:
    return [str(each.id) for each in certificates]


class TestZip:
    async def test_every_certificate_is_in_it_as_it_was_signed(
        self, client: AsyncClient, runtime: Runtime, unit: Actor
    ) -> None:
        made = await papers(runtime, unit, 3)
        job, entries = await bundled(client, runtime, certificate_ids=ids(*made))
        numbers = sorted(each.number for each in made)
        names = [f"{at:04}_张三丰_{number}.pdf" for at, number in enumerate(numbers, 1)]
        assert list(entries) == [*names, "目录.xlsx"]
        for name, number in zip(names, numbers, strict=True):
            assert entries[name] == page(number)
        assert (job["state"], job["total"], job["done"], job["failed"]) == ("done", 3, 3, 0)
        assert job["result"] == {"form": "zip", "included": 3, "failed": 0, "left_out": [], "note": ""}
        rows = rows_of(entries["目录.xlsx"])
        assert [(row["序号"], row["证书编号"], row["文件名或页码"]) for row in rows] == [
            (at, number, name) for at, (number, name) in enumerate(zip(numbers, names, strict=True), 1)
        ]

    async def test_every_unpacker_can_read_it(self, client: AsyncClient, runtime: Runtime, unit: Actor) -> None:
        """Sizes stand before the entries, names are marked as UTF-8, and nothing is packed."""
        await papers(runtime, unit, 2)
        address = await ordered(client, filters={})
        await run_jobs(runtime)
        ((name, data),) = (await downloaded(client, address)).items()
        assert name.startswith("证书_20")
        assert name.endswith("_1.zip")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert {(entry.flag_bits, entry.compress_type) for entry in archive.infolist()} == {(0x800, 0)}

    async def test_one_that_cannot_be_had_is_told_and_stops_nothing(
        self, client: AsyncClient, client_for: ClientFor, runtime: Runtime, unit: Actor, staff: Actor
    ) -> None:
        good, lost, changed, revoked = await papers(runtime, unit, 4)
        waiting = await issued(runtime, unit_id=unit.organisation_id)
        await runtime.storage.delete(lost.storage_key or "")
        await runtime.storage.put(changed.storage_key or "", page("other"), "application/pdf")
        official = await client_for(app, staff)
        await official.post(f"{CERTIFICATES}/{revoked.id}/revoke", json={"reason": "成绩录入有误"})
        refused = {
            each.number: (await client.get(f"{CERTIFICATES}/{each.id}/pdf")).json()["detail"]
            for each in (waiting, revoked)
        }
        job, entries = await bundled(client, runtime, filters={})
        assert (job["done"], job["failed"]) == (1, 4)
        assert [name for name in entries if good.number in name] == [name for name in entries if name.endswith(".pdf")]
        reasons = {row["证书编号"]: row["未收录原因"] for row in rows_of(entries["目录.xlsx"])}
        assert reasons == {good.number: "", lost.number: MISSING, changed.number: CHANGED, **refused}
        assert {each["number"]: each["reason"] for each in job["result"]["left_out"]} == {
            number: reason for number, reason in reasons.items() if reason
        }
        assert await remembered(runtime, [good, lost, changed, revoked, waiting]) == [1, 0, 0, 0, 0]

    async def test_an_official_gets_a_revoked_one_as_by_its_own_page(
        self, client_for: ClientFor, runtime: Runtime, unit: Actor, staff: Actor
    ) -> None:
        revoked = await paper(runtime, unit)
        official = await client_for(app, staff)
        await official.post(f"{CERTIFICATES}/{revoked.id}/revoke", json={"reason": "成绩录入有误"})
        job, entries = await bundled(official, runtime, certificate_ids=ids(revoked))
        assert job["done"] == 1
        assert rows_of(entries["目录.xlsx"])[0]["状态"] == "已撤销"

    async def test_one_with_nothing_in_it_says_why(self, client: AsyncClient, runtime: Runtime, unit: Actor) -> None:
        waiting = await issued(runtime, unit_id=unit.organisation_id)
        job, entries = await bundled(client, runtime, certificate_ids=ids(waiting))
        assert (list(entries), job["failed"]) == (["目录.xlsx"], 1)

    @pytest.mark.req("PLAT-04", "PLAT-05")
    async def test_each_that_went_out_remembers_it(self, client: AsyncClient, runtime: Runtime, unit: Actor) -> None:
        made = await papers(runtime, unit, 2)
        await bundled(client, runtime, filters={})
        (entry,) = [
            entry
            for entry in (await client.get(f"{CERTIFICATES}/{made[0].id}/history")).json()
            if entry["action"] == "bundle"
        ]
        assert entry["action_label"] == "打包下载"
        assert entry["actor_name"] == f"{unit.organisation_name} {unit.person_name}"
        assert await remembered(runtime, made) == [1, 1]


class TestNames:
    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("../../etc/passwd", "_etc_passwd"),
            ('C:\\a|b?*"<>', "C_a_b"),
            ("张\u202e三\u200d丰\x00\n", "张三丰"),
            ("..", "证书"),
            ("王😀" * 40, "王😀" * 20),
            ("\U00020bb7野", "\U00020bb7野"),
        ],
    )
    async def test_a_name_is_no_path_and_shows_what_it_is(
        self, client: AsyncClient, runtime: Runtime, unit: Actor, name: str, shown: str
    ) -> None:
        made = await paper(runtime, unit, page("x"), person_name=name.replace("\x00", ""))
        _, entries = await bundled(client, runtime, filters={})
        assert next(iter(entries)) == f"0001_{shown.strip('_')}_{made.number}.pdf"
        assert len(next(iter(entries)).encode()) < 256


class TestOrder:
    async def test_by_number_as_numbers_count(self) -> None:
        found = sorted(["B-0001", "A-10000", "A-9999", "A-0009"], key=number_key)
        assert found == ["A-0009", "A-9999", "A-10000", "B-0001"]

    async def test_by_unit_and_name_as_pinyin_sorts(self, client: AsyncClient, runtime: Runtime, unit: Actor) -> None:
        for name in ("王五", "张三", "安六"):
            await paper(runtime, unit, person_name=name)
        _, entries = await bundled(client, runtime, filters={}, order="unit")
        assert [name.split("_")[1] for name in entries if name.endswith("pdf")] == ["安六", "王五", "张三"]

    async def test_by_class_session_and_number(self, client: AsyncClient, runtime: Runtime, unit: Actor) -> None:
        one, other = new_id(), new_id()
        made = [await paper(runtime, unit, class_session_id=each) for each in (one, other, one, other)]
        _, entries = await bundled(client, runtime, filters={}, order="class_session")
        found = [name.split("_")[2].removesuffix(".pdf") for name in entries if name.endswith("pdf")]
        sessions = {each.number: each.class_session_id for each in made}
        assert [sessions[number] for number in found] == [one, one, other, other]
        assert found[:2] == sorted(found[:2])


class TestParts:
    async def test_each_part_is_a_zip_below_the_limit(self, runtime: Runtime) -> None:
        """And its 目录 names all certificates up to there, so that the last one names all."""
        files, lines = JobFiles(runtime.storage, f"certificates/jobs/{new_id()}/results"), list[Line]()
        limit = longest(7) + 100_000
        parts = ZipParts(files, lines, total=7, part_bytes=limit)
        for at in range(1, 8):
            line = Line(at, number=f"N{at}", holder_name="张三")
            await parts.add(line, bytes(40_000))
            lines.append(line)
        await parts.finish()
        assert len(files.made) == 4
        assert max(file["size"] for file in files.made) <= limit
        seen = []
        for at, file in enumerate(files.made, 1):
            assert file["name"].endswith(f"_{at}.zip")
            *names, contents = unpacked(await runtime.storage.get(file["key"])).items()
            seen += [name for name, _ in names]
            rows = rows_of(contents[1])
            assert [row["文件名或页码"] for row in rows] == seen
            assert {row["所在文件"] for row in rows} <= {made["name"] for made in files.made[:at]}
        assert len(seen) == 7
        await files.take_away()

    async def test_one_that_is_longer_than_a_part_stands_alone(self, runtime: Runtime) -> None:
        files, lines = JobFiles(runtime.storage, f"certificates/jobs/{new_id()}/results"), list[Line]()
        parts = ZipParts(files, lines, total=2, part_bytes=longest(2) + 1000)
        for at in (1, 2):
            await parts.add(Line(at, number=f"N{at}", holder_name="张三"), bytes(5000))
        await parts.finish()
        assert len(files.made) == 2
        await files.take_away()

    def test_the_room_left_for_the_contents_is_enough(self) -> None:
        lines = [
            Line(
                at,
                f"苏职卫培〔2026〕ZD{at:04}",
                "名" * 20,
                f"单位{at}" * 6,
                "班" * 30,
                2,
                "有效",
                "证书_1.zip",
                f"{at:04}_{at * 7919}.pdf",
            )
            for at in range(2000)
        ]
        assert len(contents_sheet(lines)) < longest(len(lines))
