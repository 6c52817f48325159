"""A CSV is read as a worksheet is: by title, within the same bounds, in the encodings that Excel writes."""

import pytest

from shared.sheets import Column, SheetEmpty, SheetHeaderWrong, SheetTooLong
from shared.sheets.csv_reading import CsvUnreadable, parse_table
from shared.sheets.scan import MAX_COLUMNS, SheetTooWide

COLUMNS = (Column("name", "姓名", required=True), Column("number", "编号"))


def read(text: str, encoding: str = "utf-8", **more: int) -> list[tuple[int, str, str]]:
    sheet = parse_table(text.encode(encoding), COLUMNS, name="People.CSV", **more)
    return [(row.number, row.values["name"], row.values["number"]) for row in sheet.rows]


@pytest.mark.req("BEY-07")
class TestRows:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_rows_keep_their_numbers_and_numbers_their_zeros(self, encoding: str) -> None:
        assert read('编号,姓名*\r\n\r\n007," 张 三 "\r\n,李四\r\n', encoding) == [(3, "张 三", "007"), (4, "李四", "")]

    def test_a_line_break_within_quotes_is_text(self) -> None:
        assert read('姓名,编号\n"张\n三",1\n') == [(2, "张\n三", "1")]


@pytest.mark.req("PLAT-07")
class TestBounds:
    def test_as_many_rows_as_allowed_and_no_more(self) -> None:
        assert len(read("姓名,编号\n" + "张三,1\n" * 3, max_rows=3)) == 3
        with pytest.raises(SheetTooLong):
            read("姓名,编号\n" + "张三,1\n" * 4, max_rows=3)

    def test_too_wide(self) -> None:
        with pytest.raises(SheetTooWide):
            read("姓名,编号\n" + "," * MAX_COLUMNS)

    def test_blank_rows_without_end_are_too_long(self) -> None:
        with pytest.raises(SheetTooLong):
            read("姓名,编号\n" + "\n" * 5000, max_rows=3)

    @pytest.mark.parametrize("data", [b"\x00\x01", b"\xff\xff\xff", '姓名,编号\n"'.encode() + b"a" * 200_000])
    def test_what_is_no_text_is_unreadable(self, data: bytes) -> None:
        with pytest.raises(CsvUnreadable):
            parse_table(data, COLUMNS, name="a.csv")

    @pytest.mark.parametrize(
        ("text", "refusal"), [("", SheetEmpty), ("姓名,编号\n", SheetEmpty), ("编号\n张三", SheetHeaderWrong)]
    )
    def test_nothing_and_a_wrong_header_are_told_apart(self, text: str, refusal: type[Exception]) -> None:
        with pytest.raises(refusal):
            read(text)
