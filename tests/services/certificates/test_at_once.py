"""One certificate that is corrected, printed, looked at and downloaded in the same moment (PLAT-04, STAFF-09)."""

import asyncio
from typing import Any

import pytest

from services.certificates.consumers import HANDLERS
from services.certificates.issue.workflow import CertificateStatus
from services.certificates.main import app
from services.certificates.printing.tasks import render_due
from shared.db.history import RecordType, broken_history, changes_of, history_of
from shared.events.training import ResultPublished
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.length import at_length
from tests.services.certificates.records import published_result, stored
from tests.services.certificates.test_reissue import POISON, SKIN, corrected, handed_out

pytestmark = pytest.mark.req("PLAT-01", "PLAT-04", "STAFF-09")
ROUNDS, LOOKS = at_length(2, 40), 6


async def follow(runtime: Runtime, event: ResultPublished) -> None:
    async with runtime.database.unit_of_work() as session:
        await HANDLERS[type(event)](session, event)


async def test_looks_corrections_and_the_worker_that_prints(runtime: Runtime, client_for: Any, make_actor: Any) -> None:
    rights = (Permission.CERTIFICATE_MANAGEMENT, Permission.TRAINING_OVERSIGHT)
    staff = await client_for(app, make_actor(*rights, level=Level.PROVINCE, region="320000"))
    result = published_result()
    certificate = await handed_out(runtime, result)
    path = f"/api/certificates/certificates/{certificate.id}"
    shown = 0
    for number in range(ROUNDS):
        event = corrected(result, (SKIN, POISON)[number % 2])
        looks = [staff.get(f"{path}{end}") for end in ("", "/pdf", "/history") for _ in range(LOOKS)]
        answers = (await asyncio.gather(*looks, follow(runtime, event), render_due(runtime)))[: len(looks)]
        assert {answer.status_code for answer in (*answers[:LOOKS], *answers[2 * LOOKS :])} == {200}
        files = [answer for answer in answers[LOOKS : 2 * LOOKS] if answer.status_code != 200]
        assert all(answer.json()["code"] == "certificate_not_ready" for answer in files)
        shown += 2 * LOOKS - len(files)
        await render_due(runtime)
    assert (await stored(runtime, certificate)).status is CertificateStatus.VALID
    async with runtime.database.unit_of_work() as session:
        rows = await changes_of(session, RecordType("certificate"), certificate.id)
        seen = await history_of(session, RecordType("certificate"), certificate.id)
        assert [place for place in await broken_history(session) if place[1] == certificate.id] == []
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    assert len(seen) - len(rows) == shown
