"""The catalogue of hazard factors: whole, by its codes, found however it is typed, and kept by editions."""

from dataclasses import replace

import pytest

from services.declaration.factors import catalogue
from services.declaration.factors.catalogue import FORM_COUNTS, Catalogue, current
from services.declaration.factors.classes import HazardClass
from services.declaration.main import app
from shared.roles import Permission
from tests.conftest import ClientFor, make_actor

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
