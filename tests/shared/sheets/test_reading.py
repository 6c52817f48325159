"""Uploaded sheets: rows by title, exact text, and every refusal by name."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
import xlsxwriter

from shared.sheets import (
    Column,
    FileDamaged,
    NotASheet,
    SheetEmpty,
    SheetHasFormulas,
    SheetHeaderWrong,
    SheetTooLong,
    check_package,
    column_letter,
    parse_sheet,
)
from shared.sheets.package import SheetHasMacros, UnpacksTooLarge
from shared.sheets.scan import SheetTooWide

NAME = Column("name", "姓名", required=True)
NUMBER = Column("resident_id", "身份证号", required=True)
BORN = Column("born", "出生日期")
COLUMNS = (NAME, NUMBER, BORN)


def workbook(fill: Callable[[Any, Any], None], **options: Any) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, options)
    fill(book, book.add_worksheet())
    book.close()
    return buffer.getvalue()


def sheet_of(*rows: tuple[Any, ...]) -> bytes:
    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, date | time):
                    sheet.write_datetime(number, place, value, day)
                elif value is not None:
                    sheet.write(number, place, value)

    return workbook(fill)


HEAD = ("姓名", "身份证号", "出生日期")


def repacked(data: bytes, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return out.getvalue()


@pytest.mark.req("BEY-07")
class TestRows:
    def test_columns_are_found_by_title_in_any_order(self) -> None:
        sheet = parse_sheet(sheet_of(("出生日期", " 身份证号* ", "姓 名"), ("1990-03-07", "32010X", "张三")), COLUMNS)
        assert sheet.rows[0].values == {"name": "张三", "resident_id": "32010X", "born": "1990-03-07"}
        assert sheet.letters == {"born": "A", "resident_id": "B", "name": "C"}

    def test_numbers_and_dates_become_the_typed_text(self) -> None:
        data = sheet_of(HEAD, (13800138000, 0.3, date(1990, 3, 7)), (True, 12, datetime(2026, 1, 2, 3, 4, 5)))  # noqa: DTZ001 -- Excel has no offsets
        first, second = parse_sheet(data, COLUMNS).rows
        assert tuple(first.values.values()) == ("13800138000", "0.3", "1990-03-07")
        assert tuple(second.values.values()) == ("是", "12", "2026-01-02 03:04:05")

    def test_row_numbers_are_those_of_excel_and_blank_rows_are_skipped(self) -> None:
        data = sheet_of((), (), HEAD, ("张三",), (" ", None), ("李四",))
        sheet = parse_sheet(data, COLUMNS)
        assert [(row.number, row.values["name"]) for row in sheet.rows] == [(4, "张三"), (6, "李四")]

    def test_a_table_that_begins_further_right_keeps_its_letters(self) -> None:
        sheet = parse_sheet(sheet_of((None, None, *HEAD), (None, None, "张三")), COLUMNS)
        assert sheet.letters["name"] == "C"
        assert sheet.rows[0].values["name"] == "张三"

    def test_a_long_number_is_reported_as_lost(self) -> None:
        sheet = parse_sheet(sheet_of(HEAD, ("张三", 320102199003078238)), COLUMNS)
        (error,) = sheet.errors
        assert (error.row, error.column, error.code) == (2, "B 身份证号", "number_precision_lost")
        assert "身份证号请以文本格式填写" in error.reason
        assert sheet.rows[0].values["resident_id"] == ""

    def test_an_error_of_the_caller_names_the_cell(self) -> None:
        sheet = parse_sheet(sheet_of(HEAD, ("张三", "1")), COLUMNS)
        error = sheet.error(sheet.rows[0], NUMBER, "位数不对", "format")
        assert (error.row, error.column, error.value) == (2, "B 身份证号", "1")

    @pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
    def test_column_letters(self, index: int, letters: str) -> None:
        assert column_letter(index) == letters


@pytest.mark.req("BEY-07")
class TestAsPeopleKeepTheirLists:
    """Lists that people have anyway: with a heading, numbered, remarked, without what they do not know, typed in full width."""

    @pytest.mark.parametrize("above", [(), (("2026年报名人员",),), (("某医院",), (None, "填报人：李四"))])
    def test_a_heading_stands_above_the_titles(self, above: tuple[tuple[Any, ...], ...]) -> None:
        (row,) = parse_sheet(sheet_of(*above, HEAD, ("张三", "1", "1990-03-07")), COLUMNS).rows
        assert (row.number, row.values["name"], row.values["born"]) == (len(above) + 2, "张三", "1990-03-07")

    def test_their_own_columns_are_theirs(self) -> None:
        data = sheet_of(("序号", *HEAD, "备注"), (1, "张三", "1", "1990-03-07", "新来的"))
        sheet = parse_sheet(data, COLUMNS)
        assert sheet.rows[0].values == {"name": "张三", "resident_id": "1", "born": "1990-03-07"}
        assert sheet.letters["name"] == "B"
        asked_for = (*COLUMNS, Column("remark", "备注"))
        assert parse_sheet(data, asked_for).rows[0].values["remark"] == "新来的"

    def test_what_may_be_blank_may_be_left_out(self) -> None:
        (row,) = parse_sheet(sheet_of(("身份证号", "姓名"), ("1", "张三")), COLUMNS).rows
        assert row.values == {"name": "张三", "resident_id": "1", "born": ""}

    @pytest.mark.parametrize(
        ("typed", "read"),
        [
            ("３２０１０２１９９００３０７８２３Ｘ", "32010219900307823X"),
            ("１９９０－０３－０７", "1990-03-07"),
            ("５９．５", "59.5"),
            ("中山路１２号（东）", "中山路12号（东）"),
            ("王（小）", "王（小）"),
        ],
    )
    def test_digits_of_full_width(self, typed: str, read: str) -> None:
        (row,) = parse_sheet(sheet_of(HEAD, (typed, "1")), COLUMNS).rows
        assert row.values["name"] == read

    def test_hidden_rows_are_read_and_told_of(self) -> None:
        def fill(_: Any, sheet: Any) -> None:
            for at, row in enumerate((HEAD, ("张三", "1"), ("李四", "2"), ("", ""), ("王五", "3"))):
                sheet.write_row(at, 0, row)
            for at in (2, 3):
                sheet.set_row(at, None, None, {"hidden": True})

        sheet = parse_sheet(workbook(fill), COLUMNS)
        assert ([row.number for row in sheet.rows], sheet.hidden) == ([2, 3, 5], (3,))
        assert "第 3 行" in sheet.notes()[0]
        assert parse_sheet(sheet_of(HEAD, ("张三", "1")), COLUMNS).notes() == ()


class TestRefusals:
    def test_unknown_missing_and_doubled_columns_are_named(self) -> None:
        with pytest.raises(SheetHeaderWrong) as caught:
            parse_sheet(sheet_of(("姓名", "年龄", "姓名"), ("张三",)), COLUMNS)
        assert [(each.field, each.code) for each in caught.value.errors] == [
            ("B", "column_unknown"),
            ("C", "column_doubled"),
            ("resident_id", "column_missing"),
        ]
        assert "年龄" in caught.value.detail
        assert "身份证号" in caught.value.detail

    def test_formulas_are_refused_by_cell(self) -> None:
        def fill(book: Any, sheet: Any) -> None:
            sheet.write_row(0, 0, HEAD)
            sheet.write_formula(1, 1, "=1+1", None, 2)
            sheet.write_formula(4, 27, '=HYPERLINK("http://x")')

        with pytest.raises(SheetHasFormulas, match="B2、AB5"):
            parse_sheet(workbook(fill), COLUMNS)

    def test_formulas_on_a_sheet_under_another_name_are_found(self) -> None:
        hidden = b'<?xml version="1.0"?><x:worksheet xmlns:x="y"><x:row><x:c r="C3"><x:f>A1</x:f></x:c></x:row></x:worksheet>'
        data = repacked(sheet_of(HEAD, ("张三",)), lambda _, part: part, {"other/part.bin": hidden})
        with pytest.raises(SheetHasFormulas, match="C3"):
            parse_sheet(data, COLUMNS)

    @pytest.mark.parametrize("rows", [(), (HEAD,), (HEAD, (" ",))])
    def test_no_data_is_refused(self, rows: tuple[tuple[Any, ...], ...]) -> None:
        with pytest.raises(SheetEmpty):
            parse_sheet(sheet_of(*rows), COLUMNS)

    def test_the_limit_counts_rows_with_data(self) -> None:
        data = sheet_of(HEAD, *[(f"人{n}",) if n % 2 else () for n in range(20)])
        assert len(parse_sheet(data, COLUMNS, max_rows=10).rows) == 10
        with pytest.raises(SheetTooLong, match="最多 9 行"):
            parse_sheet(data, COLUMNS, max_rows=9)

    def test_a_hundred_thousand_rows_are_refused_before_they_are_loaded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fill(book: Any, sheet: Any) -> None:
            for row in range(100_000):
                sheet.write_string(row, 0, "姓名")

        data = workbook(fill, constant_memory=True)
        monkeypatch.setattr("shared.sheets.reading.CalamineWorkbook", None)
        with pytest.raises(SheetTooLong, match="最多 10000 行"):
            parse_sheet(data, COLUMNS)

    @pytest.mark.parametrize(("row", "column", "refusal"), [(1_048_575, 0, SheetTooLong), (1, 16_383, SheetTooWide)])
    def test_a_value_in_a_far_corner_is_refused(self, row: int, column: int, refusal: type[Exception]) -> None:
        with pytest.raises(refusal):
            parse_sheet(workbook(lambda book, sheet: sheet.write(row, column, "x")), COLUMNS)

    @pytest.mark.parametrize("data", [b"", b"a,b\n1,2", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
    def test_another_kind_of_file_is_refused(self, data: bytes) -> None:
        with pytest.raises(NotASheet):
            parse_sheet(data, COLUMNS)

    def test_a_zip_that_is_no_workbook_is_refused(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("word/document.xml", "<w/>")
        with pytest.raises(NotASheet):
            parse_sheet(out.getvalue(), COLUMNS)

    def test_cut_and_broken_files_are_damaged(self) -> None:
        good = sheet_of(HEAD, ("张三",))
        cut_xml = repacked(good, lambda name, part: part[:-400] if name.endswith("sheet1.xml") else part)
        for bad in (good[: len(good) // 2], cut_xml):
            with pytest.raises(FileDamaged):
                parse_sheet(bad, COLUMNS)

    @pytest.mark.parametrize("encoding", [b"GBK", b"U3F-8"])
    def test_a_worksheet_that_cannot_be_looked_through_is_refused(self, encoding: bytes) -> None:
        def recoded(name: str, part: bytes) -> bytes:
            return part.replace(b"UTF-8", encoding, 1) if name.endswith("sheet1.xml") else part

        with pytest.raises(FileDamaged):
            parse_sheet(repacked(sheet_of(HEAD, ("张三",)), recoded), COLUMNS)

    def test_entities_are_refused(self) -> None:
        def bomb(name: str, part: bytes) -> bytes:
            dtd = b'<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa">]>'
            return part.replace(b"<worksheet", dtd + b"<worksheet", 1) if name.endswith("sheet1.xml") else part

        with pytest.raises(FileDamaged):
            parse_sheet(repacked(sheet_of(HEAD, ("张三",)), bomb), COLUMNS)

    def test_macros_are_refused(self) -> None:
        data = repacked(sheet_of(HEAD), lambda _, part: part, {"xl/vbaProject.bin": b"x"})
        with pytest.raises(SheetHasMacros):
            check_package(data)

    def test_a_zip_bomb_is_refused_even_when_it_lies_about_its_size(self) -> None:
        data = repacked(sheet_of(HEAD), lambda _, part: part, {"xl/media/a.bin": bytes(5_000_000)})
        with pytest.raises(UnpacksTooLarge):
            check_package(data, max_unpacked=1_000_000)
        lying = data.replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
        assert lying != data
        with pytest.raises(UnpacksTooLarge):
            check_package(lying, max_unpacked=1_000_000)
        with pytest.raises(FileDamaged):
            check_package(lying)
