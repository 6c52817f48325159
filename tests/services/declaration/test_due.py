"""Which declaration is due, why and until when; and the record that is in the way, with who has it and what helps."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.declaration.declarations.models import Declaration
from services.declaration.form.choices import ChangeReason, DeclarationKind
from services.declaration.form.due import Due, LawDays, UnitEvents, annual_opens, due_of, months_after
from shared.clock import beijing_today, now_utc
from shared.db.session import Database
from tests.services.declaration.records import URL, Cast
from tests.services.declaration.test_basics import edit

LAW = LawDays()
CLOCK = "/api/declaration/employers/current/due"
K, R = DeclarationKind, ChangeReason
LAST = date(2026, 3, 31)


def told(**events: Any) -> list[tuple[DeclarationKind, date | None, date | None]]:
    return [(each.kind, each.opens_on, each.last_day) for each in due_of(UnitEvents(**events), LAW)]


@pytest.mark.req("DECL-02")
class TestLaw:
    def test_the_first_within_thirty_days_of_acceptance(self) -> None:
        assert told() == [(K.INITIAL, None, None)]
        assert told(accepted_on=date(2026, 11, 1)) == [(K.INITIAL, None, date(2026, 12, 1))]

    def test_the_annual_after_eleven_and_before_thirteen_months_by_the_unit_s_own_cycle(self) -> None:
        assert told(declared_on=LAST) == [(K.ANNUAL, date(2027, 3, 1), date(2027, 4, 29))]
        (due,) = due_of(UnitEvents(declared_on=LAST), LAW)
        assert [due.is_open(date(2027, 2, 28)), due.is_open(date(2027, 3, 1))] == [False, True]
        assert (due.days_left(date(2027, 4, 29)), due.days_left(date(2027, 4, 30))) == (0, -1)
        assert "2027-03-01至2027-04-29" in due.reason

    @pytest.mark.parametrize(
        ("reason", "days"), [(R.PROJECT, 30), (R.PROCESS, 15), (R.BASICS, 15), (R.TEST_RESULT, 15)]
    )
    def test_a_change_by_what_it_is(self, reason: ChangeReason, days: int) -> None:
        day = date(2026, 11, 20)
        first: Due = due_of(UnitEvents(declared_on=LAST, changes=((reason, day),)), LAW)[0]
        assert (first.kind, first.change_reason, first.last_day) == (K.CHANGE, reason, day + timedelta(days=days))

    def test_an_end_within_fifteen_days_and_then_nothing(self) -> None:
        assert told(declared_on=LAST, ended_on=date(2026, 11, 20)) == [(K.CANCELLATION, None, date(2026, 12, 5))]
        assert told(declared_on=LAST, cancelled=True) == []

    def test_the_earliest_last_day_comes_first(self) -> None:
        late, soon = (R.PROJECT, date(2026, 11, 20)), (R.PROCESS, date(2026, 11, 21))
        kinds = [each.change_reason for each in due_of(UnitEvents(declared_on=LAST, changes=(late, soon)), LAW)]
        assert kinds == [R.PROCESS, R.PROJECT, None]

    @pytest.mark.parametrize(
        ("day", "months", "expected"),
        [
            (date(2026, 3, 31), 11, date(2027, 2, 28)),
            (date(2027, 3, 31), 11, date(2028, 2, 29)),
            (date(2026, 12, 1), 13, date(2028, 1, 1)),
            (date(2026, 1, 15), 11, date(2026, 12, 15)),
        ],
    )
    def test_months_end_where_they_end(self, day: date, months: int, expected: date) -> None:
        assert months_after(day, months) == expected

    def test_the_days_are_settings(self) -> None:
        law = LawDays(initial=10)
        (due,) = due_of(UnitEvents(accepted_on=date(2026, 11, 1)), law)
        assert (due.last_day, "10日内" in due.reason) == (date(2026, 11, 11), True)


class TestClock:
    async def test_what_the_employer_says_and_what_is_known(self, cast: Cast, database: Database) -> None:
        today = beijing_today(now_utc())
        first = (await cast.employer.get(CLOCK, params={"accepted_on": today.isoformat()})).json()
        assert [(each["kind_label"], each["days_left"]) for each in first["due"]] == [("初次申报", 30)]
        address = await cast.approved()
        asked = {"change_reason": "process", "changed_on": today.isoformat()}
        told = (await cast.employer.get(CLOCK, params=asked)).json()["due"]
        assert [(each["kind"], each["change_reason"], each["is_open"]) for each in told] == [
            ("change", "process", True),
            ("annual", None, False),
        ]
        await edit(cast.employer, name="改名后的公司")
        known = (await cast.employer.get(CLOCK)).json()
        assert [each["change_reason"] for each in known["due"]] == ["basics", None]
        assert known["blocking"]["kind_label"] == "变更申报"
        async with database.unit_of_work() as session:
            aged = update(Declaration).where(Declaration.id == address.rsplit("/")[-1])
            await session.execute(aged.values(declared_on=today - timedelta(days=365)))
        assert next(each for each in (await cast.employer.get(CLOCK)).json()["due"] if each["kind"] == "annual")[
            "is_open"
        ]

    @pytest.mark.req("DECL-03", "FAQ-D7")
    async def test_what_is_in_the_way_has_a_holder_and_one_click(self, cast: Cast) -> None:
        address = await cast.add()
        steps = [
            (None, "本单位", "edit"),
            (f"{address}/submit", "江苏省南京市玄武区卫生健康部门", "withdraw"),
            (f"{address}/open", "江苏省南京市玄武区卫生健康部门", "request_withdrawal"),
        ]
        for path, holder, action in steps:
            client = cast.county if path and path.endswith("open") else cast.employer
            assert path is None or (await client.post(path)).status_code == 200
            refused = (await cast.employer.post(URL, json={"kind": "annual"})).json()
            blocking = refused["blocking"]
            assert (refused["code"], blocking["holder"], blocking["action"]["action"]) == (
                "open_declaration_exists",
                holder,
                action,
            )
            assert address.endswith(blocking["id"])
            assert (await cast.employer.get(CLOCK)).json()["blocking"] == blocking
        asked = await cast.employer.post(blocking["action"]["href"], json={"reason": "填错"})
        assert asked.status_code == 200
        assert (await cast.employer.get(CLOCK)).json()["blocking"]["action"] is None


@pytest.mark.req("BEY-10", "DECL-02", "FAQ-D11")
class TestTooEarly:
    async def test_a_yearly_update_before_its_time_is_refused_and_says_from_when(
        self, cast: Cast, database: Database
    ) -> None:
        approved = await cast.approved()
        today = beijing_today(now_utc())
        address = await cast.add(kind="annual")
        refused = await cast.employer.post(f"{address}/submit")
        (error,) = refused.json()["errors"]
        opens = annual_opens(today, 11)
        assert (refused.status_code, error["field"], error["code"]) == (422, "kind", "annual_too_early")
        assert f"自{opens}起可以提交" in error["message"]
        assert opens == date.fromisoformat((await cast.employer.get(CLOCK)).json()["due"][0]["opens_on"])
        checked = (await cast.employer.post(f"{URL}/check", json={"kind": "annual"})).json()
        assert "annual_too_early" in {each["code"] for each in checked["errors"]}
        async with database.unit_of_work() as session:
            aged = update(Declaration).where(Declaration.id == approved.rsplit("/")[-1])
            await session.execute(aged.values(declared_on=today - timedelta(days=360)))
        assert (await cast.employer.post(f"{address}/submit")).status_code == 200
