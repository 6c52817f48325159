"""One comparison of names, and the form in which they are kept (PLAT-08, BEY-05)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared.fields import PersonName
from shared.identifiers import DOTS, as_name
from shared.reference.pinyin import like_pattern, query_pieces, same_name, search_pieces, search_text
from tests.length import at_length

pytestmark = pytest.mark.req("PLAT-08")
HAN = st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF) | st.sampled_from("㛃䶮𬱖"), min_size=1, max_size=4
)
BLANKS = st.text(st.sampled_from(" \u3000\u00a0\u2009"), max_size=3)
DOT = st.sampled_from([*DOTS])
AT_LENGTH = settings(max_examples=at_length(30, 300), deadline=None)


@AT_LENGTH
@given(HAN, HAN, BLANKS, BLANKS, DOT)
def test_between_han_characters_there_is_one_dot_and_no_blank(
    one: str, two: str, before: str, behind: str, dot: str
) -> None:
    name = TypeAdapter[str](PersonName)
    assert name.validate_python(f"{one}{before}{dot}{behind}{two}") == f"{one}\u00b7{two}"
    assert name.validate_python(f"{before}{one}{before}{two}{behind}") == one + two


@AT_LENGTH
@given(HAN, HAN, DOT, DOT, BLANKS)
def test_however_the_dot_is_written_it_is_one_name(one: str, two: str, dot: str, other: str, blank: str) -> None:
    assert same_name(f"{one}{dot}{two}", f"{one}{blank}{other}{two}")
    assert same_name(f"R{dot} Jones", f"r{other}{blank}JONES")
    assert not same_name(f"{one}{dot}{two}", one)
    assert set(query_pieces(f"{dot}{two}")) <= set(search_pieces(f"{one}{other}{two}"))
    assert like_pattern(f"{one}{dot}").strip("%") in search_text(f"{one}{other}{two}")


@pytest.mark.parametrize("kept", ["R. Jones", "Anna Maria Li", "李R.", "Ann • Lee", "努尔·R. Li", "阿依·古丽·买买提"])
def test_elsewhere_a_name_stays_as_it_was_typed(kept: str) -> None:
    assert as_name(kept) == kept


@given(st.text())
def test_a_name_that_is_kept_is_kept_as_it_is(text: str) -> None:
    assert as_name(as_name(text)) == as_name(text)
    assert same_name(text, as_name(text))
