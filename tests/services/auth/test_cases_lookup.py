"""Is a credit code registered (FAQ-D2): what a stranger learns, and what not."""

import re
from typing import Any

import pytest

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import AccountStatus
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.tickets import make_ticket
from services.auth.directory.organisations.models import Organisation
from services.auth.settings import auth_settings
from shared.roles import Grant, Level, Portal
from shared.runtime import Runtime
from tests.services.auth.case_records import add_enterprise, add_second_account, case_proof, change
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import Visitor, add_account, new_credit_code

LOOKUPS = "/api/auth/registrations/lookups"


async def look_up(person: Visitor, code: str, proof: str | None = None) -> tuple[int, dict[str, Any], str]:
    body = {"credit_code": code, "proof": proof or make_ticket(Action.LOOKUP, seconds=60)}
    answer = await person.client.post(LOOKUPS, json=body)
    return answer.status_code, answer.json(), answer.text


async def add_branch(runtime: Runtime, head: Account, number: str) -> Account:
    branch = await add_enterprise(runtime)
    code = head.organisation.credit_code
    values = {"credit_code": code, "branch_no": number, "head_office_id": head.organisation_id}
    await change(runtime, Organisation, branch.organisation_id, **values)
    return branch


@pytest.mark.req("FAQ-D2", "AUTH-26")
class TestLookup:
    async def test_an_unknown_code_is_said_to_be_unregistered_with_the_next_step(self, visitor: NewVisitor) -> None:
        status, body, _ = await look_up(visitor(), new_credit_code())
        assert (status, body["registered"], body["units"]) == (200, False, [])
        assert [step["action"] for step in body["next_steps"]] == ["sign_up"]

    async def test_a_known_one_shows_two_digits_and_nothing_else(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account = await add_enterprise(runtime)
        _, body, text = await look_up(visitor(), account.organisation.credit_code)
        assert body["registered"] is True
        hint = f"尾号 {account.phone[-2:]}"
        assert body["units"] == [{"branch_no": "", "name": None, "phone_hint": hint, "accounts": []}]
        assert account.phone[-3:] not in re.sub(r'"correlation_id":"[^"]*"', "", text)
        for secret in (account.login_name, account.organisation.name, account.person_name, str(account.id)):
            assert secret not in text
        assert [step["action"] for step in body["next_steps"]] == ["recover", "appeal", "claim"]

    @pytest.mark.req("X22")
    async def test_units_that_share_a_code_are_told_apart_by_name(self, runtime: Runtime, visitor: NewVisitor) -> None:
        head = await add_enterprise(runtime)
        branch = await add_branch(runtime, head, "01")
        _, body, _ = await look_up(visitor(), head.organisation.credit_code)
        names = {unit["branch_no"]: unit["name"] for unit in body["units"]}
        assert names == {"": head.organisation.name, "01": branch.organisation.name}

    async def test_several_accounts_show_masked_names(self, runtime: Runtime, visitor: NewVisitor) -> None:
        first = await add_enterprise(runtime)
        second = await add_second_account(runtime, first.organisation)
        disabled = await add_second_account(runtime, first.organisation)
        await change(runtime, Account, disabled.id, status=AccountStatus.DISABLED)
        _, body, text = await look_up(visitor(), first.organisation.credit_code)
        (unit,) = body["units"]
        shown = [(each["number"], each["phone_hint"][-2:]) for each in unit["accounts"]]
        assert shown == [(1, first.phone[-2:]), (2, second.phone[-2:])]
        assert first.login_name not in text
        assert second.login_name not in text

    async def test_a_body_is_sent_to_its_superior(self, runtime: Runtime, visitor: NewVisitor) -> None:
        official = await add_account(
            runtime, Grant.DISEASE_CONTROL, level=Level.COUNTY, portal=Portal.OFFICIALS, region="320102"
        )
        _, body, _ = await look_up(visitor(), official.organisation.credit_code)
        assert (body["registered"], body["units"]) == (True, [])
        assert [step["action"] for step in body["next_steps"]] == ["ask_superior"]

    async def test_a_wrong_check_digit_is_refused_at_entry(self, visitor: NewVisitor) -> None:
        status, body, _ = await look_up(visitor(), "911101087109255240")
        assert status == 422
        assert body["errors"][0]["code"].startswith("uscc_")

    async def test_it_takes_a_proof_for_looking_up(self, visitor: NewVisitor) -> None:
        status, body, _ = await look_up(visitor(), new_credit_code(), proof=case_proof())
        assert (status, body["code"]) == (422, "proof_invalid")

    async def test_an_address_is_slowed_down(self, runtime: Runtime, visitor: NewVisitor) -> None:
        person, cap = visitor(), auth_settings().code_lookups_per_address
        await runtime.redis.set(f"registration-lookups:{person.address}", cap - 1, ex=60)
        assert (await look_up(person, new_credit_code()))[0] == 200
        answer = await person.client.post(
            LOOKUPS, json={"credit_code": new_credit_code(), "proof": make_ticket(Action.LOOKUP, seconds=60)}
        )
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_lookups")
        assert 0 < int(answer.headers["Retry-After"]) <= 3600
        assert (await look_up(visitor(), new_credit_code()))[0] == 200
