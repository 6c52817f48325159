"""Sheets made to end whoever reads them: each is refused before the reader sees it, and what honest programs write is not."""

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest

from shared.errors import AppError
from shared.sheets import read_sheet
from tests.shared.sheets.packages import (
    BOOK,
    COLUMNS,
    LINKS,
    READ,
    SHEET,
    START,
    STYLES,
    TEXTS,
    changed,
    moved,
    packed,
    parts_of,
    sheet,
)

pytestmark = pytest.mark.req("PLAT-07", "BEY-07")
FAR = b'<row r="9"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
DTD = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
DIRT: dict[str, Callable[[bytes], bytes]] = {
    "bytes-before": lambda part: b"PK\0" + part,
    "blanks-before": lambda part: b"  " + part,
    "bytes-behind": lambda part: part + b"<x",
    "cut": lambda part: part[:-9],
    "dtd": lambda part: part.replace(b"?>", b"?>" + DTD, 1),
    "utf-16": lambda part: part.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "latin-1": lambda part: part.replace(b"UTF-8", b"ISO-8859-1"),
    "gbk": lambda part: part.replace(b"UTF-8", b"GBK"),
    "no-xml": lambda _: b"\x89PNG\r\n",
    "empty": lambda _: b"",
}


async def code_of(data: bytes) -> str:
    with pytest.raises(AppError) as caught:
        await read_sheet(data, COLUMNS, max_rows=100)
    assert caught.value.status in {413, 422}
    return caught.value.code


async def names_in(data: bytes) -> list[str]:
    return [row.values["name"] for row in (await read_sheet(data, COLUMNS, max_rows=100)).rows]


class TestParts:
    @pytest.mark.parametrize("dirt", DIRT)
    @pytest.mark.parametrize("part", READ)
    async def test_what_the_reader_reads_is_clean_from_the_first_byte_to_the_last(self, part: str, dirt: str) -> None:
        parts = parts_of(sheet())
        assert await code_of(packed(parts | {part: DIRT[dirt](parts[part])})) == "file_damaged"

    @pytest.mark.parametrize("dirt", DIRT)
    @pytest.mark.parametrize("part", [SHEET, TEXTS, STYLES])
    async def test_a_part_that_is_found_by_its_relationship_alone_as_well(self, part: str, dirt: str) -> None:
        assert await names_in(moved(part, "other/part.bin")) == ["张三"]
        assert await code_of(moved(part, "other/part.bin", DIRT[dirt])) == "file_damaged"

    @pytest.mark.parametrize("part", READ)
    async def test_a_byte_order_mark_is_allowed(self, part: str) -> None:
        parts = parts_of(sheet())
        assert await names_in(packed(parts | {part: b"\xef\xbb\xbf" + parts[part]})) == ["张三"]

    async def test_a_worksheet_under_another_root_is_none(self) -> None:
        data = changed(SHEET, b"<worksheet", b"<x:sheet xmlns:x='y'><worksheet")
        assert await code_of(changed(SHEET, b"</worksheet>", b"</worksheet></x:sheet>", data)) == "file_damaged"

    @pytest.mark.parametrize("target", ["../../../etc/passwd", "worksheets/none.xml", "", "/"])
    async def test_a_relationship_that_leads_nowhere(self, target: str) -> None:
        assert await code_of(changed(LINKS, b"worksheets/sheet1.xml", target.encode())) == "file_damaged"

    async def test_logos_printer_settings_and_other_dirt_stay_behind(self) -> None:
        more = {
            "xl/media/image1.png": b"\x89PNG\r\n" + bytes(range(256)) * 40,
            "xl/printerSettings/printerSettings1.bin": bytes(500),
            "customXml/item1.xml": '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"),
        }
        assert await names_in(packed(parts_of(sheet()) | more)) == ["张三"]


class TestNumbers:
    @pytest.mark.parametrize("count", ["100000000000", "18446744073709551615", "2000001", "-1", "0x10", "", "１"])
    @pytest.mark.parametrize(
        ("part", "old"),
        [
            (TEXTS, b'uniqueCount="4"'),
            (TEXTS, b' count="4"'),
            (STYLES, b'cellXfs count="1"'),
            (STYLES, b'fonts count="1"'),
        ],
        ids=["texts", "uses", "formats", "fonts"],
    )
    async def test_a_count_is_bounded(self, part: str, old: bytes, count: str) -> None:
        new = old.partition(b'"')[0] + f'"{count}"'.encode()
        assert await code_of(changed(part, old, new)) == "file_damaged"

    @pytest.mark.parametrize(
        ("place", "code"),
        [
            ("XFD1048576", "file_damaged"),
            ("xfd1048576", "file_damaged"),
            ("b2", "file_damaged"),
            (" B2", "file_damaged"),
            ("B0", "file_damaged"),
            ("B02", "file_damaged"),
            ("B4294967297", "file_damaged"),
            ("AAAAAAAAAAAAAA2", "file_damaged"),
            ("R2C2", "file_damaged"),
            ("2", "file_damaged"),
            ("", "file_damaged"),
            ("Ｂ2", "file_damaged"),
            ("XFE2", "file_damaged"),
            ("XFD2", "sheet_too_wide"),
            ("DY2", "sheet_too_wide"),
        ],
    )
    async def test_a_cell_lies_where_cells_may_lie(self, place: str, code: str) -> None:
        assert await code_of(changed(SHEET, b'r="B2"', f'r="{place}"'.encode())) == code

    @pytest.mark.parametrize("row", ["1048577", "0", "-1", "99999999999999999999", "2.5", "x", ""])
    async def test_a_row_has_a_number_that_rows_may_have(self, row: str) -> None:
        assert await code_of(changed(SHEET, b'<row r="2"', f'<row r="{row}"'.encode())) == "file_damaged"

    async def test_a_far_row_is_too_long_with_and_without_its_number(self) -> None:
        far = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
        assert await code_of(changed(SHEET, b"</sheetData>", far)) == "sheet_too_long"
        assert await code_of(changed(SHEET, b"</sheetData>", far.replace(b' r="1048576"', b""))) == "sheet_too_long"
        blank = b"<row/>" * 2000 + b"<row><c><v>1</v></c></row></sheetData>"
        assert await code_of(changed(SHEET, b"</sheetData>", blank)) == "sheet_too_long"

    async def test_a_text_is_no_longer_than_a_cell_may_hold(self) -> None:
        data = changed(TEXTS, "张三".encode(), "字".encode() * 40_000)
        assert await code_of(data) == "file_damaged"

    @pytest.mark.parametrize("reference", ["A1:XFD1048576", "A1:ZZZZ99999999999"])
    async def test_a_dimension_that_lies_costs_nothing(self, reference: str) -> None:
        assert await names_in(changed(SHEET, b'ref="A1:B2"', f'ref="{reference}"'.encode())) == ["张三"]


def twice() -> bytes:
    parts = parts_of(sheet())
    return packed(parts | {SHEET.upper(): parts[SHEET]})


def flagged() -> bytes:
    data = sheet()
    at = data.index(b"PK\x01\x02")
    return data[: at + 8] + b"\x01" + data[at + 9 :]


def overlapping() -> bytes:
    """Two entries of the directory share one content, as quines and bombs do."""
    data = bytearray(sheet())
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    return bytes(data)


def other_method() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        for name, part in parts_of(sheet()).items():
            archive.writestr(name, part)
    return out.getvalue()


def bomb() -> bytes:
    return packed(parts_of(sheet()) | {"xl/media/image1.png": bytes(160 * 1024 * 1024)})


class TestZip:
    @pytest.mark.parametrize(
        ("make", "code"),
        [
            (twice, "file_damaged"),
            (flagged, "sheet_encrypted"),
            (overlapping, "file_damaged"),
            (other_method, "file_damaged"),
            (bomb, "file_unpacks_too_large"),
        ],
    )
    async def test_a_zip_that_is_ambiguous_protected_or_a_bomb(self, make: Callable[[], bytes], code: str) -> None:
        assert await code_of(make()) == code


class TestHonestSheets:
    async def test_a_table_a_second_sheet_and_a_coloured_cell_far_away(self) -> None:
        def fill(book: object, page: object) -> None:
            page.add_table("A1:B2", {"columns": [{"header": "姓名"}, {"header": "编号"}]})  # type: ignore[attr-defined]
            page.write_row(1, 0, ("张三", "7"))  # type: ignore[attr-defined]
            colour = book.add_format({"bg_color": "red"})  # type: ignore[attr-defined]
            page.write_blank(1_048_575, 16_383, None, colour)  # type: ignore[attr-defined]
            book.add_worksheet().write(0, 0, "别的")  # type: ignore[attr-defined]

        assert await names_in(sheet(fill)) == ["张三"]

    @pytest.mark.parametrize("options", [{}, {"date_1904": True}])
    async def test_dates_of_either_count(self, options: dict[str, bool]) -> None:
        def fill(book: object, page: object) -> None:
            day = book.add_format({"num_format": "yyyy-mm-dd"})  # type: ignore[attr-defined]
            page.write_datetime(1, 1, date(2026, 3, 7), day)  # type: ignore[attr-defined]

        (row,) = (await read_sheet(sheet(fill, **options), COLUMNS)).rows
        assert row.values["number"] == "2026-03-07"

    async def test_rows_and_cells_without_their_numbers(self) -> None:
        data = changed(SHEET, b'<row r="2" spans="1:2"><c r="A2"', b"<row><c")
        assert await names_in(changed(SHEET, b'<c r="B2"', b"<c", data)) == ["张三"]

    async def test_targets_from_the_root_and_a_workbook_elsewhere(self) -> None:
        assert await names_in(changed(LINKS, b"worksheets/sheet1.xml", b"/xl/worksheets/../worksheets/sheet1.xml")) == [
            "张三"
        ]
        parts = parts_of(sheet())
        start = parts[START].replace(b"xl/workbook.xml", b"xl/book.xml")
        other = parts | {"xl/book.xml": parts[BOOK], "xl/_rels/book.xml.rels": parts[LINKS], START: start}
        assert await names_in(packed(other)) == ["张三"]

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("59.699999999999996", "59.7"),
            ("0.30000000000000004", "0.3"),
            ("85.500000000000014", "85.5"),
            ("99.99999999999999", "100"),
            ("1E-7", "0.0000001"),
            ("-0", "0"),
            ("60", "60"),
            ("60.5", "60.5"),
            ("123456789.12345678", "123456789.123457"),
            ("123456789012345", "123456789012345"),
        ],
    )
    async def test_a_number_has_the_digits_that_excel_shows(self, written: str, read: str) -> None:
        data = changed(SHEET, b'<c r="B2" t="s"><v>3</v>', f'<c r="B2"><v>{written}</v>'.encode())
        sheet = await read_sheet(data, COLUMNS)
        assert (sheet.rows[0].values["number"], sheet.errors) == (read, ())

    @pytest.mark.parametrize("written", ["1E15", "1e999", "-1E300", "NaN"])
    async def test_a_number_that_excel_cannot_keep_is_told(self, written: str) -> None:
        data = changed(SHEET, b'<c r="B2" t="s"><v>3</v>', f'<c r="B2"><v>{written}</v>'.encode())
        (error,) = (await read_sheet(data, COLUMNS)).errors
        assert error.code == "number_precision_lost"
