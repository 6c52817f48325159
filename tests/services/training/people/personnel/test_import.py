"""Many people at once from a sheet: every bad cell named, nothing doubled, nothing half done."""

import io
import re
import zipfile
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from python_calamine import CalamineWorkbook

from services.training.main import app
from services.training.people.personnel.importing import AT_ONCE, SHOWN_LINES
from services.training.people.personnel.sheet import COLUMNS, MAX_ROWS
from shared.db.history import RecordType, changes_of
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.people.personnel.forms import IMPORT, PERSONNEL, XLSX, fresh_id, line, workbook

MakeActor = Callable[..., Actor]
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
NAME_ONLY = {**{column.key: "" for column in COLUMNS}, "name": "张三"}


async def send(client: AsyncClient, data: bytes, mode: str, name: str = "人员.xlsx") -> Response:
    return await client.post(IMPORT, params={"mode": mode}, files={"file": (name, data, XLSX)})


async def people(client: AsyncClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(PERSONNEL, params={"limit": 200})).json()["items"]
    return items


@pytest.fixture
async def client(client_for: ClientFor, make_actor: MakeActor) -> AsyncClient:
    return await client_for(app, make_actor(Permission.INSTITUTION_FILING))


@pytest.mark.req("BEY-07", "TRN-01", "TRN-03", "TRN-08")
class TestTwelvePeople:
    async def test_two_bad_rows_are_named_and_the_corrected_sheet_goes_in_once(self, client: AsyncClient) -> None:
        lines = [line(name=f"张{number}") for number in "一二三四五六七八九十"]
        lines.append(line(resident_id=fresh_id(ending="X"), name="王䶮"))
        lines.append(line(name="赵离", status="离职"))
        right = [dict(each) for each in lines]
        wrong_number = right[2]["resident_id"][:-1] + ("1" if right[2]["resident_id"][-1] != "1" else "2")
        lines[2]["resident_id"] = wrong_number
        lines[6]["title"] = "名医"
        refused = (await send(client, workbook(lines), "all")).json()
        assert (refused["total"], refused["ready"], refused["applied"]) == (12, 10, False)
        assert [(e["row"], e["column"], e["code"]) for e in refused["errors"]] == [
            (4, "A 身份证号", "resident_id_checksum"),
            (8, "I 职称", "label_unknown"),
        ]
        assert refused["errors"][0]["value"] == f"{wrong_number[:4]}********{wrong_number[-4:]}"
        assert "名医" in refused["errors"][1]["reason"]
        assert await people(client) == []
        done = (await send(client, workbook(right), "all")).json()
        assert (done["created"], done["updated"], done["unchanged"], done["applied"]) == (12, 0, 0, True)
        again = (await send(client, workbook(right), "all")).json()
        assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 12)
        rows = await people(client)
        assert len(rows) == 12
        assert [row["name"] for row in rows if row["status_label"] == "离职"] == ["赵离"]
        assert "王䶮" in [row["name"] for row in rows if row["resident_id"].endswith("X")]

    async def test_good_rows_go_in_without_the_bad(self, client: AsyncClient) -> None:
        lines = [line(), line(mobile="123"), line(work_years="很久")]
        report = (await send(client, workbook(lines), "good_rows")).json()
        assert (report["ready"], report["created"], report["applied"]) == (1, 1, True)
        assert [(e["row"], e["column"]) for e in report["errors"]] == [(3, "D 手机号码"), (4, "L 工作年限")]
        assert len(await people(client)) == 1

    @pytest.mark.req("PLAT-05")
    async def test_the_sheet_itself_is_told_with_its_bad_cells_and_numbers_masked(self, client: AsyncClient) -> None:
        written = [line(name="张三"), line(name="李四", mobile="123")]
        report = (await send(client, workbook(written), "preview")).json()
        assert [each["row"] for each in report["lines"]] == [2, 3]
        place = {title: at for at, title in enumerate(report["columns"])}
        good, bad = (each["cells"] for each in report["lines"])
        assert [cell["reason"] for cell in good if cell["reason"]] == []
        assert [title for title, at in place.items() if bad[at]["reason"]] == ["手机号码"]
        assert (good[place["姓名"]]["text"], bad[place["姓名"]]["text"]) == ("张三", "李四")
        number = written[0]["resident_id"]
        assert good[place["身份证号"]]["text"] == f"{number[:4]}********{number[-4:]}"
        assert number not in str(report)

    async def test_of_a_long_sheet_the_bad_rows_are_told(self, client: AsyncClient) -> None:
        written = [line() for _ in range(SHOWN_LINES)] + [line(mobile="123")]
        report = (await send(client, workbook(written), "preview")).json()
        assert [each["row"] for each in report["lines"]] == [SHOWN_LINES + 2]

    async def test_it_comes_back_with_the_reasons_in_it_and_can_be_sent_again(self, client: AsyncClient) -> None:
        written = [line(), line(mobile="123"), line(title="名医")]
        file = {"file": ("人员.xlsx", workbook(written), XLSX)}
        answer = await client.post(f"{IMPORT}/annotated", files=file)
        assert answer.status_code == 200, answer.text
        with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
            comments = package.read("xl/comments1.xml").decode()
        assert re.findall(r'<comment ref="(\w+)"', comments) == ["D3", "I4"]
        assert "11位数字" in comments
        again = (await send(client, answer.content, "preview")).json()
        assert [(each["row"], each["column"]) for each in again["errors"]] == [(3, "D 手机号码"), (4, "I 职称")]

    async def test_a_preview_writes_nothing(self, client: AsyncClient) -> None:
        report = (await send(client, workbook([line(), line()]), "preview")).json()
        assert (report["created"], report["applied"], await people(client)) == (2, False, [])


@pytest.mark.req("BEY-07")
class TestRows:
    @pytest.mark.parametrize(
        ("cell", "value", "column", "code"),
        [
            ("name", "", "B 姓名", "missing"),
            ("mobile", "", "D 手机号码", "missing"),
            ("email", "nowhere", "E 电子邮箱", "string_pattern_mismatch"),
            ("postcode", "12", "F 邮政编码", "postcode_format"),
            ("sex", "未知", "C 性别", "literal_error"),
            ("education", "大本", "H 学历", "label_unknown"),
            ("title_level", "高高级", "J 职称级别", "label_unknown"),
            ("post", "字" * 51, "K 从事专业(岗位)", "text_too_many_bytes"),
            ("attributes", "检查医生、护士长", "M 人员属性", "attribute_unknown"),
            ("status", "休假", "N 在岗状态", "label_unknown"),
        ],
    )
    async def test_a_bad_cell_is_named_with_its_place(
        self, client: AsyncClient, cell: str, value: str, column: str, code: str
    ) -> None:
        report = (await send(client, workbook([line(), line(**{cell: value})]), "all")).json()
        assert [(e["row"], e["column"], e["code"]) for e in report["errors"]] == [(3, column, code)]
        assert any("一" <= char <= "鿿" for char in report["errors"][0]["reason"])

    async def test_a_list_is_named_when_a_word_is_not_on_it(self, client: AsyncClient) -> None:
        report = (await send(client, workbook([line(title_level="高高级")]), "all")).json()
        assert "正高级、副高级、中级、初级、无" in report["errors"][0]["reason"]

    @pytest.mark.req("TRN-08")
    async def test_one_number_twice_in_a_sheet_is_refused(self, client: AsyncClient) -> None:
        first = line()
        report = (await send(client, workbook([first, line(), line(resident_id=first["resident_id"])]), "all")).json()
        (error,) = report["errors"]
        assert (error["row"], error["column"], error["code"]) == (4, "A 身份证号", "resident_id_repeated")
        assert "第 2 行" in error["reason"]
        assert first["resident_id"] not in str(report)

    @pytest.mark.req("TRN-18", "TRN-20")
    async def test_words_are_taken_in_the_width_people_write(self, client: AsyncClient) -> None:
        written = line(title="卫生技术人员(医师)", title_level="", attributes="法定代表人(或负责人)、其他：档案管理")
        assert (await send(client, workbook([written]), "all")).json()["applied"] is True
        (row,) = await people(client)
        assert (row["title_label"], row["title_level"]) == ("卫生技术人员（医师）", None)
        assert row["attributes"] == ["法定代表人（或负责人）", "其他：档案管理"]

    @pytest.mark.req("TRN-03", "PLAT-04")
    async def test_a_second_sheet_changes_what_it_says_and_leaves_what_is_blank(
        self, client: AsyncClient, open_app: OpenApp
    ) -> None:
        first = line(email="a@b.cn")
        await send(client, workbook([first]), "all")
        second = {**first, "email": "", "mobile": "13700137000", "status": "离职"}
        counted = [(await send(client, workbook([second]), mode)).json() for mode in ("preview", "all", "all")]
        assert [(each["updated"], each["unchanged"]) for each in counted] == [(1, 0), (1, 0), (0, 1)]
        (row,) = await people(client)
        shown = (await client.get(f"{PERSONNEL}/{row['id']}")).json()
        assert (shown["email"], shown["mobile"], shown["status"]) == ("a@b.cn", "13700137000", "left")
        runtime = await open_app(app)
        async with runtime.database.unit_of_work() as session:
            changes = await changes_of(session, RecordType("staff_member"), row["id"])
        assert [change.action for change in changes] == ["create", "update", "leave"]
        assert changes[1].after == {"mobile": "137****7000"}
        assert first["resident_id"] not in str([change.after for change in changes])

    async def test_five_hundred_rows_go_in_at_once(self, client: AsyncClient) -> None:
        lines = [line() for _ in range(AT_ONCE)]
        report = (await send(client, workbook(lines), "all")).json()
        assert (report["created"], report["errors"], report["error_count"]) == (AT_ONCE, [], 0)
        again = (await send(client, workbook(lines), "all")).json()
        assert again["unchanged"] == AT_ONCE


@pytest.mark.req("BEY-07", "PLAT-07")
class TestFiles:
    async def test_the_template_comes_back_as_it_went(self, client: AsyncClient) -> None:
        answer = await client.get(f"{IMPORT}/template")
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        titles = [str(cell).rstrip("*") for cell in book.get_sheet_by_index(0).to_python()[0]]
        assert titles == [column.title for column in COLUMNS]
        assert "主治医师" in str(book.get_sheet_by_name("选项").to_python())
        assert "filename*=UTF-8''" in answer.headers["content-disposition"]

    async def test_what_is_no_such_sheet_is_refused_with_the_reason(self, client: AsyncClient) -> None:
        files = {
            "sheet_has_formulas": workbook([line()], formula=True),
            "sheet_empty": workbook([]),
            "sheet_too_long": workbook([NAME_ONLY] * (MAX_ROWS + 1)),
            "file_content_mismatch": b"%PDF-1.7\n%nothing",
            "file_empty": b"",
        }
        for code, data in files.items():
            answer = await send(client, data, "all")
            assert (answer.json()["code"], answer.status_code < 500) == (code, True), answer.text
            assert any("一" <= char <= "鿿" for char in answer.json()["detail"])

    async def test_only_a_unit_may_import(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        office = await client_for(app, make_actor(Permission.PROVINCE_REVIEW))
        assert (await send(office, workbook([line()]), "all")).status_code == 403
