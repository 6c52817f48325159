"""Whatever comes from outside is read or refused in words, and never ends in a defect (PLAT-01, PLAT-07): generated input for each parser
that no other test gives some.
"""

import asyncio
import base64
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError
from sqlalchemy import Column as SqlColumn
from sqlalchemy import Date, DateTime, Integer, Numeric, String, Uuid

from services.declaration.legacy.reading import code_problem, day_of
from services.notifications.deliveries.receipts import CALLBACKS, receipts_of
from shared.cleaning.pdfs import clean_pdf
from shared.db.paging import _decode
from shared.errors import AppError
from shared.fields import clean_text
from shared.sheets import Column, write_sheet
from shared.sheets.csv_reading import parse_table
from shared.sheets.reading import parse_sheet
from shared.sheets.streaming import stream
from shared.sms import Asked, CannotAsk, ChannelDown, MessageRefused, Provider, Sms, plain_sms
from shared.sms.aliyun import AliyunProvider
from shared.sms.templates import EVERY_KIND, Template
from shared.sms.tencent import TencentProvider
from shared.uploads import FileKind, kind_of_upload
from tests.length import at_length

pytestmark = pytest.mark.req("PLAT-01", "PLAT-07")
some = settings(max_examples=at_length(40, 2000), deadline=None, derandomize=False)
COLUMNS = (Column("name", "姓名", required=True), Column("number", "编号"))
SHEET = write_sheet("人员", COLUMNS, [{"name": "张三", "number": "1"}])
TITLES = {"name": ["姓名"], "number": ["编号"]}
ID = UUID(int=7)
SMS = Sms(ID, "13800138000", "words", "code", {"code": "1"})
ASKED = Asked(ID, "13800138000", datetime(2026, 3, 1, tzinfo=UTC))
TEMPLATES = {EVERY_KIND: Template(code="T1", fields={"code": "code"})}
ALIYUN = AliyunProvider("http://a", "k", "s", "签名", TEMPLATES)
TENCENT = TencentProvider("http://t", "k", "s", "1", "ap", "签名", TEMPLATES)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def named(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects in which these names may stand, with anything behind them."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, json_values))


def damaged(whole: bytes) -> st.SearchStrategy[bytes]:
    """The file with some bytes changed, or cut off."""

    def damage(places: list[tuple[int, int]], end: int) -> bytes:
        changed = bytearray(whole)
        for at, value in places:
            changed[at % len(changed)] = value
        return bytes(changed[: end or None])

    places = st.lists(st.tuples(st.integers(0, len(whole)), st.integers(0, 255)), max_size=6)
    return st.builds(damage, places, st.integers(0, len(whole)))


def repacked(whole: bytes) -> st.SearchStrategy[bytes]:
    """A whole package whose parts are damaged, so that what reads them is reached."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}

    def pack(name: str, part: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            for each, data in parts.items():
                made.writestr(each, part if each == name else data)
        return out.getvalue()

    return st.sampled_from(sorted(parts)).flatmap(lambda name: st.builds(pack, st.just(name), damaged(parts[name])))


class TestFiles:
    @some
    @given(damaged(SHEET) | repacked(SHEET))
    def test_a_sheet(self, data: bytes) -> None:
        for read in (
            lambda: parse_sheet(data, COLUMNS),
            lambda: stream(data, name="a.xlsx", titles=TITLES, required=["name"], max_rows=100),
        ):
            try:
                read()
            except AppError:
                pass

    @some
    @given(
        st.binary(max_size=400)
        | st.text(max_size=200).map(lambda text: f"姓名,编号\n{text}".encode("gb18030", "replace"))
    )
    def test_a_csv(self, data: bytes) -> None:
        for read in (
            lambda: parse_table(data, COLUMNS, name="a.csv"),
            lambda: stream(data, name="a.csv", titles=TITLES, required=["name"], max_rows=100),
        ):
            try:
                read()
            except AppError:
                pass

    @some
    @given(st.binary(max_size=300).map(lambda data: b"%PDF-1.4\n" + data))
    def test_a_pdf(self, data: bytes) -> None:
        try:
            clean_pdf(data)
        except AppError:
            pass

    @some
    @given(st.binary(max_size=64), st.text(max_size=40))
    def test_a_name_and_its_first_bytes(self, data: bytes, name: str) -> None:
        try:
            kind_of_upload(data, name=name, kinds=frozenset(FileKind))
        except AppError:
            pass


class TestWords:
    @some
    @given(st.text(), st.booleans(), st.booleans())
    def test_text(self, text: str, blank: bool, lines: bool) -> None:
        try:
            kept = clean_text(text, blank=blank, lines=lines)
        except PydanticCustomError:
            return
        assert clean_text(kept, blank=True, lines=lines) == kept, "what is clean stays as it is"

    @some
    @given(st.text(max_size=30), st.sampled_from(["", "n", "f", "e"]), st.booleans())
    def test_a_cell_of_the_old_system(self, text: str, mark: str, date1904: bool) -> None:
        code_problem(text, mark)
        day_of(text, mark, date1904=date1904)

    @some
    @given(st.text(max_size=40) | st.lists(json_values, max_size=5).map(lambda values: _written(values)))
    def test_a_place_in_a_list(self, cursor: str) -> None:
        kinds = (Integer, Date, DateTime, Uuid, String, Numeric)
        for columns in ([SqlColumn("a", kind()) for kind in kinds[:5]], [SqlColumn("a", kinds[5]())]):
            try:
                _decode(cursor, columns)
            except AppError:
                pass


def _written(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


class TestProviders:
    @some
    @given(
        st.sampled_from(sorted(CALLBACKS)),
        st.lists(
            json_values | named("biz_id", "out_id", "success", "err_code", "sid", "report_status", "errmsg"),
            max_size=5,
        ),
    )
    def test_what_they_call_back(self, provider: str, rows: list[Any]) -> None:
        for receipt in receipts_of(provider, rows):
            assert receipt["reference"]

    @some
    @given(
        st.sampled_from([ALIYUN, TENCENT, plain_sms("http://p", "")]),
        st.sampled_from([200, 200, 200, 204, 302, 400, 429, 500]),
        json_values
        | named("Code", "BizId", "SmsSendDetailDTOs", "reference")
        | st.builds(
            lambda rows, code: {"Code": code, "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}},
            st.lists(
                named("OutId", "SendStatus", "ErrCode") | st.just({"OutId": str(ID), "SendStatus": []}), max_size=3
            ),
            st.just("OK") | json_values,
        )
        | st.builds(
            lambda rows, name: {"Response": {name: rows}},
            st.lists(named("Code", "SerialNo", "SessionContext", "ReportStatus", "Description"), max_size=3),
            st.sampled_from(["SendStatusSet", "PullSmsSendStatusSet"]),
        ),
    )
    @example(TENCENT, 200, {"Response": {"SendStatusSet": [{"Code": "Ok"}, {"Code": "Ok"}]}})
    @example(
        ALIYUN, 200, {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": [{"OutId": str(ID), "SendStatus": []}]}}
    )
    def test_what_they_answer(self, provider: Provider, status: int, said: Any) -> None:
        async def ask() -> None:
            def answer(_request: httpx.Request) -> httpx.Response:
                return httpx.Response(status, content=json.dumps(said).encode())

            async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
                for question in (provider.send(client, SMS), provider.ask(client, ASKED)):
                    try:
                        await question
                    except (ChannelDown, MessageRefused, CannotAsk):
                        pass

        asyncio.run(ask())
