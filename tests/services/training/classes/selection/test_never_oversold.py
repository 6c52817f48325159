"""Seats are never oversold, whatever is done in whatever order (BEY-01, BEY-02): a machine plays units, reviewer and scheduler through the
API against a real database, and after every step all counters, rows and queues must agree. ``make long`` looks much further.
"""

import itertools
from collections.abc import Coroutine, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import text, update

from ops.up.servers import Servers
from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.waiting.models import WaitingEntry
from services.training.classes.waiting.tasks import offer_places
from services.training.enrolment.registrations.workflow import RegistrationStatus
from shared.clock import now_utc
from tests.length import at_length
from tests.services.training.classes.selection.classes import add_class, add_schedule
from tests.services.training.classes.selection.house import House
from tests.services.training.classes.waiting.truths import AFTER_A_SWEEP, TRUTHS, broken
from tests.services.training.records import add_institution, add_plan, add_registration, add_staff, today

API = "/api/training"
CODES = ("skin", "eye")
MOST_PEOPLE = 5
WORTH = settings(
    max_examples=at_length(10, 200),
    stateful_step_count=at_length(30, 50),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
UNIT = st.integers(0, 1)
SESSION = st.sampled_from([0, 0, 0, 1, 2])  # one that is wanted more than the others
CODE = st.sampled_from(CODES)
PICKS = st.sets(st.integers(0, MOST_PEOPLE - 1), max_size=3)
ANY = st.integers(0, 50)
_QUEUE = text("""
SELECT e.id, NOT e.comes_first AS later, e.queue_no, e.class_session_id AS at, e.specialty_code AS code, e.size, e.status,
       array(SELECT registration_id FROM waiting_people w WHERE w.entry_id = e.id AND NOT EXISTS (SELECT 1 FROM seats s
         WHERE s.registration_id = w.registration_id AND s.class_session_id = e.class_session_id)) AS unseated,
       c.capacity - c.taken AS seats, r.places - r.taken AS places
  FROM waiting_entries e JOIN class_sessions c ON c.id = e.class_session_id
  LEFT JOIN session_specialties r ON r.class_session_id = c.id AND r.specialty_code = e.specialty_code
 WHERE e.plan_id = :plan AND e.status IN ('waiting', 'offered') ORDER BY e.queue_no""")


@pytest.fixture
def house(platform: Servers) -> Iterator[House]:
    opened = House()
    yield opened
    opened.close()


class Seats(RuleBasedStateMachine):
    """Two units of up to five people, two small sessions on the same days and one later, each with two specialties."""

    house: ClassVar[House]

    def __init__(self) -> None:
        super().__init__()
        self.people: list[list[UUID]] = [[], []]
        self.numbers = itertools.count(4)
        self.house.run(self._build())

    async def _build(self) -> None:
        async with self.house.runtime.database.unit_of_work() as session:
            for unit in self.house.units:
                await add_institution(session, unit)
            self.plan = await add_plan(session, *CODES)
            schedule = await add_schedule(session, self.plan)
            bounds: Sequence[tuple[int, dict[str, int | None], int]] = (
                (2, {"skin": None, "eye": 1}, 20),
                (1, {"skin": None, "eye": None}, 21),
                (2, {"skin": 1, "eye": None}, 40),
            )
            self.sessions = [
                (await add_class(session, schedule, codes, capacity=seats, start_in=start, session_no=at)).id
                for at, (seats, codes, start) in enumerate(bounds, 1)
            ]
        for at in (0, 0, 0, 1, 1, 1):
            await self._add(at)
        # Full from the start, so that few steps lead to a queue, an offer and its end.
        for at in (0, 1):
            await self._said(self._choose(at, 0, "skin", {0}), 200)
        await self._said(self._queue_up(0, 0, "skin", {1, 2}, together=True), 201)
        await self._said(self._queue_up(1, 0, "skin", {1, 2}, together=False), 201)

    async def _add(self, at: int) -> None:
        async with self.house.runtime.database.unit_of_work() as session:
            unit = self.house.units[at]
            staff = await add_staff(session, unit, f"甲{len(self.people[at])}")
            draft = RegistrationStatus.DRAFT
            made = await add_registration(session, unit, self.plan, staff, *CODES, status=draft, submitted_at=None)
        self.people[at].append(made.id)
        for client, action in ((self.house.clients[at], "submit"), (self.house.office, "approve")):
            await self._said(client.post(f"{API}/registrations/{made.id}/{action}"), 200)

    async def _said(self, request: Coroutine[Any, Any, httpx.Response], *expected: int) -> httpx.Response:
        answer = await request
        assert answer.status_code in (expected or (200, 201, 409)), (answer.request.url, answer.text)
        return answer

    def _do(self, request: Coroutine[Any, Any, httpx.Response], *expected: int) -> None:
        self.house.run(self._said(request, *expected))

    def _picked(self, unit: int, picks: set[int]) -> list[str]:
        return [str(each) for at, each in enumerate(self.people[unit]) if at in picks]

    @precondition(lambda self: min(len(each) for each in self.people) < MOST_PEOPLE)
    @rule(unit=UNIT)
    def somebody_joins(self, unit: int) -> None:
        if len(self.people[unit]) < MOST_PEOPLE:
            self.house.run(self._add(unit))

    @rule(unit=UNIT, at=SESSION, code=CODE, picks=PICKS)
    def choose(self, unit: int, at: int, code: str, picks: set[int]) -> None:
        self._do(self._choose(unit, at, code, picks))

    def _choose(self, unit: int, at: int, code: str, picks: set[int]) -> Coroutine[Any, Any, httpx.Response]:
        people = self._picked(unit, picks)
        body = {"class_session_id": str(self.sessions[at]), "specialty_code": code, "registration_ids": people}
        return self.house.clients[unit].put(f"{API}/selections/{self.plan.id}/placements", json=body)

    @rule(unit=UNIT, at=SESSION, code=CODE)
    def give_up(self, unit: int, at: int, code: str) -> None:
        """All that the unit has in a row, and the places go on at once."""
        self._do(self._choose(unit, at, code, set()))
        self.sweep()

    @rule(unit=UNIT, action=st.sampled_from(["submit", "withdraw"]))
    def finish(self, unit: int, action: str) -> None:
        body = {"leave_unplaced": True} if action == "submit" else {}
        self._do(self.house.clients[unit].post(f"{API}/selections/{self.plan.id}/{action}", json=body))

    @rule(unit=UNIT, which=ANY, action=st.sampled_from(["return", "undo_review", "again"]))
    def review(self, unit: int, which: int, action: str) -> None:
        address = f"{API}/registrations/{self.people[unit][which % len(self.people[unit])]}"
        if action == "again":
            self._do(self.house.clients[unit].post(f"{address}/submit"))
            self._do(self.house.office.post(f"{address}/approve"))
        else:
            self._do(self.house.office.post(f"{address}/{action}", json={"reason": "材料不全"}))

    @rule(at=SESSION, capacity=st.integers(1, 4), places=st.sampled_from([None, 1, 2]))
    def resize(self, at: int, capacity: int, places: int | None) -> None:
        self.house.run(self._resize(self.sessions[at], capacity, places))

    async def _resize(self, at: UUID, capacity: int, places: int | None) -> None:
        address = f"{API}/class-sessions/{at}"
        version = (await self._said(self.house.office.get(address), 200)).headers["ETag"]
        rows = [{"specialty_code": "skin"}, {"specialty_code": "eye", "places": places}]
        body = {"capacity": capacity, "specialties": rows}
        patch = self.house.office.patch(address, json=body, headers={"If-Match": version})
        await self._said(patch, 200, 409, 422)

    @rule(at=SESSION, start=st.sampled_from([20, 22, 30, 40]), release=st.booleans())
    def put_off(self, at: int, start: int, release: bool) -> None:
        first = today() + timedelta(days=start)
        body = {"start_date": str(first), "end_date": str(first + timedelta(days=2)), "reason": "场地维修"}
        address = f"{API}/class-sessions/{self.sessions[at]}/put_off"
        self._do(self.house.office.post(address, json={**body, "release_clashing": release}), 200, 409, 422)

    @rule(at=SESSION, start=st.sampled_from([20, 40]))
    def call_off(self, at: int, start: int) -> None:
        """And another session is held instead."""
        self.house.run(self._call_off(at, today() + timedelta(days=start)))

    async def _call_off(self, at: int, first: date) -> None:
        address = f"{API}/class-sessions"
        gone = f"{address}/{self.sessions[at]}/call_off"
        await self._said(self.house.office.post(gone, json={"reason": "报名人数不足"}), 200)
        body = {
            "plan_id": str(self.plan.id),
            # Without one, the same days at the same place are taken for a second press.
            "session_no": next(self.numbers),
            "training_kind": "initial",
            "capacity": 2,
            "location": "南京",
            "start_date": str(first),
            "end_date": str(first + timedelta(days=2)),
            "selection_deadline": str(today() + timedelta(days=5)),
            "specialties": [{"specialty_code": "skin"}, {"specialty_code": "eye", "places": 1}],
        }
        made = await self._said(self.house.office.post(address, json=body), 201)
        self.sessions[at] = UUID(made.json()["id"])

    @rule(unit=UNIT, at=SESSION, code=CODE, picks=PICKS.filter(bool), together=st.booleans())
    def queue(self, unit: int, at: int, code: str, picks: set[int], together: bool) -> None:
        if self._picked(unit, picks):
            self._do(self._queue_up(unit, at, code, picks, together=together))

    def _queue_up(
        self, unit: int, at: int, code: str, picks: set[int], *, together: bool
    ) -> Coroutine[Any, Any, httpx.Response]:
        people = self._picked(unit, picks)
        body = {"class_session_id": str(self.sessions[at]), "specialty_code": code, "registration_ids": people}
        return self.house.clients[unit].post(f"{API}/waiting-entries", json={**body, "together": together})

    @rule(unit=UNIT, which=ANY, action=st.sampled_from(["accept", "decline", "leave"]))
    def answer(self, unit: int, which: int, action: str) -> None:
        self.house.run(self._answer(self.house.clients[unit], which, action))

    async def _answer(self, client: httpx.AsyncClient, which: int, action: str) -> None:
        wanted = {"plan_id": str(self.plan.id), "status": "waiting" if action == "leave" else "offered"}
        items = (await self._said(client.get(f"{API}/waiting-entries", params=wanted), 200)).json()["items"]
        if items:
            await self._said(client.post(f"{API}/waiting-entries/{items[which % len(items)]['id']}/{action}"))

    @rule()
    def offers_run_out(self) -> None:
        """And the sweep finds them."""
        over = update(WaitingEntry).where(WaitingEntry.plan_id == self.plan.id, WaitingEntry.offered_until.is_not(None))
        self.house.run(self._write(over.values(offered_until=now_utc() - timedelta(seconds=1))))
        self.sweep()

    @rule(at=SESSION, days=st.sampled_from([-1, 5]))
    def the_deadline_passes_or_moves(self, at: int, days: int) -> None:
        moved = update(ClassSession).where(ClassSession.id == self.sessions[at])
        self.house.run(self._write(moved.values(selection_deadline=today() + timedelta(days=days))))

    async def _write(self, statement: Any) -> None:
        async with self.house.runtime.database.unit_of_work() as session:
            await session.execute(statement)

    @rule()
    def sweep(self) -> None:
        before = self.house.run(self._queue())
        self.house.run(offer_places(self.house.runtime))
        self.house.run(self._check(AFTER_A_SWEEP))
        nobody_was_passed_over(before, self.house.run(self._queue()))

    async def _queue(self) -> dict[UUID, Any]:
        async with self.house.runtime.database.unit_of_work() as session:
            return {row.id: row for row in await session.execute(_QUEUE, {"plan": self.plan.id})}

    @invariant()
    def everything_agrees(self) -> None:
        self.house.run(self._check(TRUTHS))

    async def _check(self, truths: dict[str, str]) -> None:
        async with self.house.runtime.database.unit_of_work() as session:
            assert await broken(session, self.plan.id, truths) == {}


def nobody_was_passed_over(before: dict[UUID, Any], after: dict[UUID, Any]) -> None:
    """Whoever still waits did not fit when somebody behind him was served: not into what is free now and what those behind took."""
    served = [
        row for each, row in before.items() if row.status == "waiting" and after.get(each, row).status == "offered"
    ]
    for row in (row for row in after.values() if row.status == "waiting" and row.id in before):
        behind = [
            each for each in served if each.at == row.at and (each.later, each.queue_no) > (row.later, row.queue_no)
        ]
        if not behind:
            continue
        others = {each.id: set(each.unseated) for each in served if each.at == row.at}
        seats = row.seats + sum(
            len(set(each.unseated).difference(*(who for at, who in others.items() if at != each.id))) for each in behind
        )
        same = sum(each.size for each in behind if each.code == row.code)
        # An offer that ran out takes its person's seat along before anything is offered.
        needed = {*before[row.id].unseated, *row.unseated}
        fits = len(needed) <= seats and (row.places is None or row.size <= row.places + same)
        assert not fits, f"{row.id} waits, and {[each.id for each in behind]} were served"


@pytest.mark.req("BEY-01", "BEY-02", "TRN-72", "X11", "STAFF-14")
def test_no_order_of_events_oversells_a_seat(house: House) -> None:
    Seats.house = house
    run_state_machine_as_test(Seats, settings=WORTH)
