"""Spreadsheets in and out: what a column is, reading an uploaded xlsx row by row, writing a list or a template.
What the rows mean, and which of them are accepted, is the business of the domains.
"""

from shared.sheets.columns import Column, RowError, SheetRow, SheetRows, column_letter
from shared.sheets.package import FileDamaged, NotASheet, check_package
from shared.sheets.pages import Marked, SheetPage, read_pages, write_pages
from shared.sheets.parts import WorksheetMissing
from shared.sheets.reading import SheetEmpty, SheetHeaderWrong, parse_sheet
from shared.sheets.scan import SheetHasFormulas, SheetTooLong
from shared.sheets.uploaded import read_if_small, read_sheet, read_table
from shared.sheets.writing import SheetWriter, write_marked, write_sheet, write_template

__all__ = [
    "Column",
    "FileDamaged",
    "Marked",
    "NotASheet",
    "RowError",
    "SheetEmpty",
    "SheetHasFormulas",
    "SheetHeaderWrong",
    "SheetPage",
    "SheetRow",
    "SheetRows",
    "SheetTooLong",
    "SheetWriter",
    "WorksheetMissing",
    "check_package",
    "column_letter",
    "parse_sheet",
    "read_if_small",
    "read_pages",
    "read_sheet",
    "read_table",
    "write_marked",
    "write_pages",
    "write_sheet",
    "write_template",
]
