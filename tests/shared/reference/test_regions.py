"""The region tree: no gaps, virtual middle levels, cities without counties, scopes."""

import pytest

from shared.reference.regions import VIRTUAL, all_regions, children, is_leaf, region, scope_prefix

pytestmark = pytest.mark.req("ORG-13")


class TestTree:
    def test_every_region_hangs_below_one_of_the_level_above(self) -> None:
        tree = all_regions()
        for each in tree.values():
            assert len(each.code) == 6
            assert each.level == (tree[each.parent].level + 1 if each.parent else 1)

    def test_counts_are_those_of_the_country(self) -> None:
        assert len(children()) == 34
        assert len(children("320000")) == 13
        assert len(children("320500")) == 10

    @pytest.mark.parametrize(
        ("code", "full_name", "parent"),
        [
            ("320102", "江苏省南京市玄武区", "320100"),
            ("320576", "江苏省苏州市苏州工业园区", "320500"),
            ("110101", "北京市东城区", "110100"),
            ("500229", "重庆市城口县", "500200"),
            ("429004", "湖北省仙桃市", "429000"),
            ("710000", "台湾省", ""),
        ],
    )
    def test_full_names_leave_out_the_virtual_levels(self, code: str, full_name: str, parent: str) -> None:
        found = region(code)
        assert found is not None
        assert (found.full_name, found.parent) == (full_name, parent)

    def test_virtual_levels_are_nine(self) -> None:
        assert sorted(each.code for each in all_regions().values() if each.kind == VIRTUAL) == [
            *("110100", "120100", "310100", "419000", "429000", "469000", "500100", "500200", "659000"),
        ]

    @pytest.mark.parametrize("code", ["441900", "442000", "460400", "620200", "320102"])
    def test_a_unit_can_sit_in_a_county_or_a_city_without_counties(self, code: str) -> None:
        assert is_leaf(code)

    @pytest.mark.parametrize("code", ["320000", "320100", "999999", ""])
    def test_a_unit_cannot_sit_anywhere_else(self, code: str) -> None:
        assert not is_leaf(code)


@pytest.mark.req("PLAT-06")
class TestScope:
    @pytest.mark.parametrize(
        ("code", "prefix"), [("320000", "32"), ("320100", "3201"), ("320102", "320102"), ("441900", "4419")]
    )
    def test_prefix_by_level(self, code: str, prefix: str) -> None:
        assert scope_prefix(code) == prefix

    def test_every_region_is_inside_the_scope_of_its_parent(self) -> None:
        assert all(each.code.startswith(scope_prefix(each.parent)) for each in all_regions().values() if each.parent)

    @pytest.mark.parametrize("code", ["", "32", "32010", "3201022", "３２０１００", "32010x"])
    def test_anything_but_six_digits_is_refused(self, code: str) -> None:
        with pytest.raises(ValueError, match="six digits"):
            scope_prefix(code)
