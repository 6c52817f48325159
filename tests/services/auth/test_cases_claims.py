"""A credit code that another unit has taken is claimed (ORG-10, BEY-13, FAQ-D10)."""

import json
from typing import Any

import pytest

from services.auth.access.accounts.models import Account
from services.auth.desks.cases.models import Case
from services.auth.desks.cases.workflow import CaseStatus
from services.auth.directory.organisations.models import Organisation
from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.roles import Portal
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.auth.case_records import (
    add_enterprise,
    add_second_account,
    appeal,
    claim,
    code_of,
    commission,
    correct,
    decide,
    events_about,
    fresh,
    history_of_record,
    share_code,
    texts_to,
)
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account, new_credit_code, new_mobile

CHANGED = "auth.organisation.changed.v1"


@pytest.mark.req("BEY-13", "FAQ-D10", "ORG-10")
class TestClaim:
    async def approved(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor, holder: Account, phone: str
    ) -> Any:
        filed = (await claim(runtime, visitor(), holder.organisation, phone=phone)).json()
        answer = await decide(client_for, commission(), filed["id"], "approve")
        assert answer.status_code == 200, answer.text
        return filed

    async def test_the_claimant_takes_the_record_over(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        holder, phone = await add_enterprise(runtime), new_mobile()
        await self.approved(runtime, visitor, client_for, holder, phone)
        unit = await fresh(runtime, Organisation, holder.organisation_id)
        assert (unit.name, unit.region_code, unit.address) == ("总公司有限公司", "320104", "秦淮区一号")
        assert (unit.credit_code, unit.contact_name, unit.contact_phone) == (
            holder.organisation.credit_code,
            "张三",
            phone,
        )
        event = (await events_about(runtime, CHANGED, "organisation_id", unit.id))[-1]
        assert (event["organisation_id"], event["name"]) == (str(unit.id), "总公司有限公司")
        row = (await history_of_record(runtime, unit.id))[-1]
        assert (row.action, (row.before or {})["name"]) == ("hand_over", holder.organisation.name)

    async def test_and_its_account_of_which_the_former_holder_has_nothing_left(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        holder, phone, branch = await add_enterprise(runtime, email="a@b.cn"), new_mobile(), visitor()
        second = await add_second_account(runtime, holder.organisation)
        await branch.sign_in(holder.login_name)
        await self.approved(runtime, visitor, client_for, holder, phone)
        for account in (holder, second):
            taken = await fresh(runtime, Account, account.id)
            assert (taken.phone, taken.password_hash, taken.email, taken.resident_id) == (phone, None, None, None)
        assert (await branch.me()).status_code == 401
        assert (await branch.sign_in(holder.login_name)).status_code == 401
        event = (await events_about(runtime, "auth.account.changed.v1", "account_id", holder.id))[-1]
        assert Sealed(event["phone"]).open(field_cipher()) == phone

    async def test_the_claimant_gets_a_link_and_the_branch_is_told_what_to_do(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        holder, phone = await add_enterprise(runtime), new_mobile()
        await self.approved(runtime, visitor, client_for, holder, phone)
        told = await texts_to(runtime, phone)
        assert any("/activate#" in words and holder.login_name in words for words in told)
        assert any("认领" in words and "已通过" in words for words in told)
        *_, word = await texts_to(runtime, holder.phone)  # the first warned of the claim
        for part in ("重新注册", "分支机构", holder.organisation.credit_code, "总公司有限公司"):
            assert part in word
        assert "/activate#" not in word

    @pytest.mark.req("X22")
    async def test_the_branch_can_register_anew_under_the_code(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        holder = await add_enterprise(runtime)
        await self.approved(runtime, visitor, client_for, holder, new_mobile())
        branch = await share_code(runtime, holder, "01")
        assert await code_of(runtime, branch) == (holder.organisation.credit_code, "01")

    @pytest.mark.req("PLAT-05")
    async def test_no_phone_in_histories(self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor) -> None:
        holder, phone = await add_enterprise(runtime), new_mobile()
        filed = await self.approved(runtime, visitor, client_for, holder, phone)
        rows = [
            row
            for record_id in (holder.organisation_id, holder.id, filed["id"])
            for row in await history_of_record(runtime, record_id)
        ]
        assert {"hand_over", "take_over", "change_phone", "approve"} <= {row.action for row in rows}
        written = json.dumps([[row.before, row.after, row.reason] for row in rows])
        assert phone not in written
        assert holder.phone not in written

    async def test_the_commission_of_the_holders_region_decides(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        holder = await add_enterprise(runtime, region="320106")
        filed = (await claim(runtime, visitor(), holder.organisation)).json()
        assert (await decide(client_for, commission(region="320104"), filed["id"], "approve")).status_code == 404
        assert (await decide(client_for, commission(region="320106"), filed["id"], "approve")).status_code == 200

    async def test_what_the_former_holder_had_asked_for_is_not_carried_out(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        holder, phone = await add_enterprise(runtime), new_mobile()
        wanted = (await appeal(runtime, visitor(), holder.organisation)).json()
        fixed = (await correct(client_for, holder, new_credit_code())).json()
        await self.approved(runtime, visitor, client_for, holder, phone)
        for case in (wanted, fixed):
            answer = await decide(client_for, commission(), case["id"], "approve")
            assert (answer.status_code, answer.json()["code"]) == (409, "record_changed")
            assert "认领" in answer.json()["detail"]
        assert (await fresh(runtime, Account, holder.id)).phone == phone

    async def test_a_free_code_is_simply_registered(self, runtime: Runtime, visitor: NewVisitor) -> None:
        answer = await claim(runtime, visitor(), Organisation(credit_code=new_credit_code()))
        assert (answer.status_code, answer.json()["code"]) == (409, "not_registered")

    async def test_the_region_is_a_county(self, runtime: Runtime, visitor: NewVisitor) -> None:
        holder = await add_enterprise(runtime)
        for region, code in (("320100", "not_a_county"), ("999999", "unknown_region")):
            answer = await claim(runtime, visitor(), holder.organisation, region_code=region)
            assert answer.json()["errors"][0]["code"] == code

    async def test_a_training_units_record_is_not_handed_over(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        training = await add_account(runtime)
        answer = await claim(runtime, visitor(), training.organisation)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_claimable")
        holder = await add_enterprise(runtime)
        filed = (await claim(runtime, visitor(), holder.organisation)).json()
        await add_second_account(runtime, holder.organisation, Portal.TRAINING)
        late = await decide(client_for, commission(), filed["id"], "approve")
        assert (late.status_code, late.json()["code"]) == (409, "other_accounts")
        assert (await fresh(runtime, Organisation, holder.organisation_id)).name == holder.organisation.name
        assert (await fresh(runtime, Case, filed["id"])).status is CaseStatus.SUBMITTED
