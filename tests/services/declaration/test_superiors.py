"""Those above: they see, order that a decision be looked at again, and decide only where an order of stand-in lets the city."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.declaration.main import app
from services.declaration.orders.models import ReviewOrder
from services.declaration.orders.tasks import tell_overdue
from services.declaration.stand_ins.models import StandIn
from shared.clock import beijing_today, now_utc
from shared.db.session import Database
from tests.services.declaration.records import Cast, MakeCast
from tests.services.declaration.test_review import events_of

ORDERS, STAND_INS = "/api/declaration/review-orders", "/api/declaration/stand-ins"


def day(after: int) -> str:
    return (beijing_today(now_utc()) + timedelta(days=after)).isoformat()


def order(address: str, **changes: Any) -> dict[str, Any]:
    return {
        "declaration_id": address.rsplit("/")[-1],
        "reason": "接害人数与上年相差过大",
        "due_on": day(5),
        **changes,
    }


@pytest.mark.req("DECL-13", "FAQ-D22")
class TestOrders:
    async def test_a_superior_orders_and_the_county_answers(self, cast: Cast) -> None:
        address = await cast.approved()
        given = await cast.province.post(ORDERS, json=order(address))
        assert (given.status_code, given.json()["days_left"], given.json()["status_label"]) == (201, 5, "待回复")
        where = given.headers["location"]
        assert where.rsplit("/")[-1] in (await cast.county.get(ORDERS)).text
        assert (await cast.city.post(f"{where}/answer", json={"reason": "无误"})).json()[
            "code"
        ] == "not_reviewer_in_charge"
        assert (await cast.county.post(f"{where}/answer")).status_code == 422
        answered = (await cast.county.post(f"{where}/answer", json={"reason": "已核实，人数无误"})).json()
        assert (answered["status"], answered["answer"], answered["days_left"]) == ("answered", "已核实，人数无误", None)
        assert (await cast.employer.get(address)).json()["status"] == "approved"
        history = (await cast.province.get(f"{where}/history")).json()
        assert [each["action_label"] for each in history] == ["下达", "回复"]

    async def test_everybody_whom_it_concerns_is_told_and_of_a_passed_day_once(
        self, cast: Cast, database: Database, open_app: Any
    ) -> None:
        address = await cast.approved()
        given = (await cast.province.post(ORDERS, json=order(address))).json()
        runtime = await open_app(app)
        await tell_overdue(runtime)
        async with database.unit_of_work() as session:
            late = update(ReviewOrder).where(ReviewOrder.id == given["id"])
            await session.execute(late.values(due_on=beijing_today(now_utc()) - timedelta(days=1)))
        for _ in range(2):
            await tell_overdue(runtime)
        await cast.county.post(f"{ORDERS}/{given['id']}/answer", json={"reason": "已核实"})
        told = [(kind, payload) for kind, payload in await events_of(database, address) if "order_id" in payload]
        assert [kind for kind, _ in told] == ["ordered", "overdue", "answered"]
        assert {payload["level"] for _, payload in told} == {"county"}
        assert (told[0][1]["reason"], told[2][1]["answer"]) == ("接害人数与上年相差过大", "已核实")

    @pytest.mark.req("FAQ-D8")
    async def test_a_request_to_withdraw_and_its_answer_are_told(self, cast: Cast, database: Database) -> None:
        address = await cast.opened()
        for step in ("decline_withdrawal", "grant_withdrawal"):
            await cast.employer.post(f"{address}/request_withdrawal", json={"reason": "人数有误"})
            await cast.county.post(f"{address}/{step}", json={"reason": "已在办理"})
        told = [
            (kind, payload) for kind, payload in await events_of(database, address) if kind in {"requested", "answered"}
        ]
        assert [kind for kind, _ in told] == ["requested", "answered", "requested", "answered"]
        assert (told[0][1]["level"], told[0][1]["reason"]) == ("county", "人数有误")
        assert [(payload["granted"], payload["answer"]) for _, payload in told[1::2]] == [
            (False, "已在办理"),
            (True, ""),
        ]

    async def test_one_at_a_time_and_only_about_a_decision(self, cast: Cast) -> None:
        address = await cast.submitted()
        assert (await cast.city.post(ORDERS, json=order(address))).json()["code"] == "declaration_not_decided"
        await cast.county.post(f"{address}/approve")
        first = (await cast.city.post(ORDERS, json=order(address))).json()
        second = await cast.province.post(ORDERS, json=order(address))
        assert (second.json()["code"], second.json()["review_order_id"]) == ("review_order_open", first["id"])
        assert (await cast.province.post(f"{ORDERS}/{first['id']}/withdraw")).json()["code"] == "order_of_another"
        assert (await cast.city.post(f"{ORDERS}/{first['id']}/withdraw")).json()["status"] == "withdrawn"
        assert (await cast.province.post(ORDERS, json=order(address))).status_code == 201

    async def test_who_decides_itself_orders_nothing(self, make_cast: MakeCast) -> None:
        cast = await make_cast(region="441900")
        address = await cast.submitted()
        await cast.city.post(f"{address}/approve")
        assert (await cast.city.post(ORDERS, json=order(address))).json()["code"] == "own_review"
        assert (await cast.county.post(ORDERS, json=order(address))).status_code == 403

    @pytest.mark.parametrize("after", [-1, 61])
    async def test_the_last_day_is_one_that_can_be_kept(self, cast: Cast, after: int) -> None:
        refused = await cast.city.post(ORDERS, json=order(await cast.approved(), due_on=day(after)))
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "due_on")

    @pytest.mark.req("PLAT-06")
    async def test_strangers_find_nothing(self, cast: Cast, make_cast: MakeCast) -> None:
        address = await cast.approved()
        outside = await make_cast(region="330102")
        assert (await outside.province.post(ORDERS, json=order(address))).status_code == 404
        where = (await cast.province.post(ORDERS, json=order(address))).headers["location"]
        for stranger in (outside.county, outside.province):
            for path in (where, f"{where}/history"):
                assert (await stranger.get(path)).status_code == 404
            assert where.rsplit("/")[-1] not in (await stranger.get(ORDERS)).text
        assert (await outside.county.post(f"{where}/answer", json={"reason": "无"})).status_code == 404
        assert (await outside.province.post(f"{where}/withdraw")).status_code == 404
        assert (await cast.employer.get(ORDERS)).status_code == 403


@pytest.mark.req("DECL-13")
class TestStandIns:
    async def test_only_an_order_lets_the_city_decide_and_only_as_long_as_it_lasts(self, make_cast: MakeCast) -> None:
        cast = await make_cast(region="320281")
        address = await cast.submitted()
        assert (await cast.city.post(f"{address}/approve")).json()["code"] == "not_reviewer_in_charge"
        body = {"county_code": "320281", "valid_from": day(0), "valid_until": day(10), "reason": "人员休假"}
        given = await cast.city.post(STAND_INS, json=body)
        assert (given.status_code, given.json()["active"]) == (201, True)
        again = await cast.province.post(STAND_INS, json={**body, "valid_from": day(10), "valid_until": day(20)})
        assert (again.status_code, again.json()["code"]) == (409, "stand_in_overlaps")
        assert (await cast.city.post(f"{address}/open")).status_code == 200
        assert (await cast.city.post(f"{address}/approve")).json()["status"] == "approved"
        end = given.json()["allowed_actions"][0]["href"]
        assert (await cast.city.post(end)).json()["active"] is False
        assert (await cast.city.post(end)).json()["code"] == "stand_in_over"
        assert (await cast.city.post(f"{address}/revoke", json={"reason": "x"})).json()[
            "code"
        ] == "not_reviewer_in_charge"

    async def test_what_is_over_or_ahead_lets_nobody(self, make_cast: MakeCast, database: Database) -> None:
        cast = await make_cast(region="320282")
        address = await cast.submitted()
        body = {"county_code": "320282", "valid_from": day(0), "valid_until": day(0), "reason": "人员休假"}
        given = (await cast.province.post(STAND_INS, json=body)).json()
        today = beijing_today(now_utc())
        for days in (-1, 1):
            moved = today + timedelta(days=days)
            async with database.unit_of_work() as session:
                row = update(StandIn).where(StandIn.id == given["id"])
                await session.execute(row.values(valid_from=moved, valid_until=moved))
            assert (await cast.city.post(f"{address}/open")).json()["code"] == "not_reviewer_in_charge"

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"county_code": "330102"}, "county_code"),
            ({"county_code": "320100"}, "county_code"),
            ({"valid_from": day(-1)}, "valid_from"),
            ({"valid_until": day(-1)}, "valid_until"),
            ({"valid_until": day(93)}, "valid_until"),
        ],
    )
    async def test_one_county_below_for_a_time(self, cast: Cast, changes: dict[str, Any], field: str) -> None:
        body = {"county_code": "320105", "valid_from": day(0), "valid_until": day(1), "reason": "休假", **changes}
        refused = await cast.city.post(STAND_INS, json=body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)

    @pytest.mark.req("PLAT-06")
    async def test_others_see_and_end_nothing(self, make_cast: MakeCast) -> None:
        cast, outside = await make_cast(region="320283"), await make_cast(region="330102")
        body = {"county_code": "320211", "valid_from": day(0), "valid_until": day(1), "reason": "休假"}
        given = (await cast.city.post(STAND_INS, json=body)).json()
        assert given["id"] not in (await outside.city.get(STAND_INS)).text
        assert (await outside.city.post(f"{STAND_INS}/{given['id']}/end")).status_code == 404
        assert (await cast.county.post(STAND_INS, json=body)).status_code == 403
        assert (await cast.employer.get(STAND_INS)).status_code == 403
