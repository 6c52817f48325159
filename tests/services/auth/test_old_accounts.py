"""What the wizard of 企业注册 says while it is filled in: the code beside the registry, and the match with an account of the old system."""

import pytest
from sqlalchemy import select

from services.auth.access.challenges.actions import Action
from services.auth.directory.registry.stock import seed_registry
from shared.db.history import History
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.enterprise_forms import URL, SignUp, add_legacy, check, form, organisation_of, signing_up
from tests.services.auth.proofs import field_codes, post_proven, proof_for
from tests.services.auth.records import new_credit_code


@pytest.fixture
def sign_up(runtime: Runtime, visitor: NewVisitor) -> SignUp:
    return signing_up(runtime, visitor)


@pytest.mark.req("FAQ-D3")
class TestCheck:
    async def test_a_mistyped_code_is_told_at_once(self, visitor: NewVisitor) -> None:
        answer = await post_proven(visitor(), f"{URL}/checks", Action.LOOKUP, credit_code="91320115MA1MK7H369")
        assert field_codes(answer) == [("credit_code", "uscc_checksum")]

    async def test_another_company_s_code_is_noticed(self, runtime: Runtime, visitor: NewVisitor) -> None:
        async with runtime.database.unit_of_work() as session:
            await seed_registry(session)
        code, name = "91320104MA2R0Q7Q36", "南京渟澜精细化工有限公司"
        seen = await check(visitor, credit_code=code, name="南京别家化工有限公司")
        assert (seen["available"], seen["registered_name"]) == (True, name)
        assert name in seen["warning"]
        assert (await check(visitor, credit_code=code, name=f" {name}"))["warning"] is None

    async def test_an_address_is_slowed_down(self, runtime: Runtime, visitor: NewVisitor) -> None:
        person = visitor()
        await runtime.redis.set(f"lookups:{person.address}", 10**6, ex=60)
        slowed = await post_proven(person, f"{URL}/checks", Action.LOOKUP, credit_code=new_credit_code())
        assert slowed.status_code == 429
        assert (await person.client.post(URL, json={**form(), "code": "000000"})).status_code == 429


@pytest.mark.req("AUTH-23")
class TestOldAccount:
    async def test_a_match_shows_what_can_be_taken_over(self, runtime: Runtime, visitor: NewVisitor) -> None:
        old = await add_legacy(runtime)
        body = {"legacy_account": f" {old.name.upper()}", "credit_code": old.credit_code}
        answer = await post_proven(visitor(), f"{URL}/legacy-matches", Action.LOOKUP, **body)
        seen = answer.json()
        assert (seen["address"], seen["legal_representative"]) == (old.address, old.legal_representative)
        assert seen["contact_phone"] == "138****1234"
        assert "原安监系统的账号不能登录本平台" in seen["notice"]

    @pytest.mark.parametrize("change", ["name", "code"])
    async def test_what_does_not_match_says_so_at_the_field(
        self, runtime: Runtime, visitor: NewVisitor, change: str
    ) -> None:
        old = await add_legacy(runtime)
        name = "nobody00" if change == "name" else old.name
        code = new_credit_code() if change == "code" else old.credit_code
        person = visitor()
        proof = await proof_for(person, Action.LOOKUP)
        body = {"legacy_account": name, "credit_code": code, "proof": proof}
        answer = await person.client.post(f"{URL}/legacy-matches", json=body)
        assert (answer.status_code, field_codes(answer)) == (422, [("legacy_account", "legacy_mismatch")])
        assert answer.json()["errors"][0]["message"] == "原账号匹配不上，请核对或清空该输入框后继续"
        assert (await person.client.post(f"{URL}/legacy-matches", json=body)).json()["code"] == "proof_used"

    async def test_what_was_left_empty_is_imported_and_remembered(self, runtime: Runtime, sign_up: SignUp) -> None:
        old = await add_legacy(runtime)
        given = {"address": "", "legal_representative": "", "region_code": "", "contact_name": "新联系"}
        answer = await sign_up(credit_code=old.credit_code, legacy_account=old.name.upper(), **given)
        opened = await organisation_of(runtime, answer)
        assert (opened.address, opened.legal_representative) == (old.address, old.legal_representative)
        assert (opened.region_code, opened.postcode, opened.contact_name) == ("320106", "210009", "新联系")
        assert answer.json()["imported"] == ["region_code", "address", "legal_representative"]
        async with runtime.database.unit_of_work() as session:
            rows = await session.scalars(
                select(History).where(History.record_id == opened.id, History.action == "import_legacy")
            )
            assert rows.one().after == {"legacy_account": old.name, "imported": answer.json()["imported"]}

    async def test_an_emptied_box_goes_on_without(self, sign_up: SignUp) -> None:
        mismatch = await sign_up(legacy_account="nobody00")
        assert (mismatch.status_code, field_codes(mismatch)) == (422, [("legacy_account", "legacy_mismatch")])
        assert (await sign_up(legacy_account="")).status_code == 201

    async def test_what_the_old_system_does_not_know_either_is_asked_for(
        self, runtime: Runtime, sign_up: SignUp
    ) -> None:
        old = await add_legacy(runtime, address="", region_code="320100")
        answer = await sign_up(credit_code=old.credit_code, legacy_account=old.name, address="", region_code="")
        assert field_codes(answer) == [("address", "text_blank"), ("region_code", "region_not_valid")]

    @pytest.mark.req("FAQ-D1")
    async def test_an_old_account_opens_nothing_here_and_is_told_where_it_tells_no_stranger(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        old = await add_legacy(runtime)
        known, unknown = await visitor().sign_in(old.name), await visitor().sign_in(f"u{new_id().hex[-10:]}")
        assert known.status_code == unknown.status_code == 401
        without_id = [{**answer.json(), "correlation_id": ""} for answer in (known, unknown)]
        assert without_id[0] == without_id[1]
        seen = await check(visitor, credit_code=old.credit_code)
        assert "原安监系统的账号不能登录本平台，请在本平台注册" in seen["notice"]
