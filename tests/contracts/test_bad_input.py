"""Input that no form would send, by hand (PLAT-01): broken JSON, values beyond every bound, headers and cursors made up. Each is
answered by a problem with a stable code and Chinese for the field it is about.
"""

import base64
import json
from typing import Any

import httpx
import pytest

from services.training.main import app
from shared.identifiers import new_id
from tests.conftest import ClientFor
from tests.contracts.problems import all_powerful, check_problem

pytestmark = pytest.mark.req("PLAT-01")
PLANS = "/api/training/plans"
JSON = {"Content-Type": "application/json"}
PLAN: dict[str, Any] = {
    "type_code": "diagnosis_physician",
    "name": "职业病诊断医师培训",
    "audience": "临床医师",
    "content": "诊断标准",
    "other_matters": "",
    "notice": "请携带身份证",
    "registration_deadline": "2027-01-01",
    "age_limit": 60,
    "minimum_title_level": "3",
    "specialties": ["pneumoconiosis"],
    "hours": 40,
    "validity_years": 4,
    "pass_mark": 60,
    "contact_name": "李老师",
    "contact_phone": "025-83759999",
    "attachment_ids": [],
}
DEEP = 10_000
# Nobody's; always the same, because it stands in the names of cases.
UNKNOWN = "01980000-0000-7000-8000-000000000000"


@pytest.fixture
async def client(client_for: ClientFor) -> httpx.AsyncClient:
    return await client_for(app, all_powerful())


def fields_of(problem: dict[str, Any]) -> set[str]:
    """The fields that are named; of a list or an object, its own name."""
    return {error["field"].partition(".")[0] for error in problem["errors"]}


def cursor_of(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


class TestBodies:
    async def test_the_plan_itself_is_right(self, client: httpx.AsyncClient) -> None:
        assert (await client.post(PLANS, json=another_plan())).status_code == 201

    @pytest.mark.parametrize(
        "body",
        [
            b'{"name":',
            b"{'name': 'x'}",
            json.dumps(PLAN).encode()[:-40],
            b'{"name":"\xff\xfe"}',
            b"[" * DEEP + b"]" * DEEP,
            b'{"name":' * DEEP + b"1" + b"}" * DEEP,
            b'{"hours":' + b"9" * 5000 + b"}",
        ],
        ids=["open", "python", "cut", "latin", "deep-list", "deep-object", "endless-number"],
    )
    async def test_what_is_no_json_is_called_malformed(self, client: httpx.AsyncClient, body: bytes) -> None:
        problem = check_problem(await client.post(PLANS, content=body, headers=JSON))
        assert (problem["status"], problem["code"]) == (400, "malformed_body")

    @pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"text"', b"1", b"NaN"])
    async def test_json_of_another_shape_is_told_so(self, client: httpx.AsyncClient, body: bytes) -> None:
        problem = check_problem(await client.post(PLANS, content=body, headers=JSON))
        assert (problem["code"], fields_of(problem)) == ("invalid_input", {"body"})

    @pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "garbage;;=/"])
    async def test_another_content_type_is_unsupported(self, client: httpx.AsyncClient, kind: str | None) -> None:
        headers = {"Content-Type": kind} if kind else {}
        answer = await client.post(PLANS, content=json.dumps(PLAN).encode(), headers=headers)
        problem = check_problem(answer)
        assert (problem["status"], problem["code"]) == (415, "unsupported_media")

    async def test_a_form_where_json_belongs_is_unsupported(self, client: httpx.AsyncClient) -> None:
        assert check_problem(await client.post(PLANS, files={"file": ("a", b"x")}))["code"] == "unsupported_media"


BAD: dict[str, list[object]] = {
    "hours": [2**31, 2**63, 2**64, -1, 1e308, 1.5, "1" * 5000, "x", [], {}, None],
    "pass_mark": [2**63, -1, "1e400", "NaN", float("inf"), float("nan"), 60.555, True, []],
    "age_limit": [0, 2**31, "老"],
    "registration_deadline": ["0000-01-01", "9999999-01-01", "10000-01-01", "2026-02-30", "明天", 1e300, [], None],
    "name": ["a\0b", "\ud800", "\u202eabc", "字" * 100_000, "", "   ", 5, [], {}, None],
    "type_code": ["a\0", "\ud800", "none", 5],
    "specialties": [["a\0"], ["\ud800"], ["x"] * 20_000, "x", [[]], {}],
    "attachment_ids": [["x"], [UNKNOWN], ["x"] * 20_000, "x", [5]],
    "contact_phone": ["110"],
    "status": ["published"],
    "\ud800": [1],
}
VALUES = [(field, value) for field, values in BAD.items() for value in values]


def another_plan() -> dict[str, Any]:
    """A plan is there once: this one under a name of its own."""
    return {**PLAN, "name": f"{PLAN['name']}{new_id().hex[-8:]}"}


def named(item: object) -> str | None:
    return ascii(item)[:24] if not isinstance(item, str) or len(item) < 30 else ascii(item[:12])


class TestValues:
    @pytest.mark.parametrize(("field", "value"), VALUES, ids=named)
    async def test_a_value_out_of_bounds_is_named(self, client: httpx.AsyncClient, field: str, value: object) -> None:
        body = json.dumps({**another_plan(), field: value}).encode()
        problem = check_problem(await client.post(PLANS, content=body, headers=JSON))
        assert (problem["status"], problem["code"]) == (422, "invalid_input")
        assert fields_of(problem) <= {field, "body"}

    async def test_every_missing_field_is_named_at_once(self, client: httpx.AsyncClient) -> None:
        problem = check_problem(await client.post(PLANS, json={}))
        assert {"name", "type_code", "registration_deadline"} <= fields_of(problem)


class TestAddresses:
    @pytest.mark.parametrize("identity", ["x", "0", "%00", "%F0%9F%98%80", f"{UNKNOWN}0", "9" * 400])
    async def test_an_id_that_is_none_is_named(self, client: httpx.AsyncClient, identity: str) -> None:
        problem = check_problem(await client.get(f"{PLANS}/{identity}"))
        assert fields_of(problem) == {"plan_id"}

    async def test_an_unknown_id_is_not_found(self, client: httpx.AsyncClient) -> None:
        assert check_problem(await client.get(f"{PLANS}/{new_id()}"))["code"] == "not_found"

    @pytest.mark.parametrize(
        "path", ["/api/training/none", f"{PLANS}/", "/api/training/..%2f..%2fetc", "/api/training/%00"]
    )
    async def test_an_unknown_address_is_not_found(self, client: httpx.AsyncClient, path: str) -> None:
        assert check_problem(await client.get(path))["status"] == 404

    @pytest.mark.parametrize("method", ["PUT", "TRACE", "OPTIONS", "FOO"])
    async def test_an_unknown_method_is_told(self, client: httpx.AsyncClient, method: str) -> None:
        problem = check_problem(await client.request(method, PLANS))
        assert (problem["status"], problem["code"]) == (405, "method_not_allowed")


class TestLists:
    @pytest.mark.parametrize("limit", ["0", "-1", "201", "9" * 30, "9" * 5000, "x", "1.5", ""])
    async def test_a_limit_out_of_bounds_is_named(self, client: httpx.AsyncClient, limit: str) -> None:
        assert fields_of(check_problem(await client.get(PLANS, params={"limit": limit}))) == {"limit"}

    @pytest.mark.parametrize("sort", ["x", "-", "\0", "name;drop table plans", "name desc", "字" * 300])
    async def test_an_unknown_order_is_named(self, client: httpx.AsyncClient, sort: str) -> None:
        assert fields_of(check_problem(await client.get(PLANS, params={"sort": sort}))) == {"sort"}

    @pytest.mark.parametrize(
        "filters", [{"name": "a\0b"}, {"type_code": "\0"}, {"status": "none"}, {"name": "字" * 800}]
    )
    async def test_a_filter_that_cannot_match_is_named(
        self, client: httpx.AsyncClient, filters: dict[str, str]
    ) -> None:
        assert fields_of(check_problem(await client.get(PLANS, params=filters))) == set(filters)

    @pytest.mark.parametrize(
        "cursor",
        [
            "x",
            "%%%",
            "é字",
            "A" * 1000,
            "A" * 1001,
            base64.urlsafe_b64encode(b"[" * 300 + b"]" * 300).decode(),
            base64.urlsafe_b64encode(b'{"a":1}').decode(),
            base64.urlsafe_b64encode(b'"text"').decode(),
            cursor_of(),
            cursor_of("x"),
            cursor_of("2026-01-01", "x"),
            cursor_of("not a day", UNKNOWN),
            cursor_of("2026-01-01\0", UNKNOWN),
            cursor_of(5, UNKNOWN),
            cursor_of({}, []),
            cursor_of("2026-01-01", UNKNOWN, "more"),
        ],
    )
    async def test_a_broken_cursor_is_named(self, client: httpx.AsyncClient, cursor: str) -> None:
        answer = await client.get(PLANS, params={"cursor": cursor, "sort": "deadline"})
        assert fields_of(check_problem(answer)) == {"cursor"}

    @pytest.mark.parametrize("value", ["a\0", "\ud800"])
    async def test_a_cursor_holds_no_text_that_the_database_refuses(
        self, client: httpx.AsyncClient, value: str
    ) -> None:
        answer = await client.get(PLANS, params={"cursor": cursor_of(value, str(new_id())), "sort": "name"})
        assert fields_of(check_problem(answer)) == {"cursor"}


class TestHeaders:
    @pytest.mark.parametrize("match", ["", "x", "*", '"1","2"', '"' + "9" * 5000 + '"', "²"])
    async def test_a_version_that_is_none_is_named(self, client: httpx.AsyncClient, match: str) -> None:
        made = await client.post(PLANS, json=another_plan())
        headers = {"If-Match": match.encode("latin-1")}
        answer = await client.patch(made.headers["Location"], json={}, headers=headers)  # type: ignore[arg-type]
        assert fields_of(check_problem(answer)) == {"If-Match"}

    @pytest.mark.parametrize("match", ['"999"', '"-1"', '"' + "9" * 30 + '"'])
    async def test_another_version_is_told(self, client: httpx.AsyncClient, match: str) -> None:
        made = await client.post(PLANS, json=another_plan())
        answer = await client.patch(made.headers["Location"], json={}, headers={"If-Match": match})
        assert check_problem(answer)["code"] == "version_mismatch"

    @pytest.mark.parametrize("key", [b"", b"x" * 201, b"a\x7fb", b"a\tb"])
    async def test_a_key_that_cannot_be_kept_is_named(self, client: httpx.AsyncClient, key: bytes) -> None:
        headers: Any = {"Idempotency-Key": key}
        assert fields_of(check_problem(await client.post(PLANS, json=PLAN, headers=headers))) == {"Idempotency-Key"}

    @pytest.mark.parametrize("length", [b"abc", b"-5", b"\xb2", b"", b"1" * 5000])
    async def test_a_length_that_is_no_number_or_too_much_is_refused(
        self, client: httpx.AsyncClient, length: bytes
    ) -> None:
        headers: Any = {**JSON, "Content-Length": length}
        problem = check_problem(await client.post(PLANS, content=b"{}", headers=headers))
        assert problem["code"] in {"malformed_body", "body_too_large"}
