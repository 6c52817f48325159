"""What a request may weigh (PLAT-17), shown on the sample service: each is refused before anything of it is looked at."""

import gzip
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import httpx
import pytest

from shared.errors import AppError, FieldError, InvalidInput
from shared.identity import Actor
from shared.runtime import Runtime
from shared.web import bodies
from shared.web.problems import MAX_ERRORS, of_app_error
from tests.conftest import ClientFor
from tests.contracts.problems import check_problem
from tests.shared.kit.sample import UNIT, app

pytestmark = pytest.mark.req("PLAT-17", "PLAT-01")
NOTES = "/api/training/notes"
FILES = "/api/training/notes/files"
JSON = {"Content-Type": "application/json"}
GOOD = b'{"text": "ok"}'
MANY = bodies.MAX_VALUES


@pytest.fixture
async def client(sample: Runtime, client_for: ClientFor, make_actor: Callable[..., Actor]) -> httpx.AsyncClient:
    return await client_for(app, make_actor(UNIT))


async def chunks(pieces: Sequence[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def refused(client: httpx.AsyncClient, body: Any, headers: dict[str, str] = JSON) -> tuple[int, str]:
    problem = check_problem(await client.post(NOTES, content=body, headers=headers))
    return problem["status"], problem["code"]


class TestSize:
    async def test_json_has_a_megabyte(self, client: httpx.AsyncClient) -> None:
        body = json.dumps({"text": "ok", "more": "x" * bodies.MAX_BODY}).encode()
        assert await refused(client, body) == (413, "body_too_large")
        assert await refused(client, chunks([body[:700_000], body[700_000:]])) == (413, "body_too_large")

    async def test_just_below_it_is_read(self, client: httpx.AsyncClient) -> None:
        body = GOOD + b" " * (bodies.MAX_BODY - len(GOOD))
        assert (await client.post(NOTES, content=body, headers=JSON)).status_code == 201
        assert (await client.post(NOTES, content=chunks([GOOD[:5], GOOD[5:]]), headers=JSON)).status_code == 201

    @pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x"])
    async def test_nothing_has_more_than_an_upload(self, client: httpx.AsyncClient, kind: str) -> None:
        pieces = [b"x" * bodies.MIB] * 12 + [b"x"]
        assert await refused(client, chunks(pieces), {"Content-Type": kind}) == (413, "body_too_large")

    @pytest.mark.parametrize(
        "kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/xml", "a/b;json"]
    )
    async def test_what_is_no_form_has_no_more_than_json(self, client: httpx.AsyncClient, kind: str) -> None:
        assert await refused(client, b"x" * (bodies.MAX_BODY + 1), {"Content-Type": kind}) == (413, "body_too_large")

    @pytest.mark.parametrize("length", ["1", "13", "15", "1000"])
    async def test_a_length_that_the_body_has_not(self, client: httpx.AsyncClient, length: str) -> None:
        assert await refused(client, GOOD, {**JSON, "Content-Length": length}) == (400, "malformed_body")

    async def test_an_upload_keeps_its_own(self, client: httpx.AsyncClient) -> None:
        answer = await client.post(FILES, files={"file": ("a", b"x" * 11 * bodies.MIB)})
        assert answer.json() == 11 * bodies.MIB


class TestValues:
    @pytest.mark.parametrize(
        "body",
        [
            json.dumps({f"k{n}": 1 for n in range(MANY + 2)}),
            json.dumps({f"k{n}": 1 for n in range(bodies.MAX_KEYS + 1)}),
            json.dumps({"text": "ok", "deeper": [{f"k{n}": 1 for n in range(bodies.MAX_KEYS + 1)}]}),
            json.dumps({"text": "ok", "list": [0] * (MANY + 2)}),
            json.dumps({"text": "ok", "list": [[]] * (MANY + 1)}),
            json.dumps({"text": "ok", "list": [{"a": "[,]"}] * (MANY // 2 + 1)}),
        ],
        ids=["keys", "object", "inner-object", "numbers", "lists", "objects"],
    )
    async def test_too_many(self, client: httpx.AsyncClient, body: str) -> None:
        assert await refused(client, body.encode()) == (413, "body_too_many_values")

    @pytest.mark.parametrize("text", ['"' * 9, "\\" * 9, "[{," * 9, "]}" * 9, "字\u2028"])
    async def test_what_stands_in_a_text_is_not_counted(self, client: httpx.AsyncClient, text: str) -> None:
        text *= 5_000
        answer = await client.post(NOTES, json={"text": text})
        assert [each["field"] for each in check_problem(answer)["errors"]] == ["text"]

    @pytest.mark.parametrize("body", [b'"' + b"\\" * 900_001, b'"\\"' * 300_000, b'{"a":"' + b"\\u00" * 200_000])
    async def test_a_text_without_an_end_is_looked_at_once(self, client: httpx.AsyncClient, body: bytes) -> None:
        assert (await refused(client, body))[0] in {400, 413}

    @pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")])
    async def test_too_deep(self, client: httpx.AsyncClient, opening: bytes, closing: bytes) -> None:
        for depth in (bodies.MAX_DEPTH + 1, 5_000):
            assert await refused(client, opening * depth + b"1" + closing * depth) == (400, "malformed_body")

    async def test_as_deep_as_allowed(self, client: httpx.AsyncClient) -> None:
        nested = b"[" * (bodies.MAX_DEPTH - 1) + b"]" * (bodies.MAX_DEPTH - 1)
        answer = await client.post(NOTES, content=b'{"text":"ok","more":' + nested + b"}", headers=JSON)
        assert answer.status_code == 201

    @pytest.mark.parametrize("body", ['{"text":"a","text":"b"}', '{"text":"a","x":[{"y":1,"\\u0079":2}]}'])
    async def test_nothing_is_said_twice(self, client: httpx.AsyncClient, body: str) -> None:
        assert await refused(client, body.encode()) == (400, "malformed_body")


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk"])
    async def test_json_is_utf8(self, client: httpx.AsyncClient, encoding: str) -> None:
        assert await refused(client, '{"text": "好"}'.encode(encoding)) == (400, "malformed_body")

    @pytest.mark.parametrize(
        "body", [b'{"text":"\xff"}', b'{"text":"\xed\xa0\x80"}', b'{"text":"a\0"}', b'{"text":"\x01"}']
    )
    async def test_bytes_that_no_text_has(self, client: httpx.AsyncClient, body: bytes) -> None:
        assert await refused(client, body) == (400, "malformed_body")

    @pytest.mark.parametrize(
        "count", ["1e400", "-1e400", "NaN", "Infinity", "9" * 4000, "1" + "0" * 400, "0." + "1" * 90_000]
    )
    async def test_a_number_beyond_all_bounds_is_named(self, client: httpx.AsyncClient, count: str) -> None:
        answer = await client.post(NOTES, content=b'{"text":"ok","count":%s}' % count.encode(), headers=JSON)
        assert [each["field"] for each in check_problem(answer)["errors"]] == ["count"]
        assert len(answer.content) < 1000

    @pytest.mark.parametrize("encoding", ["gzip", "GZIP", "br", "deflate", "gzip, identity", "zstd"])
    async def test_a_packed_body_is_not_unpacked(self, client: httpx.AsyncClient, encoding: str) -> None:
        headers = {**JSON, "Content-Encoding": encoding}
        assert await refused(client, gzip.compress(GOOD), headers) == (415, "content_encoding")

    async def test_the_first_of_two_types_counts(self, client: httpx.AsyncClient) -> None:
        """As it does for who reads the body."""
        headers: Any = [("Content-Type", "application/json"), ("Content-Type", "multipart/form-data; boundary=x")]
        assert await refused(client, b"[" * 40, headers) == (400, "malformed_body")


class TestForms:
    @pytest.mark.parametrize(
        "files",
        [
            [("file", ("a", b"x"))] * 2,
            [("file", ("a", b"x"))] + [(f"f{n}", (None, b"x")) for n in range(bodies.MAX_FIELDS + 1)],
            [("file", ("a", b"x")), ("kind", (None, b"x" * (bodies.MAX_FIELD_BYTES + 1)))],
            [("file", ("a", b"x", "a/b", {f"h{n}": "x" for n in range(20)}))],
            [("file", ("a", b"x", "a/b", {"h": "x" * 10_000}))],
        ],
        ids=["files", "fields", "size", "headers", "header"],
    )
    async def test_a_form_is_a_file_and_a_few_words(self, client: httpx.AsyncClient, files: Any) -> None:
        problem = check_problem(await client.post(FILES, files=files))
        assert (problem["status"], problem["code"]) == (400, "malformed_body")


class TestHeads:
    @pytest.mark.parametrize("query", ["&".join(["a=1"] * 101), "q=" + "x" * 9_000, "&" * 200])
    async def test_an_address_ends(self, client: httpx.AsyncClient, query: str) -> None:
        problem = check_problem(await client.get(f"{NOTES}?{query}"))
        assert (problem["status"], problem["code"]) == (414, "address_too_long")

    @pytest.mark.parametrize(
        "headers", [{f"x-{n}": "y" for n in range(101)}, {"x": "y" * 40_000}, {"cookie": "a=1;" * 9_000}]
    )
    async def test_headers_end(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        problem = check_problem(await client.get(NOTES, headers=headers))
        assert (problem["status"], problem["code"]) == (431, "headers_too_large")


class TestAnswers:
    async def test_a_hundred_errors_and_a_word_that_there_are_more(self, client: httpx.AsyncClient) -> None:
        answer = await client.post(f"{NOTES}/strict", json={f"k{n}": 1 for n in range(bodies.MAX_KEYS)})
        problem = check_problem(answer)
        assert len(problem["errors"]) == MAX_ERRORS
        assert f"前 {MAX_ERRORS} 处" in problem["detail"]

    async def test_exactly_a_hundred_are_all(self, client: httpx.AsyncClient) -> None:
        problem = check_problem(await client.post(f"{NOTES}/strict", json={f"k{n}": 1 for n in range(MAX_ERRORS)}))
        assert len(problem["errors"]) == MAX_ERRORS
        assert "前" not in problem["detail"]

    @pytest.mark.parametrize("body", [{"k" * 900_000: 1}, {"x" * 4_000: 1, "字" * 4_000: 2}])
    async def test_what_was_sent_does_not_come_back(self, client: httpx.AsyncClient, body: dict[str, int]) -> None:
        answer = await client.post(f"{NOTES}/strict", content=json.dumps(body).encode(), headers=JSON)
        assert len(check_problem(answer)["errors"]) == len(body)
        assert len(answer.content) < 2_000

    @pytest.mark.parametrize(
        "error", [InvalidInput("长" * 90_000), InvalidInput(errors=[FieldError("x" * 9_000, "c", "长" * 9_000)])]
    )
    def test_nor_does_it_in_words_of_ours(self, error: AppError) -> None:
        assert len(of_app_error(error).body) < 8_000
