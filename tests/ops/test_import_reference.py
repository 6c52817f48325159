"""Reference data from a file: all or nothing, told by row and column, and the same file twice is the same (ORG-07, AUTH-23, ORG-13)."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from ops.import_reference import TABLES, FileUnreadable, content, main, take
from ops.up.servers import Servers
from services.auth.directory.registry.models import Company, LegacyAccount
from services.declaration.industries.models import Industry
from services.declaration.industries.service import industries_below
from shared.db.history import RecordType, history_of
from shared.db.session import Database
from shared.services import Service
from shared.settings import platform_settings
from shared.sheets import write_sheet
from tests.services.auth.records import new_credit_code

pytestmark = pytest.mark.req("PLAT-20")
ADDED = ("A011", "A0111", "A02", "A031")
COMPANY = {
    "name": "南京测试铸造有限公司",
    "region_code": "320102",
    "address": "南京市玄武区珠江路 1 号",
    "legal_representative": "王建",
    "status": "存续",
}


@pytest.fixture
async def auth(platform: Servers) -> AsyncIterator[Database]:
    database = Database(platform_settings().database_of(Service.AUTH), pool_size=1, checkout_seconds=5, publish=print)
    yield database
    await database.close()


@pytest.fixture
async def declaration(platform: Servers) -> AsyncIterator[Database]:
    """The industries that a test adds go with it: another expects the shipped ones."""
    url = platform_settings().database_of(Service.DECLARATION)
    database = Database(url, pool_size=1, checkout_seconds=5, publish=print)
    yield database
    async with database.unit_of_work() as session:
        await session.execute(delete(Industry).where(Industry.code.in_(ADDED)))
    await database.close()


def company(**changes: str) -> dict[str, str]:
    return {"credit_code": new_credit_code(), **COMPANY, **changes}


def sheet(tmp_path: Path, table: str, *rows: dict[str, Any]) -> Path:
    path = tmp_path / f"{table}.xlsx"
    path.write_bytes(write_sheet(table, TABLES[table].columns, rows))
    return path


async def run(table: str, path: Path, *, check: bool = False, skip_bad: bool = False) -> int:
    return await take(TABLES[table], path, check=check, skip_bad=skip_bad)


async def known(database: Database, code: str) -> Company | None:
    async with database.unit_of_work() as session:
        found: Company | None = await session.scalar(select(Company).where(Company.credit_code == code))
    return found


@pytest.mark.req("ORG-07", "FAQ-D3")
class TestRegistry:
    async def test_the_same_file_twice_is_the_same_and_a_changed_row_is_brought_up_to_date(
        self, auth: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        one, other = company(), company()
        assert await run("registry", sheet(tmp_path, "registry", one, other)) == 0
        assert "新增 2，更新 0，无变化 0" in capsys.readouterr().out
        first = await known(auth, one["credit_code"])
        assert await run("registry", sheet(tmp_path, "registry", one, other)) == 0
        assert "新增 0，更新 0，无变化 2" in capsys.readouterr().out
        renamed = {**one, "name": "南京改名铸造有限公司", "status": "注销"}
        assert await run("registry", sheet(tmp_path, "registry", renamed, other)) == 0
        assert "新增 0，更新 1，无变化 1" in capsys.readouterr().out
        second = await known(auth, one["credit_code"])
        assert first
        assert second
        assert (second.id, second.name, second.status) == (first.id, "南京改名铸造有限公司", "注销")
        assert "改名" in second.name_pieces

    async def test_one_bad_row_and_nothing_is_imported(
        self, auth: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        good, twice = company(), company()
        path = sheet(
            tmp_path, "registry", good, company(credit_code="123"), twice, company(region_code="999999"), twice
        )
        assert await run("registry", path) == 1
        said = capsys.readouterr()
        assert "没有导入任何一行" in said.out
        lines = said.err.splitlines()
        assert [line.split("“")[0] for line in lines] == [
            "第 3 行 A 统一社会信用代码",
            "第 5 行 C 所属区县代码",
            "第 6 行 A 统一社会信用代码",
        ]
        assert lines[2].endswith("与第 4 行重复，请删除其中一行")
        assert await known(auth, good["credit_code"]) is None
        assert await run("registry", path, skip_bad=True) == 0
        assert capsys.readouterr().err.splitlines() == lines
        assert await known(auth, good["credit_code"])
        assert await known(auth, twice["credit_code"])

    @pytest.mark.req("STAFF-15")
    async def test_a_code_that_misses_its_check_digit_is_taken_as_the_register_has_it_and_told(
        self, auth: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        row = company()
        right = row["credit_code"]
        row["credit_code"] = right[:-1] + ("0" if right[-1] != "0" else "1")
        assert await run("registry", sheet(tmp_path, "registry", row, company())) == 0
        assert "其中 1 行的信用代码校验位不符" in capsys.readouterr().out
        assert await known(auth, row["credit_code"]) is not None

    async def test_a_check_writes_nothing(self, auth: Database, tmp_path: Path) -> None:
        good = company()
        assert await run("registry", sheet(tmp_path, "registry", good), check=True) == 0
        assert await known(auth, good["credit_code"]) is None

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
    async def test_a_csv_does_as_well(self, auth: Database, tmp_path: Path, encoding: str) -> None:
        code, path = new_credit_code(), tmp_path / "名录.csv"
        titles = ",".join(column.title for column in TABLES["registry"].columns)
        path.write_bytes(f"{titles}\r\n{code},南京某某有限公司,,,,存续\r\n".encode(encoding))
        assert await run("registry", path) == 0
        found = await known(auth, code)
        assert found
        assert (found.name, found.region_code) == ("南京某某有限公司", "")

    @pytest.mark.req("AUTH-23", "PLAT-05")
    async def test_old_accounts_come_the_same_way_with_their_phone_sealed(self, auth: Database, tmp_path: Path) -> None:
        row = {"name": f"AJ{new_credit_code()}", "credit_code": new_credit_code(), "company_name": "南京某某有限公司"}
        path = sheet(tmp_path, "old-accounts", {**row, "contact_phone": "13951803462"})
        assert await run("old-accounts", path) == 0
        assert await run("old-accounts", path) == 0
        async with auth.unit_of_work() as session:
            found = (
                await session.scalars(select(LegacyAccount).where(LegacyAccount.name == row["name"].lower()))
            ).one()
        assert found.contact_phone == "13951803462"


@pytest.mark.req("ORG-13", "FAQ-D13")
class TestIndustries:
    async def test_classes_below_the_shipped_ones_are_added_and_renamed(
        self, declaration: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rows = [
            {"code": "A0111", "name": "稻谷种植"},
            {"code": "a011", "name": "谷物种植"},
            {"code": "A01", "name": "农业"},
        ]
        assert await run("industries", sheet(tmp_path, "industries", *rows)) == 0
        assert "新增 2，更新 0，无变化 1" in capsys.readouterr().out
        assert await run("industries", sheet(tmp_path, "industries", *rows)) == 0
        assert "新增 0，更新 0，无变化 3" in capsys.readouterr().out
        rows[1]["name"] = "谷物的种植"
        assert await run("industries", sheet(tmp_path, "industries", *rows)) == 0
        async with declaration.unit_of_work() as session:
            shown = await industries_below(session, "A01")
            leaves = await industries_below(session, "A011")
            row = (await session.scalars(select(Industry).where(Industry.code == "A011"))).one()
            history = await history_of(session, RecordType("industry"), row.id)
        assert [(each.code, each.name, each.pinyin, each.has_children) for each in shown] == [
            ("A011", "谷物的种植", "GWDZZ", True)
        ]
        assert [(each.code, each.has_children) for each in leaves] == [("A0111", False)]
        assert [each.action for each in history] == ["create", "update"]

    async def test_a_shipped_name_can_be_replaced(
        self, declaration: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert await run("industries", sheet(tmp_path, "industries", {"code": "A02", "name": "林业（新）"})) == 0
        assert "新增 0，更新 1，无变化 0" in capsys.readouterr().out
        async with declaration.unit_of_work() as session:
            names = {each.code: each.name for each in await industries_below(session, "A")}
            assert len(await industries_below(session, "")) == 20
        assert (names["A02"], names["A01"]) == ("林业（新）", "农业")

    async def test_a_class_without_its_parent_is_refused(
        self, declaration: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        good, orphan, letterless = ({"code": code, "name": "牲畜饲养"} for code in ("A031", "A9911", "0311"))
        path = sheet(tmp_path, "industries", orphan, letterless, good)
        assert await run("industries", path) == 1
        lines = capsys.readouterr().err.splitlines()
        assert "上级行业 A991 不在行业分类中" in lines[0]
        assert "门类字母加数字" in lines[1]
        async with declaration.unit_of_work() as session:
            assert await session.scalar(select(Industry).where(Industry.code == "A031")) is None
        assert await run("industries", path, skip_bad=True) == 0
        async with declaration.unit_of_work() as session:
            assert "A031" in {each.code for each in await industries_below(session, "A03")}


class TestCommand:
    @pytest.mark.parametrize("table", TABLES)
    def test_its_template_holds_the_columns_that_it_reads(
        self, table: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "t.xlsx"
        assert main([table, "--template", str(path)]) == 0
        assert str(path) in capsys.readouterr().err
        assert path.read_bytes().startswith(b"PK")

    def test_a_file_that_is_not_there_is_one_sentence(
        self, platform: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["registry", str(tmp_path / "none.xlsx")]) == 1
        assert "无法读取" in capsys.readouterr().err

    def test_a_file_beyond_bounds_is_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "long.csv"
        with path.open("wb") as file:
            os.truncate(file.fileno(), 101 * 1024 * 1024)
        with pytest.raises(FileUnreadable):
            content(path)

    @pytest.mark.parametrize("words", [["registry"], ["registry", "a.csv", "--template", "b.xlsx"], ["regions", "a"]])
    def test_what_it_does_not_understand_ends_with_two(self, words: list[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
