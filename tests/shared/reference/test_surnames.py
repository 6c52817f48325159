"""Surnames with readings of their own: people are found by any reading of theirs, and stand where their own puts them (PLAT-08, BEY-19)."""

import pytest

from shared.reference.pinyin import (
    like_pattern,
    person_initials,
    person_key,
    person_pieces,
    person_text,
    query_pieces,
    search_text,
    sort_key,
)
from shared.reference.surnames import READINGS, surname_of

pytestmark = pytest.mark.req("PLAT-08", "BEY-19")
NAMES = [
    ("曾红梅", "zhm", "chm"),
    ("单田芳", "stf", "dtf"),
    ("仇英", "qy", "cy"),
    ("查良镛", "zly", "cly"),
    ("解晓东", "xxd", "jxd"),
    ("区海", "oh", "qh"),
    ("朴正", "pz", "pz"),
    ("盖文", "gw", "gw"),
    ("种师道", "csd", "zsd"),
    ("覃辉", "qh", "th"),
    ("尉迟恭", "ycg", "wcg"),
    ("万俟雪", "mqx", "wqx"),
    ("澹台明", "ttm", "dtm"),
    ("长孙无忌", "zswj", "zswj"),
    ("单于丹", "cyd", "dyd"),
    ("乐毅", "yy", "ly"),
    ("召平", "sp", "zp"),
]


def is_found(name: str, query: str) -> bool:
    return set(query_pieces(query)) <= set(person_pieces(name)) and like_pattern(query).strip("%") in person_text(name)


@pytest.mark.parametrize(("name", "own", "first"), NAMES)
def test_a_person_is_found_by_each_reading(name: str, own: str, first: str) -> None:
    assert person_initials(name)[0] == own
    for query in (own, own.upper(), own[:2], first, name[-1], name):
        assert is_found(name, query), query
    assert not is_found(name, "xyzzy")


def test_people_stand_where_their_own_reading_puts_them() -> None:
    names = ["张三", "曾红梅", "程成", "查良镛", "尉迟恭", "单田芳", "仇英", "王五", "袁方", "秦明"]
    assert sorted(names, key=person_key) == [
        "程成",
        "秦明",
        "仇英",
        "单田芳",
        "王五",
        "尉迟恭",
        "袁方",
        "曾红梅",
        "查良镛",
        "张三",
    ]


@pytest.mark.parametrize("name", ["王芳", "李曾", "ABDUL", "买买提·吐尔逊", "", "张单于"])
def test_every_other_name_is_as_it_was(name: str) -> None:
    assert (person_key(name), person_text(name)) == (sort_key(name), search_text(name))


def test_longer_surnames_come_first_and_every_reading_is_plain() -> None:
    assert (surname_of("尉迟恭"), surname_of("尉健"), surname_of("单于丹"), surname_of("单丹")) == (
        "尉迟",
        "",
        "单于",
        "单",
    )
    for surname, readings in READINGS.items():
        assert all(len(reading) == len(surname) for reading in readings), surname
        assert all(syllable.isascii() and syllable.islower() for reading in readings for syllable in reading)
