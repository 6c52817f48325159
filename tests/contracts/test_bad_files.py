"""Files that are not what they say, or more than they may be (PLAT-07, BEY-07), at the routes that take them: a problem with its own stable
code, and nothing kept.
"""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import xlsxwriter
from PIL import Image

from services.training.main import app
from services.training.people.personnel.sheet import COLUMNS
from shared.roles import Level
from tests.conftest import ClientFor
from tests.contracts.problems import all_powerful, check_problem

pytestmark = pytest.mark.req("PLAT-01", "PLAT-07")
ATTACHMENTS = "/api/training/attachments"
IMPORT = "/api/training/personnel-import"
BOUNDARY = "multipart/form-data; boundary=x"
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
PAGE = b"<html><script>alert(1)</script></html>"
TITLES = [column.title for column in COLUMNS]


@pytest.fixture
async def client(client_for: ClientFor) -> httpx.AsyncClient:
    return await client_for(app, all_powerful(Level.UNIT))


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(out, "PNG")
    return out.getvalue()


def workbook(fill: Callable[[Any], object]) -> bytes:
    """A sheet with the template's titles, filled further."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, TITLES)
    fill(sheet)
    book.close()
    return out.getvalue()


def hundred_thousand_rows() -> bytes:
    def fill(sheet: Any) -> None:
        for row in range(1, 100_001):
            sheet.write_string(row, 0, "张三")

    return workbook(fill)


def bomb() -> bytes:
    """A workbook of a few hundred kilobytes that unpacks to 300 MB."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(lambda _: None))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
        with new.open("xl/media/image1.png", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(bytes(1024 * 1024))
    return out.getvalue()


def plain_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../etc/passwd", "x")
    return out.getvalue()


class TestAttachments:
    @pytest.mark.parametrize(
        ("name", "data", "code"),
        [
            ("证书.png", PAGE, "file_content_mismatch"),
            ("证书.pdf", b"%PDF-1.4 and nothing more", "file_damaged"),
            ("证书.png", picture()[:45], "file_damaged"),
            ("证书.exe", b"MZ" + bytes(100), "file_kind_not_allowed"),
            ("人员.xlsx", plain_zip(), "file_kind_not_allowed"),
            ("证书", b"text", "file_kind_not_allowed"),
            ("证书.pdf", b"", "file_empty"),
            ("证书.pdf", b"%PDF-1.4" + bytes(10 * 1024 * 1024), "file_too_large"),
        ],
        ids=["html", "no-pdf", "half-picture", "program", "zip", "text", "empty", "11-mb"],
    )
    async def test_content_decides_what_is_refused(
        self, client: httpx.AsyncClient, name: str, data: bytes, code: str
    ) -> None:
        answer = await client.post(ATTACHMENTS, files={"file": (name, data, "application/pdf")})
        assert check_problem(answer)["code"] == code

    async def test_a_picture_that_calls_itself_a_pdf_is_kept_as_a_picture(self, client: httpx.AsyncClient) -> None:
        answer = await client.post(ATTACHMENTS, files={"file": ("证书.pdf", picture(), "application/pdf")})
        assert (answer.json()["name"], answer.json()["content_type"]) == ("证书.png", "image/png")

    @pytest.mark.parametrize(
        "name", ["../../etc/passwd.png", "a\0b.png", "C:\\a\\b.png", "x" * 5000 + ".png", "\u202egnp.png"]
    )
    async def test_a_strange_name_is_only_a_name(self, client: httpx.AsyncClient, name: str) -> None:
        answer = await client.post(ATTACHMENTS, files={"file": (name, picture(), "image/png")})
        if answer.status_code != 201:
            check_problem(answer)
            return
        kept = answer.json()["name"]
        assert len(kept) <= 100
        assert not set(kept) & set("/\\\0\u202e")


class TestMultipart:
    @pytest.mark.parametrize(
        ("body", "kind", "code"),
        [
            (b"", BOUNDARY, "invalid_input"),
            (b"--x--\r\n", BOUNDARY, "invalid_input"),
            (HEAD + b"%PDF-1.4 cut in the mid", BOUNDARY, "invalid_input"),
            (b"garbage" * 50, BOUNDARY, "malformed_body"),
            (b"--x--\r\n", "multipart/form-data", "malformed_body"),
            (b'{"file": "x"}', "application/json", "invalid_input"),
            (HEAD.replace(b'; filename="a.pdf"', b"") + b"text\r\n--x--\r\n", BOUNDARY, "invalid_input"),
        ],
        ids=["nothing", "empty", "cut", "garbage", "no-boundary", "json", "no-file"],
    )
    async def test_a_form_without_its_file_is_told(
        self, client: httpx.AsyncClient, body: bytes, kind: str, code: str
    ) -> None:
        problem = check_problem(await client.post(ATTACHMENTS, content=body, headers={"Content-Type": kind}))
        assert problem["code"] == code
        assert code != "invalid_input" or [error["field"] for error in problem["errors"]] == ["file"]

    async def test_a_thousand_parts_are_too_many(self, client: httpx.AsyncClient) -> None:
        answer = await client.post(ATTACHMENTS, files=[("file", ("a.png", b"x"))] * 1500)
        assert check_problem(answer)["code"] == "malformed_body"


class TestSheets:
    @pytest.mark.req("BEY-07")
    @pytest.mark.parametrize(
        ("make", "code"),
        [
            (lambda: PAGE, "file_content_mismatch"),
            (lambda: picture(), "file_content_mismatch"),
            (plain_zip, "file_content_mismatch"),
            (lambda: workbook(lambda _: None)[:-200], "file_damaged"),
            (lambda: workbook(lambda _: None), "sheet_empty"),
            (lambda: workbook(lambda sheet: sheet.write_formula(1, 0, "=1+1")), "sheet_has_formulas"),
            (lambda: workbook(lambda sheet: sheet.write_string(0, 50, "没有的列")), "sheet_header_wrong"),
            (hundred_thousand_rows, "sheet_too_long"),
            (bomb, "file_unpacks_too_large"),
        ],
        ids=["html", "picture", "zip", "cut", "empty", "formula", "titles", "100000-rows", "bomb"],
    )
    async def test_a_sheet_that_cannot_be_read_is_refused(
        self, client: httpx.AsyncClient, make: Callable[[], bytes], code: str
    ) -> None:
        answer = await client.post(IMPORT, params={"mode": "all"}, files={"file": ("人员.xlsx", make())})
        assert check_problem(answer)["code"] == code

    async def test_an_unknown_mode_is_named(self, client: httpx.AsyncClient) -> None:
        answer = await client.post(IMPORT, params={"mode": "some"}, files={"file": ("人员.xlsx", b"x")})
        assert [error["field"] for error in check_problem(answer)["errors"]] == ["mode"]
