"""A worker that is killed while it makes a ZIP: another begins it anew, the file is whole, and nothing of the first is left (PLAT-09)."""

import pytest

from ops.journey.play import Play, body_of, until
from ops.journey.steps import publish_scores, receive_certificates
from shared.services import Service
from tests.faults.inside import SLOW, Inside
from tests.faults.test_lost_workers import killed_in_the_middle
from tests.faults.whole import ready_to_publish
from tests.services.certificates.bundles.papers import rows_of, unpacked
from tests.sessions import open_play
from tests.stack import Stack

pytestmark = pytest.mark.req("PLAT-09", "PLAT-11", "STAFF-10")
BUNDLED = "SELECT count(*) FROM history WHERE action = 'bundle' GROUP BY record_id HAVING record_id = %s"
LAPSED = "UPDATE jobs SET leased_until = now() - interval '1 second' WHERE done_at IS NULL"


async def ended(play: Play, address: str) -> dict[str, object]:
    async def done() -> object:
        job = body_of(await play.unit.get(address))
        return job if job["ended_at"] else None

    job: dict[str, object] = await until(done, "a job that has ended")
    return job


async def test_the_slow_worker_killed_while_it_makes_a_zip(stack: Stack) -> None:
    """The ZIP is written and stored, and not yet handed over."""
    inside = Inside(stack)
    async with open_play(stack.base_url) as play:
        await ready_to_publish(play)
        await publish_scores(play)
        await receive_certificates(play)
        wanted = {"filters": {"plan_name": play.facts["plan_name"]}}
        with inside.frozen(SLOW):
            address = (await play.unit.post("/api/certificates/bundles", json=wanted)).headers["Location"]
            await killed_in_the_middle(inside, SLOW, "history", "INSERT INTO")
            assert (await play.unit.get(f"{address}/file")).json()["code"] == "job_file_missing"
        with inside.connect(Service.CERTIFICATES) as connection:
            connection.execute(LAPSED)
        job = await ended(play, address)
        assert (job["state"], job["done"], job["failed"]) == ("done", 9, 0)
        entries = unpacked((await play.unit.get(f"{address}/file")).content)
        numbers = sorted(item["number"] for item in play.facts["certificates"])
        assert [row["证书编号"] for row in rows_of(entries.pop("目录.xlsx"))] == numbers
        assert [name.rpartition("_")[2] for name in entries] == [f"{number}.pdf" for number in numbers]
        assert all(data.startswith(b"%PDF") for data in entries.values())
        for item in play.facts["certificates"]:
            assert inside.rows(Service.CERTIFICATES, BUNDLED, item["id"]) == [(1,)]
        folder = stack.var / "files" / "certificates" / "jobs" / address.rpartition("/")[2]
        assert len([path for path in folder.rglob("*") if path.is_file()]) == 1
