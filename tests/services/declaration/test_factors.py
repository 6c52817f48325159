"""The catalogue of hazard factors: whole, by its codes, found however it is typed, and kept by editions."""

from dataclasses import replace
from typing import Any, ClassVar

import pytest

from services.declaration.factors import catalogue
from services.declaration.factors.catalogue import FORM_COUNTS, Catalogue, current
from services.declaration.factors.classes import HazardClass
from services.declaration.main import app
from shared.roles import Permission
from tests.conftest import ClientFor, make_actor
from tests.services.declaration.records import Cast

URL = "/api/declaration/hazard-factors"
CLASSES = {"dust": 52, "chem": 375, "phys": 15, "rad": 8, "bio": 6, "oth": 3}


def codes(query: str, class_code: HazardClass | None = None) -> list[str]:
    return [each.code for each in current().find(query, class_code)]


@pytest.mark.req("DECL-06")
class TestCatalogue:
    def test_every_class_is_whole_and_every_code_stands_once(self) -> None:
        assert {str(each): len(current().find(class_code=each)) for each in HazardClass} == CLASSES
        assert len({each.code for each in current().factors}) == 459

    def test_a_name_that_stands_twice_has_two_codes(self) -> None:
        assert len({each.code for each in current().factors if each.name == "铀及其化合物"}) == 2

    def test_the_form_counts_six_by_themselves(self) -> None:
        assert tuple(each.separately for each in current().find(separately=True)) == FORM_COUNTS

    def test_what_the_catalogue_lacks_has_a_place_in_every_class_but_the_last(self) -> None:
        places = {each: current().unlisted(each) for each in HazardClass}
        assert [each for each, place in places.items() if place is None] == [HazardClass.OTHER]

    def test_an_old_code_keeps_the_name_of_its_edition(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = current()
        old = Catalogue("2002", "旧目录", [replace(now.factors[0], code="Z9", name="旧名")])
        monkeypatch.setattr(catalogue, "editions", lambda: (old, now))
        assert (catalogue.name_of("Z9", "2015"), catalogue.name_of("A002", "2002")) == ("旧名", "煤尘")
        assert catalogue.name_of("nobody") == "nobody"


@pytest.mark.req("PLAT-08", "DECL-06")
class TestSearch:
    @pytest.mark.parametrize(
        ("query", "first"),
        [
            ("苯", "B028"),
            ("氧化碳", "B019"),
            ("噪音", "C001"),
            ("zs", "C001"),
            ("ZY", "C001"),
            ("71-43-2", "B028"),
            ("a001", "A001"),
            ("矽", "A001"),
            ("二氧化硅", "A001"),
            ("SiO2", "A001"),
            ("三氯甲烷", "B190"),
        ],
    )
    def test_by_any_part_of_name_other_name_number_and_initials(self, query: str, first: str) -> None:
        assert first in codes(query)
        if query not in {"氧化碳", "zs", "ZY"}:
            assert codes(query)[0] == first

    def test_within_a_class(self) -> None:
        assert codes("尘", HazardClass.PHYSICAL) == []
        assert set(codes("尘", HazardClass.DUST)) <= set(codes("尘"))

    def test_nothing_is_found_by_what_stands_in_no_name(self) -> None:
        assert codes("不存在的因素") == []


class TestRoute:
    async def test_the_picker_gets_class_and_limit_and_advice(self, client_for: ClientFor) -> None:
        client = await client_for(app, make_actor(Permission.HAZARD_DECLARATION))
        found = (await client.get(URL, params={"q": "尘", "class_code": "dust", "limit": 2})).json()
        assert (found["edition"], len(found["factors"]), found["total"] > 2) == ("2015", 2, True)
        assert found["factors"][0]["class_label"] == "粉尘"
        nothing = (await client.get(URL, params={"q": "石墨烯粉", "class_code": "dust"})).json()
        assert "A052" in nothing["advice"]
        assert "没有“其他”一项" in (await client.get(URL, params={"q": "无", "class_code": "oth"})).json()["advice"]

    async def test_it_is_kept_by_the_browser(self, client_for: ClientFor) -> None:
        client = await client_for(app, make_actor(Permission.DECLARATION_REVIEW))
        seen = await client.get(URL)
        again = await client.get(URL, headers={"If-None-Match": seen.headers["etag"]})
        assert (seen.json()["total"], again.status_code) == (459, 304)

    async def test_an_edition_that_never_was_is_named(self, client_for: ClientFor) -> None:
        client = await client_for(app, make_actor(Permission.HAZARD_DECLARATION))
        answer = await client.get(URL, params={"edition": "1999"})
        assert (answer.status_code, answer.json()["code"]) == (404, "catalogue_edition_unknown")
        assert (await client.get(URL, params={"class_code": "x"})).status_code == 422

    async def test_who_has_nothing_to_do_with_declarations_gets_nothing(self, client_for: ClientFor) -> None:
        client = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
        assert (await client.get(URL)).status_code == 403


@pytest.mark.req("FAQ-D11", "PLAT-01")
class TestMisfits:
    WRONG: ClassVar[list[dict[str, Any]]] = [
        {"factor_code": "A001", "exposed_count": 70},
        {"factor_code": "A001"},
        {"factor_code": "X1"},
        {"factor_code": "C001"},
        {"factor_code": "A003", "own_name": "煤"},
        {"factor_code": "A002", "exposed_count": "三"},
    ]
    TOLD: ClassVar[set[tuple[str, str]]] = {
        ("hazards.0.factors.1.factor_code", "repeated"),
        ("hazards.0.factors.2.factor_code", "factor_unknown"),
        ("hazards.0.factors.3.factor_code", "factor_of_another_class"),
        ("hazards.0.factors.4.own_name", "own_name_not_wanted"),
    }

    async def test_a_saving_that_is_refused_names_every_one(self, cast: Cast) -> None:
        address = await cast.add()
        readable = [{**each, "exposed_count": 3} for each in self.WRONG]
        refused = await cast.edit(address, hazards=[{"class_code": "dust", "factors": readable}])
        assert refused.status_code == 422
        assert {(each["field"], each["code"]) for each in refused.json()["errors"]} == self.TOLD

    async def test_a_check_names_them_beside_what_cannot_be_read_and_what_breaks_a_rule(self, cast: Cast) -> None:
        address = await cast.add()
        typed = {"hazards": [{"class_code": "dust", "exposed_count": 40, "factors": self.WRONG}]}
        checked = (await cast.employer.post(f"{address}/check", json=typed)).json()
        told = {(each["field"], each["code"]) for each in checked["errors"]}
        assert told >= self.TOLD
        assert ("hazards.0.factors.0.exposed_count", "exposure_above_total") in told
        unread = [each["code"] for each in checked["errors"] if each["field"] == "hazards.0.factors.5.exposed_count"]
        assert len(unread) == 1
        assert "missing" not in {each["code"] for each in checked["problems"] if each["field"] == "hazards"}

    async def test_rows_that_are_no_rows_do_not_hide_the_rest(self, cast: Cast) -> None:
        address = await cast.add()
        typed = {
            "tests": [{"measured": "多"}, "行"],
            "hazards": "无",
            "products": [{"product": "钢", "output": "一", "x": 1}],
        }
        checked = (await cast.employer.post(f"{address}/check", json=typed)).json()
        fields = {each["field"] for each in checked["errors"]}
        assert {"tests.0.item", "tests.0.measured", "tests.1", "hazards", "products.0.x"} <= fields
        assert any(each.startswith("products.0.output") for each in fields)
