"""The review desk: what waits in which order, one record beside the last one, what is odd about it, many approved at once."""

from typing import Any

import pytest

from services.declaration.calendar.receipts import review_due
from services.declaration.declarations.contents import filled_of, values_of
from services.declaration.form.differences import differences
from services.declaration.form.filled import Filled
from services.declaration.form.flags import FLAGS, flags_of
from services.declaration.main import app
from shared.clock import now_utc
from shared.roles import Level, Permission
from shared.workdays import Calendar
from tests.conftest import ClientFor
from tests.services.declaration.records import AGAIN, COMPLETE, UNTESTED, URL, Cast, MakeCast
from tests.services.declaration.test_checks import declaration, row

REVIEWS, FLAGS_URL = "/api/declaration/reviews", "/api/declaration/review-flags"
DUST, NOISE = COMPLETE["hazards"]


def identity(address: str) -> str:
    return address.rsplit("/")[-1]


async def listed(client: Any, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get(REVIEWS, params={"limit": 200, **query})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def ids(client: Any, **query: Any) -> list[str]:
    return [each["id"] for each in await listed(client, **query)]


@pytest.mark.req("DECL-11", "FAQ-D8")
class TestQueue:
    async def test_who_asks_back_stands_on_top_then_who_has_waited_longest(self, make_cast: MakeCast) -> None:
        region = "320303"
        first, second, third = [await make_cast(region=region) for _ in range(3)]
        addresses = [await each.submitted() for each in (first, second, third)]
        assert await ids(first.county) == [identity(each) for each in addresses]
        await third.county.post(f"{addresses[2]}/open")
        await third.employer.post(f"{addresses[2]}/request_withdrawal", json={"reason": "人数填错"})
        assert await ids(first.county) == [identity(addresses[at]) for at in (2, 0, 1)]
        beside = (await first.county.get(f"{REVIEWS}/{identity(addresses[2])}")).json()
        assert (beside["previous"], beside["next"]) == (None, identity(addresses[0]))
        top = (await listed(first.county))[0]
        assert (top["withdrawal_reason"], top["reviewer_name"], top["in_charge"]) == ("人数填错", "测试员", True)
        assert (top["due_on"], top["region_label"]) == (
            review_due(Calendar(), now_utc()).isoformat(),
            "江苏省徐州市云龙区",
        )

    async def test_next_and_previous_under_the_same_filters_and_looking_opens_nothing(
        self, make_cast: MakeCast
    ) -> None:
        casts = [await make_cast(region="320305") for _ in range(3)]
        own = [identity(await each.submitted()) for each in casts]
        county = casts[0].county
        middle = (await county.get(f"{REVIEWS}/{own[1]}")).json()
        assert (middle["previous"], middle["next"]) == (own[0], own[2])
        assert middle["declaration"]["opened_by_reviewer_at"] is None
        await county.post(f"{URL}/{own[1]}/approve")
        decided = (await county.get(f"{REVIEWS}/{own[1]}")).json()
        assert (decided["previous"], decided["next"]) == (own[0], own[2])
        assert await ids(county) == [own[0], own[2]]
        alone = (await county.get(f"{REVIEWS}/{own[1]}", params={"status": "approved"})).json()
        assert (alone["previous"], alone["next"]) == (None, None)

    async def test_filters(self, make_cast: MakeCast) -> None:
        cast, other = await make_cast(region="320311"), await make_cast(region="320311")
        returned, plain = await cast.rejected(), identity(await other.submitted())
        await cast.employer.post(f"{returned}/submit")
        again = identity(returned)
        assert set(await ids(cast.county)) == {again, plain}
        assert await ids(cast.county, resubmitted=True) == [again]
        await cast.county.post(f"{URL}/{plain}/open")
        assert await ids(cast.county, opened=True) == await ids(cast.county, held_by_me=True) == [plain]
        assert await ids(cast.county, status="approved") == []
        assert set(await ids(cast.province, region_code="320311")) == {again, plain}
        assert await ids(cast.province, region_code="320302") == []
        assert (await ids(cast.city, in_charge=True), len(await ids(cast.city, region_code="320311"))) == ([], 2)
        bad = await cast.county.get(REVIEWS, params={"region_code": "x"})
        assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "region_code")

    @pytest.mark.req("PLAT-06")
    async def test_others_and_employers_see_nothing(self, cast: Cast, make_cast: MakeCast) -> None:
        address = identity(await cast.submitted())
        outside = await make_cast(region="330102")
        assert address not in await ids(outside.county)
        assert (await outside.county.get(f"{REVIEWS}/{address}")).status_code == 404
        assert (await cast.employer.get(REVIEWS)).status_code == 403
        batch = (await outside.county.post(f"{REVIEWS}/batch", json={"declaration_ids": [address]})).json()
        assert (batch["done"], batch["results"][0]["code"]) == (0, "not_found")

    async def test_superiors_read_what_waits_and_change_nothing(self, cast: Cast) -> None:
        address = await cast.submitted()
        seen = (await cast.province.get(f"{REVIEWS}/{identity(address)}")).json()
        assert seen["declaration"]["allowed_actions"] == []
        assert (
            await cast.province.post(f"{REVIEWS}/batch", json={"declaration_ids": [identity(address)]})
        ).status_code == 403

    async def test_it_is_had_as_a_sheet(self, cast: Cast) -> None:
        await cast.submitted()
        for name in ("declarations", "reviews"):
            sheet = await cast.county.get(f"/api/declaration/exports/{name}.xlsx")
            assert (sheet.status_code, sheet.content[:2]) == (200, b"PK")


@pytest.mark.req("BEY-04", "FAQ-D4")
class TestBeside:
    async def test_the_last_approved_one_stands_beside_it_field_by_field(self, cast: Cast) -> None:
        await cast.approved()
        hazards = [{**DUST, "exposed_count": 45}, NOISE]
        products = [{"product": "齿轮", "output": "1300", "unit": "件"}, {"product": "轴", "output": "5", "unit": "吨"}]
        address = await cast.submitted(
            **AGAIN, hazards=hazards, products=products, **row("exams", "dust", due=41, done=40)
        )
        seen = (await cast.county.get(f"{REVIEWS}/{identity(address)}")).json()
        assert seen["last_approved"]["kind_label"] == "初次申报"
        told = {each["label"]: (each["what"], each["before"], each["after"]) for each in seen["differences"]}
        assert told == {
            "申报类型": ("changed", "初次申报", "变更申报"),
            "变更原因": ("added", None, "技术、工艺、设备或者材料发生变化"),
            "产品“齿轮”": ("changed", "1200 件", "1300 件"),
            "产品“轴”": ("added", None, "5 吨"),
            "粉尘接触总人数": ("changed", "40 人", "45 人"),
            "粉尘应检人数": ("changed", "40", "41"),
            "粉尘实检人数": ("changed", "38", "40"),
        }

    async def test_the_first_has_nothing_beside_it(self, cast: Cast) -> None:
        seen = (await cast.county.get(f"{REVIEWS}/{identity(await cast.submitted())}")).json()
        assert (seen["last_approved"], seen["differences"]) == (None, [])

    def test_the_order_of_rows_is_no_difference(self) -> None:
        one, other = declaration(), declaration(hazards=[NOISE, DUST], tests=COMPLETE["tests"][::-1])
        assert differences(values_of(one), values_of(other)) == []

    def test_what_is_gone_is_told(self) -> None:
        one = declaration(hazards=[{**DUST, "factors": [{"factor_code": "A052", "own_name": "石墨烯粉"}]}])
        other = declaration(hazards=[{**DUST, "factors": [{"factor_code": "A003"}]}])
        assert [(each.what, each.label) for each in differences(values_of(one), values_of(other))] == [
            ("added", "粉尘：石墨粉尘"),
            ("removed", "粉尘：石墨烯粉"),
        ]


@pytest.mark.req("FAQ-D22")
class TestFlags:
    def odd(self, last: dict[str, Any] | None = None, **changes: Any) -> list[tuple[str, str]]:
        before = filled_of(declaration(**last)) if last is not None else None
        return [(each.code, each.field) for each in flags_of(filled_of(declaration(**changes)), before)]

    @pytest.mark.parametrize(
        ("last", "changes", "expected"),
        [
            (None, {}, []),
            ({}, {}, []),
            ({"staff_count": 10}, {}, [("count_jump", "staff_count")]),
            ({"staff_count": 1000}, {}, [("count_jump", "staff_count")]),
            ({"staff_count": 11}, {}, []),
            ({"staff_count": 1, "disease_count": 1}, {"staff_count": 19, "disease_count": 19}, []),
            ({"hazards": [{**DUST, "exposed_count": 4, "factors": []}]}, {}, [("count_jump", "hazards.0.exposed_count")]),
            (None, {"hazards": [DUST], "tests": COMPLETE["tests"][:2], "exams": COMPLETE["exams"][:2]}, [("noise_absent", "hazards")]),
            (None, {"hazards": [DUST], "industry": "Q", "tests": [], "exams": []}, []),
            (None, {"tested": False, "tests": []}, [("test_overdue", "tested")]),
            (None, row("exams", "noise", due=24, done=24), [("few_due", "exams.3.due")]),
            (None, row("exams", "noise", due=25, done=25), []),
        ],
    )  # fmt: skip
    def test_what_is_odd_is_found_with_its_figures(
        self, last: dict[str, Any] | None, changes: dict[str, Any], expected: list[tuple[str, str]]
    ) -> None:
        assert self.odd(last, **changes) == expected

    def test_the_words_have_the_figures(self) -> None:
        before: Filled = filled_of(declaration(staff_count=10))
        (flag,) = flags_of(filled_of(declaration()), before)
        assert (flag.words, flag.section) == ("本单位在册职工总数由上次的10人变为100人", "basics")

    async def test_the_queue_shows_them_and_a_province_turns_them_off(
        self, make_cast: MakeCast, client_for: ClientFor, make_actor: Any
    ) -> None:
        cast = await make_cast(region="340102")
        address = identity(await cast.submitted(**{**UNTESTED, "exam_org": None, "exam_report_no": None}))
        (flag,) = (await listed(cast.county, flagged=True))[0]["flags"]
        assert (flag["code"], "没有进行" in flag["words"]) == ("test_overdue", True)
        off = await cast.province.put(f"{FLAGS_URL}/test_overdue", json={"enabled": False})
        assert {each["code"]: each["enabled"] for each in off.json()}["test_overdue"] is False
        assert await ids(cast.county, flagged=True) == []
        assert (await cast.county.get(f"{REVIEWS}/{address}")).json()["flags"] == []
        assert len((await cast.county.get(FLAGS_URL)).json()) == len(FLAGS)
        assert (await cast.city.put(f"{FLAGS_URL}/test_overdue", json={"enabled": True})).status_code == 403
        assert (await cast.province.put(f"{FLAGS_URL}/nothing", json={"enabled": True})).status_code == 404
        elsewhere = await make_cast(region="350102")
        assert all(each["enabled"] for each in (await elsewhere.county.get(FLAGS_URL)).json())


@pytest.mark.req("BEY-11")
class TestBatch:
    async def test_each_record_answers_for_itself(
        self, make_cast: MakeCast, client_for: ClientFor, make_actor: Any
    ) -> None:
        good, odd, held, asked = [await make_cast(region="320312") for _ in range(4)]
        fine, flagged = await good.submitted(), await odd.submitted(**UNTESTED)
        colleague = await client_for(
            app, make_actor(Permission.DECLARATION_REVIEW, level=Level.COUNTY, region="320312", person_name="李同事")
        )
        taken, back = await held.submitted(), await asked.opened()
        await colleague.post(f"{taken}/open")
        await asked.employer.post(f"{back}/request_withdrawal", json={"reason": "填错"})
        chosen = [identity(each) for each in (fine, flagged, taken, fine)]
        answer = (await good.county.post(f"{REVIEWS}/batch", json={"declaration_ids": chosen})).json()
        assert (answer["done"], answer["refused"]) == (1, 2)
        assert [each["code"] for each in answer["results"]] == [None, "flagged", "held_by_colleague"]
        assert answer["results"][0]["status_label"] == "已审核"
        mine = (await asked.county.post(f"{REVIEWS}/batch", json={"declaration_ids": [identity(back)]})).json()
        assert mine["results"][0]["code"] == "withdrawal_requested"
        again = (await good.county.post(f"{REVIEWS}/batch", json={"declaration_ids": chosen[:1]})).json()
        assert again["results"][0]["code"] == "status_is_approved"
        assert (await good.county.post(f"{REVIEWS}/batch", json={"declaration_ids": []})).status_code == 422


@pytest.mark.req("FAQ-D4", "BEY-04")
async def test_an_employer_sees_what_differs_from_what_was_last_approved(cast: Cast) -> None:
    first = await cast.approved()
    assert (await cast.employer.get(f"{first}/differences")).json() == {"last_approved": None, "differences": []}
    second = await cast.add(kind="annual", staff_count=130)
    found = (await cast.employer.get(f"{second}/differences")).json()
    assert found["last_approved"]["id"] == first.rsplit("/")[-1]
    assert [(each["label"], each["before"], each["after"]) for each in found["differences"]] == [
        ("申报类型", "初次申报", "年度更新"),
        ("本单位在册职工总数", "100", "130"),
    ]
    assert (await cast.county.get(f"{second}/differences")).status_code == 403
