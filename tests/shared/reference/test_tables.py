"""Shipped code tables: complete, keyed by code, searchable."""

import pytest

from shared.reference.tables import SOURCES, enum_values, find, label, row, table


class TestTables:
    @pytest.mark.parametrize("name", sorted(SOURCES))
    def test_codes_are_unique_and_names_filled(self, name: str) -> None:
        rows = table(name)
        assert rows
        assert len({each.code for each in rows}) == len(rows)
        assert all(each.name for each in rows)

    @pytest.mark.req("ORG-13")
    def test_industries_are_the_twenty_sections_and_their_divisions(self) -> None:
        assert (len(table("industries")), len([each for each in table("industries") if not each.parent])) == (117, 20)

    @pytest.mark.parametrize(("kind", "count"), [("dust", 52), ("chem", 375), ("phys", 15), ("rad", 8)])
    def test_hazard_factors_are_complete(self, kind: str, count: int) -> None:
        assert len([each for each in table("hazard_factors") if each.parent == kind]) == count

    def test_one_name_may_stand_under_two_codes(self) -> None:
        assert len([each for each in table("hazard_factors") if each.name == "铀及其化合物"]) == 2

    def test_labels(self) -> None:
        assert label("ethnic_groups", "01") == "汉族"
        assert label("ethnic_groups", "gone") == "gone"
        assert row("ethnic_groups", "gone") is None

    def test_an_unknown_table_raises(self) -> None:
        with pytest.raises(KeyError):
            table("nothing")


@pytest.mark.req("TRN-22")
class TestFind:
    @pytest.mark.parametrize("query", ["口腔", "腔", "kq", "KQ", "2"])
    def test_by_part_of_the_name_initials_or_code(self, query: str) -> None:
        assert "口腔" in [each.name for each in find("physician_qualification_classes", query)]

    def test_blank_finds_all_and_rubbish_nothing(self) -> None:
        assert find("degrees", " ") == table("degrees")
        assert find("degrees", "zzzz") == ()


class TestEnums:
    @pytest.mark.req("TRN-45")
    def test_training_specialties_are_the_twelve(self) -> None:
        assert len(enum_values("培训专业类别")) == 12

    def test_order_is_that_of_the_sources(self) -> None:
        assert enum_values("在岗状态") == ("在职", "离职")
