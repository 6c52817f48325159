"""The list of the old system taken over (DECL-09, FAQ-D16): read row by row, confirmed, repeated, undone; and the row that waits for its
unit.
"""

from collections.abc import Callable

import pytest

from ops.legacy_sample import HEAD, as_csv, as_xlsx, credit_code
from services.declaration.main import app
from shared.db.session import Database
from shared.identifiers import new_id
from shared.identity import Actor
from tests.conftest import ClientFor
from tests.services.declaration.legacy_records import CODE, IMPORTS, NAME, PHONE, REGION, Desk, sign_up, some
from tests.services.declaration.records import URL


@pytest.mark.req("DECL-09", "FAQ-D16")
class TestWholeWay:
    async def test_preview_import_again_and_undo(
        self, desk: Desk, make_actor: Callable[..., Actor], client_for: ClientFor, database: Database
    ) -> None:
        rows = some(5)
        known, edited = [await sign_up(make_actor, database, row) for row in rows[:2]]
        rows[4][CODE] = "3.2E+17"
        at = await desk.send(as_csv(rows))
        seen = await desk.read(at)
        assert (seen["state"], seen["total"], seen["coming"]) == ("ready", 5, 4)
        assert await desk.outcomes(at) == ["ready", "ready", "will_wait", "will_wait", "refused"]
        client = await client_for(app, known)
        assert (await client.get(URL)).json()["items"] == []  # a preview imports nothing
        done = await desk.act(at, "confirm")
        assert done["state"] == "applied"
        assert await desk.outcomes(at) == ["imported", "imported", "waiting", "waiting", "refused"]
        (item,) = (await client.get(URL)).json()["items"]
        record = (await client.get(f"{URL}/{item['id']}")).json()
        assert (record["kind"], record["change_reason"], record["status"]) == ("change", "system_update", "draft")
        assert (record["contact_phone"], record["staff_count"]) == (rows[0][PHONE], rows[0][HEAD.index("职工总人数")])
        assert (record["hazards"], record["products"], record["exposed_count"]) == ([], [], None)
        assert "系统更新" in record["imported_note"]
        again = await desk.send(as_csv(rows))
        assert await desk.outcomes(again) == ["same", "same", "same", "same", "refused"]
        other = await client_for(app, edited)
        (mine,) = (await other.get(URL)).json()["items"]
        await other.patch(f"{URL}/{mine['id']}", json={"staff_count": 9}, headers={"If-Match": str(mine["version"])})
        undone = await desk.act(at, "undo")
        assert (undone["state"], undone["kept_names"]) == ("undone", [rows[1][NAME]])
        assert await desk.outcomes(at) == ["undone", "kept", "undone", "undone", "refused"]
        assert (await client.get(URL)).json()["items"] == []
        assert len((await other.get(URL)).json()["items"]) == 1
        refused = await desk.client.post(f"{at}/undo")
        assert (refused.status_code, refused.json()["code"]) == (409, "legacy_import_undone")

    @pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
    async def test_encodings_and_tabs(self, desk: Desk, encoding: str) -> None:
        at = await desk.send(as_csv(some(2), encoding=encoding, delimiter="\t"))
        assert await desk.outcomes(at) == ["will_wait"] * 2

    async def test_a_workbook_with_a_heading_and_days_of_excel(self, desk: Desk) -> None:
        rows = some(2)
        at = await desk.send(as_xlsx(rows), "名单.xlsx")
        (first, _) = await desk.rows(at)
        cells = {cell["title"]: cell["text"] for cell in first["cells"]}
        assert cells["申报日期"] == rows[0][-1].isoformat()
        assert (first["outcome"], first["line"], cells["联系电话"]) == (
            "will_wait",
            3,
            f"{rows[0][PHONE][:3]}****{rows[0][PHONE][-4:]}",
        )


@pytest.mark.req("DECL-09", "AUTH-23")
class TestSignUp:
    async def test_a_row_waits_until_its_unit_matches_its_old_account(
        self, desk: Desk, make_actor: Callable[..., Actor], client_for: ClientFor, database: Database
    ) -> None:
        rows = some(2)
        at = await desk.send(as_csv(rows))
        await desk.act(at, "confirm")
        account = rows[0][HEAD.index("原账号")]
        matched = await sign_up(make_actor, database, rows[0], account=account.upper())
        unproven = await sign_up(make_actor, database, rows[1])
        (item,) = (await (await client_for(app, matched)).get(URL)).json()["items"]
        assert item["kind_label"] == "变更申报"
        assert (await (await client_for(app, unproven)).get(URL)).json()["items"] == []
        assert await desk.outcomes(at) == ["imported", "waiting"]
        # The list once more finds the unit that has signed up without its old account.
        again = await desk.send(as_csv(rows))
        assert await desk.outcomes(again) == ["same", "ready"]
        await desk.act(again, "confirm")
        assert await desk.outcomes(at) == ["imported", "replaced"]
        await desk.act(again, "undo")
        assert await desk.outcomes(at) == ["imported", "waiting"]

    async def test_without_a_list_the_record_begins_all_the_same(
        self, make_actor: Callable[..., Actor], client_for: ClientFor, database: Database
    ) -> None:
        actor = await sign_up(make_actor, database, some(1)[0], account="ajzw1")
        (item,) = (await (await client_for(app, actor)).get(URL)).json()["items"]
        assert (item["kind_label"], item["status_label"]) == ("变更申报", "暂存")


@pytest.mark.req("DECL-09", "FAQ-D16")
class TestBadRows:
    async def test_a_code_that_excel_cut_is_refused_with_its_cell(self, desk: Desk) -> None:
        at = await desk.send(as_xlsx(some(1), code_as_number=True), "名单.xlsx")
        (row,) = await desk.rows(at)
        bad = next(cell for cell in row["cells"] if cell["reason"])
        assert (row["outcome"], bad["cell"], bad["code"]) == ("refused", "C3", "uscc_cut")
        assert "末几位已丢失" in bad["reason"]

    async def test_two_units_with_one_code_and_one_unit_twice(self, desk: Desk) -> None:
        rows = some(4)
        rows[1][CODE] = rows[0][CODE]
        rows[3][CODE], rows[3][NAME] = rows[2][CODE], rows[2][NAME]
        at = await desk.send(as_csv(rows))
        found = await desk.rows(at)
        codes = [[cell["code"] for cell in row["cells"] if cell["refuses"]] for row in found]
        assert codes == [["code_of_two_units"], ["code_of_two_units"], [], ["row_repeated"]]
        assert rows[1][NAME] in found[0]["words"]

    async def test_a_name_that_differs_is_refused_with_both(
        self, desk: Desk, make_actor: Callable[..., Actor], database: Database
    ) -> None:
        rows = some(2)
        await sign_up(make_actor, database, rows[0], name="另一家有限公司")
        await sign_up(make_actor, database, rows[1], name=f" {rows[1][NAME]}".replace("（", "("))
        at = await desk.send(as_csv(rows))
        first, second = await desk.rows(at)
        assert (first["outcome"], second["outcome"]) == ("refused", "ready")
        assert "另一家有限公司" in first["words"]
        assert rows[0][NAME] in first["words"]

    async def test_places_that_are_none_or_two(self, desk: Desk) -> None:
        rows = some(4)
        for row, place in zip(rows, ("鼓楼区", "110101", "", "东海县"), strict=True):
            row[REGION] = place
        at = await desk.send(as_csv(rows))
        codes = [[cell["code"] for cell in row["cells"] if cell["refuses"]] for row in await desk.rows(at)]
        assert codes == [["region_ambiguous"], ["region_outside"], ["region_missing"], []]

    async def test_what_cannot_be_taken_is_left_out_and_told(self, desk: Desk) -> None:
        rows = some(1)
        rows[0][HEAD.index("职工总人数")] = -1
        rows[0][PHONE] = "025-1"
        rows[0][HEAD.index("企业规模")] = "巨型"
        at = await desk.send(as_csv(rows))
        (row,) = await desk.rows(at)
        told = [(cell["title"], cell["refuses"]) for cell in row["cells"] if cell["reason"]]
        assert row["outcome"] == "will_wait"
        assert told == [("企业规模", False), ("联系电话", False), ("职工总人数", False)]

    async def test_merged_heads_tricks_breaks_and_a_total(self, desk: Desk) -> None:
        code = credit_code(new_id().int % 10**12, "320102")
        text = (
            "原系统企业名单,,,,\n"
            "统一社会信用代码,单位名称,所属地区,联系方式,\n"
            ",,,联系人,联系电话\n"
            f'"=""{code}""","=南京某某\n厂",玄武区,=cmd|calc,１３８１２３４５６７８\n'
            "合计,1,,,\n"
        )
        at = await desk.send(text.encode())
        (row,) = await desk.rows(at)
        cells = {cell["title"]: cell["text"] for cell in row["cells"]}
        assert (row["line"], row["credit_code"], cells["联系电话"]) == (4, code, "138****5678")
        assert (await desk.read(at))["notes"][0].startswith("有 1 行不是单位")

    @pytest.mark.parametrize(
        ("name", "data", "words"),
        [
            ("名单.csv", b"a,b\n1,2\n", "标题行"),
            ("名单.csv", b"\xff\xfa\x81\x00\x00", "CSV"),
            ("名单.xlsx", b"PK\x03\x04 nothing", "损坏"),
            ("名单.xlsx", b"not a zip at all", "xlsx"),
            ("名单.csv", "统一社会信用代码,单位名称\n".encode(), "没有数据"),
        ],
    )
    async def test_a_file_that_is_none_says_why(self, desk: Desk, name: str, data: bytes, words: str) -> None:
        at = await desk.send(data, name)
        seen = await desk.read(at)
        assert (seen["state"], words in seen["failure"]) == ("unreadable", True), seen["failure"]

    async def test_what_is_no_piece_and_what_is_too_large(self, desk: Desk) -> None:
        announced = [
            ({"file_name": "a.xls", "size": 5}, 422, "file_kind_not_allowed"),
            ({"file_name": "a.xlsx", "size": 60 * 1024 * 1024 + 1}, 413, "file_too_large"),
            ({"file_name": "a.xlsx", "size": 0}, 422, None),
            ({"file_name": "a\u202e.csv", "size": "很多"}, 422, None),
        ]
        for body, status, code in announced:
            answer = await desk.client.post(IMPORTS, json=body)
            told = answer.json()
            assert answer.status_code == status, told
            assert code in {None, told["code"], *(each["code"] for each in told.get("errors", ()))}
        at = (await desk.client.post(IMPORTS, json={"file_name": "a.csv", "size": 10})).headers["location"]
        early = await desk.client.post(f"{at}/read")
        short = await desk.client.put(f"{at}/parts/1", files={"file": ("p", b"123")})
        beyond = await desk.client.put(f"{at}/parts/2", files={"file": ("p", b"123")})
        assert [early.json()["code"], short.json()["code"], beyond.json()["code"]] == [
            "legacy_import_incomplete",
            "part_wrong",
            "part_wrong",
        ]
