"""Lists and templates as xlsx: text stays text, and what is written can be read back."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from shared.sheets import Column, SheetWriter, parse_sheet, write_sheet, write_template

COLUMNS = (Column("name", "姓名", required=True, help="与身份证一致"), Column("number", "身份证号", width=24))
EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", '=cmd|" /C calc"!A0', "http://x.example", "{=A1}"]


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


@pytest.mark.req("BEY-07")
class TestList:
    @pytest.mark.parametrize("text", EVIL)
    def test_text_never_becomes_a_formula_or_a_link(self, text: str) -> None:
        data = write_sheet("名单", COLUMNS, [{"name": text, "number": "320102199003078238"}])
        xml = part(data, "xl/worksheets/sheet1.xml")
        assert "<f>" not in xml
        assert "hyperlink" not in xml
        assert parse_sheet(data, COLUMNS).rows[0].values == {"name": text, "number": "320102199003078238"}

    def test_rows_that_come_in_parts_lie_on_disk_until_the_end(self, tmp_path: Path) -> None:
        target = io.BytesIO()
        writer = SheetWriter(target, "名单", COLUMNS, folder=str(tmp_path))
        for part_of in range(3):
            writer.add({"name": f"张{part_of}{at}"} for at in range(2))
        assert (writer.rows, target.getvalue(), len(list(tmp_path.iterdir()))) == (6, b"", 1)
        writer.close()
        rows = parse_sheet(target.getvalue(), COLUMNS).rows
        assert [row.values["name"] for row in rows] == ["张00", "张01", "张10", "张11", "张20", "张21"]

    def test_values_are_shown_as_people_read_them(self) -> None:
        values = [3, Decimal("59.5"), True, date(2026, 1, 2), datetime(2026, 1, 2, 16, 0, tzinfo=UTC), None]
        data = write_sheet("a/b:c", COLUMNS[:1], [{"name": value} for value in values] + [{"name": "x"}])
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        assert book.sheet_names == ["a b c"]
        cells = [row[0] for row in book.get_sheet_by_index(0).to_python()]
        assert cells == ["姓名", 3.0, 59.5, "是", "2026-01-02", "2026-01-03 00:00:00", "", "x"]


@pytest.mark.req("BEY-07")
class TestTemplate:
    def test_required_titles_have_a_star_and_still_match(self) -> None:
        data = write_template("人员", COLUMNS)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        assert book.get_sheet_by_index(0).to_python() == [["姓名*", "身份证号"]]
        assert "与身份证一致" in part(data, "xl/worksheets/sheet1.xml")

    def test_short_choices_stand_in_the_rule_and_long_ones_on_a_hidden_sheet(self) -> None:
        long = tuple(f"第{number}个很长的选项" for number in range(60))
        data = write_template(
            "人员", (Column("sex", "性别", choices=("男", "女")), Column("job", "岗位", choices=long))
        )
        rules = part(data, "xl/worksheets/sheet1.xml")
        assert "男,女" in rules
        assert "'选项'!$B$1:$B$60" in rules
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        assert [row[1] for row in book.get_sheet_by_name("选项").to_python(skip_empty_area=False)] == list(long)
        assert 'state="hidden"' in part(data, "xl/workbook.xml")
