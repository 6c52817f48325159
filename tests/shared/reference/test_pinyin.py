"""Sorting by pinyin and finding any part of a name."""

from hypothesis import given
from hypothesis import strategies as st

from shared.reference.pinyin import folded, initials, like_pattern, query_pieces, search_pieces, sort_key

ALPHABET = "张三丰单于丹重庆䶮𬭚aB1 ％_"


def finds(text: str, query: str) -> bool:
    """The query of the module's docstring, without a database."""
    wanted = folded(query)
    return set(query_pieces(query)) <= set(search_pieces(text)) and (wanted in folded(text) or wanted in initials(text))


class TestSortKey:
    def test_names_sort_by_pinyin_and_not_by_code_point(self) -> None:
        names = ["周", "安安", "李四", "安", "李", "ann", "吕", "张三", "李三"]
        assert sorted(names, key=sort_key) == ["安", "安安", "ann", "李", "李三", "李四", "吕", "张三", "周"]

    def test_the_text_breaks_the_tie(self) -> None:
        assert sort_key("李") != sort_key("里")
        assert sort_key("李").split("\t")[0] == sort_key("里").split("\t")[0] == "li"

    def test_phrases_decide_the_reading(self) -> None:
        assert sort_key("重庆").startswith("chong qing\t")


class TestSearch:
    def test_any_part_of_any_length_is_found(self) -> None:
        for query in ("京", "南京", "京市第", "南京市第一医院", "njs", "dyy", "y", "NJ", " 南 京 "):
            assert finds("南京市第一医院", query), query

    def test_pieces_that_do_not_stand_together_are_not_enough(self) -> None:
        assert set(query_pieces("ababa")) <= set(search_pieces("abab"))
        assert not finds("abab", "ababa")
        assert not finds("南京", "京南")

    @given(st.text(alphabet=ALPHABET, max_size=8), st.integers(0, 8), st.integers(0, 8))
    def test_every_substring_is_found(self, text: str, start: int, end: int) -> None:
        assert finds(text, folded(text)[start:end])
        assert finds(text, initials(text)[start:end])

    def test_pieces_are_distinct_short_and_sorted(self) -> None:
        pieces = search_pieces("张三张三")
        assert pieces == sorted(set(pieces))
        assert set(map(len, pieces)) == {1, 2}

    def test_a_blank_query_asks_for_nothing(self) -> None:
        assert query_pieces("  ") == []
        assert like_pattern(" ") == "%%"

    def test_signs_of_like_are_taken_as_they_are(self) -> None:
        assert like_pattern("5%_\\") == "%5\\%\\_\\\\%"
