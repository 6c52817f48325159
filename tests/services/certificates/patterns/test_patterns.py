"""Number patterns are data that the province keeps (STAFF-10): what may be changed, what never changes, and that numbers cannot clash."""

import asyncio
from datetime import date
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import update

from services.certificates.issue.models import NumberPattern, NumberSeries
from services.certificates.issue.numbering import PLACEHOLDERS, fill, from_words, number_of
from services.certificates.issue.service import act_on_certificate, issue_certificate
from services.certificates.issue.workflow import CertificateAction
from services.certificates.main import app
from services.certificates.patterns.schemas import Prefix
from shared.clock import beijing_today, now_utc
from shared.identifiers import new_id
from shared.roles import PERMISSIONS, Level, Permission
from shared.runtime import Runtime
from shared.workflow.definition import ActionBody
from tests.conftest import ClientFor
from tests.contracts.problems import check_problem
from tests.services.certificates.records import issued, published_result, rendered, stored

PATTERNS = "/api/certificates/number-patterns"
PREFIX: TypeAdapter[str] = TypeAdapter(Prefix)
pytestmark = pytest.mark.req("STAFF-10")


def new_pattern(**changes: Any) -> dict[str, Any]:
    """A pattern whose series belongs to this test alone."""
    own = new_id().hex[-10:]
    values = {"plan_type": f"t_{own}", "label": "检查医生", "prefix": f"查{own.upper()}〔{{year}}〕-", "digits": 4}
    return {**values, **changes}


@pytest.fixture
async def keeper(client_for: ClientFor, make_actor: Any) -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE))


async def made(keeper: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await keeper.post(PATTERNS, json=new_pattern(**changes))
    assert answer.status_code == 201, answer.text
    pattern: dict[str, Any] = answer.json()
    return pattern


async def changed(keeper: httpx.AsyncClient, pattern: dict[str, Any], **changes: Any) -> httpx.Response:
    tag = {"If-Match": f'"{pattern["version"]}"'}
    return await keeper.patch(f"{PATTERNS}/{pattern['plan_type']}", json=changes, headers=tag)


class TestReading:
    async def test_the_shipped_patterns_are_there_with_series_and_example(
        self, keeper: httpx.AsyncClient, runtime: Runtime
    ) -> None:
        certificate = await issued(runtime, plan_type="radiology_technician", region_code="320903")
        prefix, _, serial = certificate.number.rpartition("-")
        shown = {each["plan_type"]: each for each in (await keeper.get(PATTERNS)).json()}
        assert {"diagnosis_physician", "radiology_technician", "*"} <= set(shown)
        series = {each["prefix"]: each["last"] for each in shown["radiology_technician"]["series"]}
        assert series[f"{prefix}-"] == int(serial)
        assert shown["radiology_technician"]["example"].startswith(
            f"苏职卫培〔{beijing_today(now_utc()).year}〕FS-0102-"
        )

    async def test_the_example_is_the_next_number(self, keeper: httpx.AsyncClient, runtime: Runtime) -> None:
        pattern = await made(keeper)
        assert pattern["example"].endswith("-0001")
        certificate = await issued(runtime, plan_type=pattern["plan_type"], published_at=now_utc())
        assert certificate.number == pattern["example"]
        again = (await keeper.get(f"{PATTERNS}/{pattern['plan_type']}")).json()
        assert again["example"].endswith("-0002")
        assert again["series"] == [{"prefix": certificate.number[:-4], "last": 1}]

    async def test_only_who_manages_certificates_may_and_that_is_the_province(
        self, client_for: ClientFor, make_actor: Any
    ) -> None:
        clerk = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
        assert (await clerk.get(PATTERNS)).status_code == 403
        assert (await clerk.post(PATTERNS, json=new_pattern())).status_code == 403
        holders = {level for (_, level), held in PERMISSIONS.items() if Permission.CERTIFICATE_MANAGEMENT in held}
        assert holders == {Level.PROVINCE}


@pytest.mark.req("PLAT-03")
async def test_of_two_at_once_one_is_made(keeper: httpx.AsyncClient) -> None:
    body = new_pattern()
    answers = await asyncio.gather(*(keeper.post(PATTERNS, json=body) for _ in range(2)))
    made, refused = sorted(answers, key=lambda answer: answer.status_code)
    assert (made.status_code, refused.status_code) == (201, 422)
    assert [each["code"] for each in refused.json()["errors"]] == ["plan_type_taken"]


class TestChanging:
    async def test_a_new_type_is_numbered_by_its_own_pattern(self, keeper: httpx.AsyncClient, runtime: Runtime) -> None:
        plan_type = new_pattern()["plan_type"]
        before = await issued(runtime, plan_type=plan_type)
        pattern = await made(keeper, plan_type=plan_type, label="检查医生")
        after = await issued(runtime, plan_type=plan_type)
        assert before.number.startswith("苏职卫培〔2026〕PX-")
        assert after.number == pattern["prefix"].replace("〈年份〉", "2026") + "0001"
        assert after.plan_type_label == "检查医生"
        refused = check_problem(await keeper.post(PATTERNS, json=new_pattern(plan_type=plan_type)))
        assert [(each["field"], each["code"]) for each in refused["errors"]] == [("plan_type", "plan_type_taken")]

    async def test_given_numbers_stay_and_a_series_goes_on_where_it_stopped(
        self, keeper: httpx.AsyncClient, runtime: Runtime
    ) -> None:
        pattern = await made(keeper)
        first = await issued(runtime, plan_type=pattern["plan_type"])
        other = (await changed(keeper, pattern, prefix=pattern["prefix"] + "新-", digits=6)).json()
        second = await issued(runtime, plan_type=pattern["plan_type"])
        back = (await changed(keeper, other, prefix=pattern["prefix"], digits=3)).json()
        third = await issued(runtime, plan_type=pattern["plan_type"])
        assert (await stored(runtime, first)).number == first.number
        assert second.number.endswith("-新-000001")
        assert third.number == first.number[:-4] + "002"
        assert back["version"] == 3

    async def test_every_change_is_in_the_history_with_before_and_after(self, keeper: httpx.AsyncClient) -> None:
        pattern = await made(keeper)
        assert (await changed(keeper, pattern, digits=6, label="检查医生")).status_code == 200
        rows = (await keeper.get(f"{PATTERNS}/{pattern['plan_type']}/history")).json()
        assert [(each["action"], each["before"], each["after"]) for each in rows[1:]] == [
            ("update", {"digits": 4}, {"digits": 6})
        ]
        assert from_words(pattern["prefix"]) == rows[0]["after"]["prefix"]

    async def test_an_old_version_changes_nothing(self, keeper: httpx.AsyncClient) -> None:
        pattern = await made(keeper)
        assert (await changed(keeper, pattern, digits=6)).status_code == 200
        assert (await changed(keeper, pattern, digits=7)).status_code == 412
        bare = await keeper.patch(f"{PATTERNS}/{pattern['plan_type']}", json={"digits": 7})
        assert bare.status_code == 428

    async def test_the_pattern_for_any_can_be_changed_but_not_deleted(self, keeper: httpx.AsyncClient) -> None:
        anything = (await keeper.get(f"{PATTERNS}/*")).json()
        tag = {"If-Match": f'"{anything["version"]}"'}
        refused = check_problem(await keeper.delete(f"{PATTERNS}/*", headers=tag))
        assert refused["code"] == "number_pattern_for_any"
        update, delete = anything["allowed_actions"]
        assert (update["action"], update["allowed"]) == ("update", True)
        assert (delete["action"], delete["reason"]) == ("delete", refused["detail"])
        assert all(each["allowed"] for each in (await made(keeper))["allowed_actions"])
        assert (await changed(keeper, anything, digits=anything["digits"])).status_code == 200

    async def test_a_deleted_one_leaves_its_series_and_its_numbers(
        self, keeper: httpx.AsyncClient, runtime: Runtime
    ) -> None:
        pattern = await made(keeper)
        first = await issued(runtime, plan_type=pattern["plan_type"])
        address = f"{PATTERNS}/{pattern['plan_type']}"
        assert (await keeper.delete(address, headers={"If-Match": '"9"'})).status_code == 412
        assert (await keeper.delete(address, headers={"If-Match": '"1"'})).status_code == 204
        assert (await keeper.get(address)).status_code == 404
        assert [each["action"] for each in (await keeper.get(f"{address}/history")).json()] == ["create", "delete"]
        fallen_back = await issued(runtime, plan_type=pattern["plan_type"])
        assert fallen_back.number.startswith("苏职卫培〔2026〕PX-")
        await made(keeper, **{name: pattern[name] for name in ("plan_type", "label", "prefix")})
        assert (await issued(runtime, plan_type=pattern["plan_type"])).number == first.number[:-4] + "0002"

    async def test_equal_prefixes_share_one_series_and_say_so(
        self, keeper: httpx.AsyncClient, runtime: Runtime
    ) -> None:
        one = await made(keeper, label="甲类")
        two = await made(keeper, label="乙类", prefix=one["prefix"], digits=6)
        assert two["shares_with"] == ["甲类"]
        numbers = [(await issued(runtime, plan_type=each["plan_type"])).number[-6:] for each in (one, two, one)]
        assert numbers == ["〕-0001", "000002", "〕-0003"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("prefix", "code"),
        [
            ("AB{years}-", "prefix_placeholder"),
            ("AB{-", "prefix_placeholder"),
            ("AB}{year}-", "prefix_placeholder"),
            ("AB{{year}}-", "prefix_placeholder"),
            ("AB1", "prefix_ends_in_digits"),
            ("AB１", "prefix_character"),
            ("AB-{year}", "prefix_ends_in_digits"),
            ("ab-", "prefix_character"),
            ("A B-", "prefix_character"),
            ("A[{year}]-", "prefix_character"),
            ("A😀-", "text_unprintable"),
            ("䶮-", "prefix_character"),
            ("<b>-", "prefix_character"),
            ("A\u200b-", "text_invisible_character"),
            ("  ", "text_blank"),
            ("A" * 41, "text_too_long"),
        ],
    )
    async def test_a_prefix_that_would_not_do_is_refused_at_its_field(
        self, keeper: httpx.AsyncClient, prefix: str, code: str
    ) -> None:
        refused = check_problem(await keeper.post(PATTERNS, json=new_pattern(prefix=prefix)))
        assert [(each["field"], each["code"]) for each in refused["errors"]] == [("prefix", code)]
        pattern = await made(keeper)
        assert check_problem(await changed(keeper, pattern, prefix=prefix))["errors"][0]["code"] == code

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("plan_type", "*", "string_pattern_mismatch"),
            ("plan_type", "Dr", "string_pattern_mismatch"),
            ("digits", 2, "greater_than_equal"),
            ("digits", 9, "less_than_equal"),
            ("label", "", "text_blank"),
            ("template", "no_such_kind", "unknown_template"),
            # A kind of document that is no certificate cannot say what a certificate says.
            ("template", "sign_in_sheet", "unknown_template"),
        ],
    )
    async def test_every_other_field_has_its_bounds(
        self, keeper: httpx.AsyncClient, field: str, value: Any, code: str
    ) -> None:
        refused = check_problem(await keeper.post(PATTERNS, json=new_pattern(**{field: value})))
        assert [(each["field"], each["code"]) for each in refused["errors"]] == [(field, code)]


@pytest.mark.req("CERT-06")
class TestNumbersNeverClash:
    def test_a_prefix_and_a_serial_cannot_be_read_in_two_ways(self) -> None:
        """``AB-1`` with 11 and ``AB-11`` with 1 would be one number."""
        for prefix in ("AB-1", "AB-11"):
            with pytest.raises(ValidationError):
                PREFIX.validate_python(prefix)
        assert number_of("AB-1", 11, 1) == number_of("AB-11", 1, 1)

    @given(st.data())
    def test_two_series_of_any_patterns_have_no_number_in_common(self, data: st.DataObject) -> None:
        pieces = st.lists(st.sampled_from(["A", "1", "-", "〕", "号", *PLACEHOLDERS]), min_size=1, max_size=4)

        def number() -> tuple[str, int, str]:
            prefix = PREFIX.validate_python("".join(data.draw(pieces)) + data.draw(st.sampled_from("A-〕号")))
            facts = {"year": data.draw(st.sampled_from([2026, 2027])), "session_no": data.draw(st.integers(1, 30))}
            filled = fill(prefix, region_code=data.draw(st.sampled_from(["320102", "320111"])), **facts)
            serial = data.draw(st.integers(1, 30))
            return filled, serial, number_of(filled, serial, data.draw(st.integers(3, 8)))

        (one, first, written), (other, second, again) = number(), number()
        assert written != again or (one, first) == (other, second)

    async def test_a_revoked_number_is_never_given_again(
        self, keeper: httpx.AsyncClient, runtime: Runtime, make_actor: Any
    ) -> None:
        pattern = await made(keeper)
        certificate = await rendered(runtime, plan_type=pattern["plan_type"])
        staff = make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE)
        async with runtime.database.unit_of_work() as session:
            await act_on_certificate(
                session,
                actor=staff,
                certificate_id=certificate.id,
                action=CertificateAction.REVOKE,
                body=ActionBody(reason="成绩有误"),
            )
        following = await issued(runtime, plan_type=pattern["plan_type"])
        assert (certificate.number[-4:], following.number[-4:]) == ("0001", "0002")

    async def test_a_result_that_is_refused_leaves_no_gap(self, keeper: httpx.AsyncClient, runtime: Runtime) -> None:
        pattern = await made(keeper)
        taken = published_result(plan_type=pattern["plan_type"])

        class Refused(Exception):
            pass

        with pytest.raises(Refused):
            async with runtime.database.unit_of_work() as session:
                await issue_certificate(session, taken)
                raise Refused
        assert (await issued(runtime, plan_type=pattern["plan_type"])).number.endswith("-0001")

    async def test_a_series_goes_on_beyond_its_digits(self, keeper: httpx.AsyncClient, runtime: Runtime) -> None:
        pattern = await made(keeper, digits=3)
        prefix = pattern["prefix"].replace("〈年份〉", str(date(2026, 6, 2).year))
        await issued(runtime, plan_type=pattern["plan_type"])
        async with runtime.database.unit_of_work() as session:
            await session.execute(update(NumberSeries).where(NumberSeries.prefix == prefix).values(last=999))
        assert (await issued(runtime, plan_type=pattern["plan_type"])).number == f"{prefix}1000"


async def test_what_is_shipped_obeys_the_rules(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as session:
        for code in ("diagnosis_physician", "arbitration_expert", "radiology_technician", "skills_training", "*"):
            pattern = await session.get_one(NumberPattern, code)
            assert PREFIX.validate_python(pattern.prefix) == pattern.prefix
