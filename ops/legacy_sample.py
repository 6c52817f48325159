"""A realistic list of units as the old system exports it, of any length, for trying the import and for measuring it (DECL-09, FAQ-D16):
``python -m ops.legacy_sample 5000 old.xlsx`` (or ``old.csv`` with ``--encoding gb18030``). The same seed makes the same list.
"""

import argparse
import csv
import io
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import xlsxwriter

from shared.identifiers import USCC_ALPHABET, USCC_WEIGHTS
from shared.reference.regions import all_regions, is_leaf
from shared.reference.tables import table

HEAD: Final = (
    "序号",
    "原账号",
    "统一社会信用代码",
    "用人单位名称",
    "所属地区",
    "注册地址",
    "作业场所地址",
    "企业规模",
    "行业分类",
    "登记注册类型",
    "法定代表人",
    "职业卫生管理联系人",
    "联系电话",
    "职工总人数",
    "接触职业病危害人数",
    "职业病累计人数",
    "申报日期",
)
_WORDS = list("华宏恒瑞盛泰鑫源远联创永隆嘉信达江海长兴")
_TRADES = ["精密机械", "化工", "电子材料", "建材", "家具", "汽车部件", "船舶修造", "纺织", "玻璃制品", "铸造"]
_SURNAMES, _GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
_STREETS = ["龙蟠路", "诚信大道", "化工大道", "人民路", "建设路", "工业园一路", "滨江大道", "解放路"]
_FIRST_DAY: Final = date(2017, 1, 1)
_EXCEL_ZERO: Final = date(1899, 12, 30)


def credit_code(serial: int, place: str) -> str:
    """A sound code of an enterprise that no other serial number has."""
    body = ""
    for _ in range(9):
        serial, rest = divmod(serial, len(USCC_ALPHABET))
        body = USCC_ALPHABET[rest] + body
    code = f"91{place}{body}"
    total = sum(USCC_ALPHABET.index(char) * weight for char, weight in zip(code, USCC_WEIGHTS, strict=True))
    return code + USCC_ALPHABET[(31 - total % 31) % 31]


def units(count: int, *, seed: int = 1, province: str = "32") -> Iterator[list[str | int | date]]:
    """So many units of a province's counties, in the order of ``HEAD``; every code and every name is its own."""
    draw = random.Random(seed)  # noqa: S311  # sample data
    counties = [each for code, each in sorted(all_regions().items()) if code.startswith(province) and is_leaf(code)]
    sizes, types, trades = table("enterprise_sizes"), table("economic_types"), table("industries")
    first = seed * 10_000_000
    for at in range(count):
        county = draw.choice(counties)
        city = county.full_name.removesuffix(county.name)
        name = f"{county.name[:2]}{''.join(draw.sample(_WORDS, 2))}{draw.choice(_TRADES)}有限公司第{at + 1}厂"
        staff = int(draw.lognormvariate(4, 1.1)) + 3
        address = f"{county.full_name}{draw.choice(_STREETS)}{draw.randint(1, 400)}号"
        yield [
            at + 1,
            f"ajzw{county.code}{at + 1:06d}",
            credit_code(first + at, county.code),
            name,
            county.full_name if at % 3 else county.code if at % 2 else city + county.name,
            address,
            address,
            draw.choice(sizes).name + ("型" if at % 2 else ""),
            draw.choice(trades).name,
            draw.choice(types).name,
            _person(draw),
            _person(draw),
            f"1{draw.choice('3578')}{draw.randint(0, 999_999_999):09d}",
            staff,
            draw.randint(0, staff),
            draw.choice((0, 0, 0, 0, 1, 2)),
            _FIRST_DAY + timedelta(days=draw.randint(0, 1500)),
        ]


def _person(draw: random.Random) -> str:
    return draw.choice(_SURNAMES) + draw.choice(_GIVEN) + draw.choice(("", draw.choice(_GIVEN)))


def as_csv(rows: Sequence[Sequence[object]], *, encoding: str = "gb18030", delimiter: str = ",") -> bytes:
    """With the head above; a day as the old system writes it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(HEAD)
    writer.writerows([f"{each:%Y/%m/%d}" if isinstance(each, date) else each for each in row] for row in rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Sequence[object]], *, code_as_number: bool = False) -> bytes:
    """With a heading over the head; days as Excel counts them. ``code_as_number`` spoils the codes as Excel does."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet("企业名单")
    sheet.write_string(0, 0, "职业病危害项目申报企业名单")
    for at, title in enumerate(HEAD):
        sheet.write_string(1, at, title)
    for line, row in enumerate(rows, 2):
        for at, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_number(line, at, (value - _EXCEL_ZERO).days)
            elif isinstance(value, int):
                sheet.write_number(line, at, value)
            elif code_as_number and at == HEAD.index("统一社会信用代码"):
                sheet.write_number(line, at, 3.2e17)
            else:
                sheet.write_string(line, at, str(value))
    book.close()
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description="原系统导出的单位名单样例")
    parser.add_argument("count", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--encoding", default="gb18030")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rows = list(units(given.count, seed=given.seed))
    is_csv = given.file.suffix.lower() == ".csv"
    given.file.write_bytes(as_csv(rows, encoding=given.encoding) if is_csv else as_xlsx(rows))


if __name__ == "__main__":
    main()
