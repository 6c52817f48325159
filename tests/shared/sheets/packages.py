"""An xlsx taken apart and put together otherwise, for the tests of sheets."""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import xlsxwriter

from shared.sheets import Column

COLUMNS = (Column("name", "姓名", required=True), Column("number", "编号"))
SHEET, TEXTS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
BOOK, LINKS, START = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"
READ = (SHEET, TEXTS, STYLES, BOOK, LINKS, START)


def sheet(fill: Callable[[Any, Any], object] | None = None, **options: Any) -> bytes:
    """A sheet of one person, filled further."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, options)
    page = book.add_worksheet()
    page.write_row(0, 0, ("姓名", "编号"))
    page.write_row(1, 0, ("张三", "7"))
    if fill:
        fill(book, page)
    book.close()
    return out.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def changed(part: str, old: bytes, new: bytes, data: bytes | None = None) -> bytes:
    """The sheet with other bytes in one part, which must hold the old ones."""
    parts = parts_of(data or sheet())
    assert old in parts[part]
    return packed(parts | {part: parts[part].replace(old, new, 1)})


def moved(part: str, to: str, change: Callable[[bytes], bytes] = bytes) -> bytes:
    """The sheet with one part elsewhere, found by its relationship alone."""
    parts = parts_of(sheet())
    content = parts.pop(part)
    target = part.removeprefix("xl/").encode()
    assert target in parts[LINKS]
    return packed(parts | {to: change(content), LINKS: parts[LINKS].replace(target, b"/" + to.encode())})
