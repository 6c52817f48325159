"""What is found when something stays behind: late pages, parked events, logs that nobody reads (PLAT-11)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, text

from services.certificates.invariants import find_all, overdue_certificates, overdue_forms
from shared.clock import now_utc
from shared.errors import Unavailable
from shared.event_checks import late_bookmarks, parked_events
from shared.events.base import Batch, Envelope, Place
from shared.events.bookmarks import ParkedEvent
from shared.events.subscriptions import producers_for
from shared.identifiers import new_id
from shared.runtime import Runtime
from shared.services import Service
from tests.services.certificates.forms import form_of, prepared
from tests.services.certificates.records import issued

pytestmark = pytest.mark.req("PLAT-11", "PLAT-10")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_a_certificate_in_the_making_for_ten_minutes_is_found(runtime: Runtime) -> None:
    late, fresh = await issued(runtime), await issued(runtime)
    async with runtime.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE certificates SET updated_at = now() - interval '11 minutes' WHERE id = :id"), {"id": late.id}
        )
    async with runtime.database.unit_of_work() as session:
        found = {finding.subject: finding.detail for finding in await overdue_certificates(session)}
    assert found[str(late.id)] == late.number
    assert str(fresh.id) not in found


async def test_a_form_that_waits_for_ten_minutes_is_found(runtime: Runtime) -> None:
    late, fresh = await prepared(runtime), await prepared(runtime)
    aged = "UPDATE form_documents SET created_at = now() - interval '11 minutes' WHERE source_id = :id RETURNING id"
    async with runtime.database.unit_of_work() as session:
        late_id = await session.scalar(text(aged), {"id": late.source_id})
        fresh_id = (await form_of(session, fresh)).id
        found = {finding.subject for finding in await overdue_forms(session)}
    assert str(late_id) in found
    assert str(fresh_id) not in found


async def test_a_parked_event_is_found_and_one_still_tried_is_not(runtime: Runtime) -> None:
    parked, tried = new_id(), new_id()
    async with runtime.database.unit_of_work() as session:
        for event_id, parked_at in ((parked, LONG_AGO), (tried, None)):
            session.add(
                ParkedEvent(
                    event_id=event_id,
                    producer="training",
                    type="x",
                    envelope={},
                    attempts=8,
                    reason="why",
                    parked_at=parked_at,
                )
            )
    async with runtime.database.unit_of_work() as session:
        subjects = [finding.subject for finding in await parked_events(session)]
        await session.execute(delete(ParkedEvent).where(ParkedEvent.event_id.in_((parked, tried))))
    assert str(parked) in subjects
    assert str(tried) not in subjects


def _unread(occurred_at: datetime) -> Envelope:
    return Envelope(
        place=Place(transaction=9, sequence=9),
        id=new_id(),
        type="training.result.published.v1",
        occurred_at=occurred_at,
        correlation_id="",
        payload={},
    )


class TestLateBookmark:
    @pytest.mark.parametrize(("age", "late"), [(timedelta(seconds=61), True), (timedelta(seconds=30), False)])
    async def test_the_oldest_unread_event_counts(self, runtime: Runtime, age: timedelta, late: bool) -> None:
        now = now_utc()

        async def fetch(_producer: Service, _place: Place) -> Batch:
            return Batch(events=[_unread(now - age)], more=False)

        found = await late_bookmarks(runtime.database, Service.CERTIFICATES, fetch, now)
        assert [finding.subject for finding in found] == (list(producers_for(Service.CERTIFICATES)) if late else [])

    async def test_a_quiet_log_is_never_late_and_a_silent_producer_neither(self, runtime: Runtime) -> None:
        async def quiet(_producer: Service, _place: Place) -> Batch:
            return Batch(events=[], more=False)

        async def away(_producer: Service, _place: Place) -> Batch:
            raise Unavailable

        for fetch in (quiet, away):
            assert await late_bookmarks(runtime.database, Service.CERTIFICATES, fetch, now_utc()) == []


async def test_all_checks_run_together_while_the_others_are_away(runtime: Runtime) -> None:
    late = await issued(runtime)
    async with runtime.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE certificates SET updated_at = now() - interval '1 hour' WHERE id = :id"), {"id": late.id}
        )
    assert str(late.id) in {finding.subject for finding in await find_all(runtime)}
