"""A filled-in form and a filled-in sheet of people, for the tests of personal files."""

import io
import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import xlsxwriter

from services.training.people.personnel.sheet import COLUMNS, LAYOUT, Layout, PeopleSheet, check_people
from shared.sheets import parse_sheet
from tests.services.training.records import resident_id

PERSONNEL = "/api/training/personnel"
IMPORT = "/api/training/personnel-import"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


STARRED = ("address", "attributes", "education", "mobile", "name", "post", "resident_id", "title", "work_years")
OF_PHYSICIANS = {
    "physician_number": "110320000123456",
    "physician_issued_on": "2012-12-01",
    "physician_category": "1",
    "practice_category": "1",
    "practice_place": "南京市职业病防治院",
}


def form(**changes: Any) -> dict[str, Any]:
    """The form of a physician with exactly what is required; a change to None leaves the field out."""
    values: dict[str, Any] = {
        "resident_id": fresh_id(),
        "name": "张三",
        "mobile": "13800138000",
        "address": "南京市玄武区珠江路1号",
        "education": "21",
        "title": "233",
        "post": "职业健康检查",
        "work_years": 8,
        "attributes": ["检查医生"],
        **OF_PHYSICIANS,
    }
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def fresh_id(ending: str = "") -> str:
    """A valid number that no other call has given, with this last place when it is asked for."""
    while True:
        count = next(_counter)
        number = resident_id(date(2000, 1, 1) + timedelta(days=count))
        if number.endswith(ending):
            return number


_counter = itertools.count()


def line(**changes: str) -> dict[str, str]:
    """One row of the sheet, with the words that people write."""
    values = {
        **{column.key: "" for column in COLUMNS},
        "resident_id": fresh_id(),
        "name": "李四",
        "sex": "",
        "mobile": "13900139000",
        "email": "",
        "postcode": "210009",
        "address": "南京市鼓楼区湖南路2号",
        "education": "大学本科毕业",
        "title": "主治医师",
        "title_level": "中级",
        "post": "职业病诊断",
        "work_years": "6",
        "attributes": "检查医生、技术负责人",
        "physician_number": "110320000654321",
        "physician_issued_on": "2014-12-01",
        "physician_category": "临床",
        "practice_category": "临床",
        "practice_place": "南京市职业病防治院",
    }
    return {**values, **changes}


def workbook(lines: Sequence[dict[str, str]], *, formula: bool = False) -> bytes:
    """The lines as an xlsx with the template's titles."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("人员信息")
    for place, column in enumerate(COLUMNS):
        sheet.write_string(0, place, column.title)
        for row, values in enumerate(lines, start=1):
            sheet.write_string(row, place, values[column.key])
    if formula:
        sheet.write_formula(1, 1, '=CONCATENATE("李","四")')
    book.close()
    return buffer.getvalue()


def people_in(data: bytes, layout: Layout = LAYOUT) -> PeopleSheet:
    """What a sheet comes to, read in this process."""
    return check_people(parse_sheet(data, layout.columns), layout)
