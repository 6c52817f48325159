"""The public check as people use it: one page with three ways to ask, refusals as pages, and an answer that can be trusted (BEY-05)."""

import re
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.certificates.checks.page import page_of_check, page_of_start
from services.certificates.checks.schemas import answer
from services.certificates.checks.workflow import CheckResult
from services.certificates.issue.models import Certificate
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.certificates.checks.test_files import pdf_of, plain_pdf
from tests.services.certificates.records import RESIDENT_ID, rendered
from tests.services.certificates.test_checks import token_of

PAGE = "/verify"
BY_NUMBER = "/verify/by-number"
pytestmark = pytest.mark.req("BEY-05", "STAFF-10")


@pytest.fixture
async def certificate(runtime: Runtime) -> Certificate:
    return await rendered(runtime)


async def posted(client: httpx.AsyncClient, data: bytes, name: str = "证书.pdf") -> httpx.Response:
    return await client.post(PAGE, files={"file": (name, data, "application/pdf")})


class TestStart:
    async def test_it_offers_three_ways_without_a_script(self, public: Any) -> None:
        page = await (await public()).get(PAGE)
        assert page.status_code == 200
        assert re.findall(r"<h2[^>]*>([^<]+)", page.text) == ["扫描二维码", "按编号和名称", "上传电子证书"]
        assert "<script" not in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy

    def test_it_says_which_address_is_the_right_one(self) -> None:
        page = page_of_start(public_url="https://zyb.example.cn", now=datetime(2026, 1, 1, tzinfo=UTC))
        assert page.count("<b>zyb.example.cn</b>") == 2

    async def test_every_input_has_its_label(self, public: Any) -> None:
        text = (await (await public()).get(PAGE)).text
        inputs = set(re.findall(r'<input id="(\w+)"', text))
        assert inputs == {"number", "name", "file"}
        assert set(re.findall(r'<label for="(\w+)"', text)) == inputs


class TestNumberAndName:
    async def test_the_answer_is_masked_and_says_when_it_was_looked_up_and_what_to_compare(
        self, public: Any, certificate: Certificate
    ) -> None:
        params = {"number": certificate.number, "name": certificate.holder_name}
        page = await (await public()).post(BY_NUMBER, data=params)
        assert page.status_code == 200
        assert "<h2>有效</h2>" in page.text
        assert "张**" in page.text
        assert certificate.holder_name not in page.text
        assert RESIDENT_ID not in page.text
        assert "1101********002X" in page.text
        assert re.search(r"查验时间：<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d</time>（北京时间）", page.text)
        compared = page.text.partition("逐项核对")[2]
        for each in ("证书编号", "姓名", "身份证号", "专业类别"):
            assert each in compared

    def test_the_time_is_that_of_beijing(self) -> None:
        late = datetime(2026, 1, 1, 17, 0, tzinfo=UTC)
        page = page_of_check(answer(CheckResult.UNKNOWN), public_url="https://x.cn", now=late)
        assert "<time>2026-01-02 01:00:00</time>" in page

    @pytest.mark.parametrize(
        ("asked", "told"),
        [
            ({"number": "苏-1"}, [("name", "请填写持证人姓名或单位名称")]),
            ({"name": "张三丰"}, [("number", "请填写编号")]),
            ({"number": " ", "name": ""}, [("number", "请填写编号"), ("name", "请填写持证人姓名或单位名称")]),
            ({"number": "1" * 61, "name": "张"}, [("number", "编号：最多 60 个字，现有 61 个字")]),
            (
                {"number": "1", "name": "张\u200b三"},
                [("name", "持证人姓名或单位名称：含有不可见字符（U+200B），请删除后重新输入")],
            ),
            ({"number": "1\0", "name": "张三"}, [("number", "编号：含有不可见字符（U+0000），请删除后重新输入")]),
        ],
    )
    async def test_what_is_wrong_stands_on_the_page_field_by_field(
        self, public: Any, asked: dict[str, str], told: list[tuple[str, str]]
    ) -> None:
        page = await (await public()).post(BY_NUMBER, data=asked)
        assert page.status_code == 422
        assert re.findall(r'<li><a href="#(\w+)">([^<]+)', page.text) == told
        assert re.findall(r'<span class="why" id="(\w+)-why">([^<]+)', page.text) == told
        assert re.findall(r'id="(\w+)"[^>]* aria-invalid="true"', page.text) == [field for field, _ in told]

    async def test_what_was_typed_stays_and_stays_text(self, public: Any) -> None:
        page = await (await public()).post(BY_NUMBER, data={"number": '"><script>1', "name": ""})
        assert 'value="&#34;&gt;&lt;script&gt;1"' in page.text
        assert "<script" not in page.text

    async def test_a_miss_is_one_page_whatever_was_wrong(self, public: Any, certificate: Certificate) -> None:
        client = await public()
        pages = [
            await client.post(BY_NUMBER, data={"number": number, "name": name})
            for number, name in ((certificate.number, "张三"), (certificate.number + "9", "张三丰"))
        ]
        assert [page.status_code for page in pages] == [404, 404]
        one, other = (re.sub(r"<time>[^<]+", "", page.text) for page in pages)
        assert one == other
        assert "<h2>查无此证</h2>" in one


@pytest.mark.req("PLAT-07")
class TestFile:
    async def test_the_answer_is_a_page(self, runtime: Runtime, public: Any, certificate: Certificate) -> None:
        pdf = await pdf_of(runtime, certificate)
        client = await public()
        assert "<h2>有效</h2>" in (await posted(client, pdf)).text
        assert "<h2>文件被改动</h2>" in (await posted(client, pdf + b"%")).text
        unknown = await posted(client, plain_pdf())
        assert unknown.status_code == 404
        assert "<h2>查无此证</h2>" in unknown.text

    @pytest.mark.parametrize(
        ("name", "data", "status", "words"),
        [
            ("证书.pdf", b"", 422, "文件是空的"),
            ("证书.jpg", b"\xff\xd8\xff\xe0" + bytes(99), 415, "只能上传 pdf 文件"),
            ("证书.pdf", b"%PDF-1.4" + bytes(10 * 1024 * 1024), 413, "文件超过 10 MB"),
        ],
        ids=["empty", "picture", "10-mb"],
    )
    async def test_a_refusal_is_a_page_that_names_the_file(
        self, public: Any, name: str, data: bytes, status: int, words: str
    ) -> None:
        answer = await posted(await public(), data, name)
        assert answer.status_code == status
        assert f'<a href="#file">{words}' in answer.text

    @pytest.mark.parametrize(
        "field",
        ['name="file"; filename=""\r\nContent-Type: application/octet-stream', 'name="file"', 'name="other"'],
        ids=["nothing-chosen", "text", "another-field"],
    )
    async def test_a_form_without_a_file_asks_for_it(self, public: Any, field: str) -> None:
        body = f"--x\r\nContent-Disposition: form-data; {field}\r\n\r\n\r\n--x--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        answer = await (await public()).post(PAGE, content=body.encode(), headers=headers)
        assert answer.status_code == 422
        assert '<a href="#file">请选择要上传的文件' in answer.text

    async def test_a_broken_form_is_a_page(self, public: Any) -> None:
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        answer = await (await public()).post(PAGE, content=b"garbage" * 50, headers=headers)
        assert answer.status_code == 400
        assert '<a href="#file">' in answer.text


class TestTooOften:
    async def test_whoever_asks_too_often_is_told_for_how_long_to_wait(self, runtime: Runtime, public: Any) -> None:
        client = await public()
        pages = [await client.post(BY_NUMBER, data={"number": "1", "name": ""}) for _ in range(121)]
        refused = next(page for page in pages if page.status_code == 429)
        seconds = int(refused.headers["retry-after"])
        assert 0 < seconds <= 60
        assert f"请等待 {seconds} 秒" in refused.text
        assert refused.headers["content-type"].startswith("text/html")

    async def test_files_have_a_cap_of_their_own(self, public: Any) -> None:
        client = await public()
        refused = next(each for each in [await posted(client, b"") for _ in range(13)] if each.status_code == 429)
        assert "上传文件查验过于频繁" in refused.text
        assert (await client.get(PAGE)).status_code == 200


async def test_the_page_of_a_qr_offers_the_other_ways(runtime: Runtime, public: Any, certificate: Certificate) -> None:
    client = await public()
    page = await client.get(f"{PAGE}/{token_of(runtime, certificate)}")
    assert 'action="/verify/by-number" method="post"' in page.text
    unknown = await client.get(f"{PAGE}/{new_id().hex}")
    assert 'action="/verify" method="post"' in unknown.text
