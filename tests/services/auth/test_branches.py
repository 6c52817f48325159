"""企业注册 of branches: with a code of their own, or under their head office (ORG-09)."""

import asyncio

import pytest

from services.auth.access.challenges.actions import Action
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.enterprise_forms import (
    URL,
    SignUp,
    check,
    form,
    organisation_of,
    signing_up,
)
from tests.services.auth.proofs import field_codes, post_proven
from tests.services.auth.records import new_credit_code


@pytest.fixture
def sign_up(runtime: Runtime, visitor: NewVisitor) -> SignUp:
    return signing_up(runtime, visitor)


@pytest.mark.req("ORG-09", "FAQ-D9", "X22")
class TestBranches:
    async def test_a_branch_without_a_code_stands_under_its_head_office(
        self, runtime: Runtime, visitor: NewVisitor, sign_up: SignUp
    ) -> None:
        head = form()
        office = await organisation_of(runtime, await sign_up(**head))
        branch = {"credit_code": head["credit_code"], "is_branch": True, "has_own_code": False}
        for number in ("01", "02"):
            seen = await check(visitor, **branch)
            assert (seen["available"], seen["branch_no"], seen["head_office_name"]) == (True, number, head["name"])
            opened = await organisation_of(runtime, await sign_up(**branch))
            assert (opened.branch_no, opened.head_office_id) == (number, office.id)

    async def test_two_branches_at_once_get_two_numbers(
        self, runtime: Runtime, visitor: NewVisitor, sign_up: SignUp
    ) -> None:
        head = form()
        await sign_up(**head)
        branch = {"credit_code": head["credit_code"], "is_branch": True, "has_own_code": False}
        answers = await asyncio.gather(sign_up(**branch), sign_up(**branch))
        assert sorted(answer.json().get("branch_no", answer.text) for answer in answers) == ["01", "02"]

    async def test_the_head_office_comes_first(self, visitor: NewVisitor, sign_up: SignUp) -> None:
        branch = {"credit_code": new_credit_code(), "is_branch": True, "has_own_code": False}
        seen = await check(visitor, **branch)
        assert (seen["available"], seen["code"], seen["ways"]) == (False, "head_office_missing", [])
        assert "上级机构须先在本平台注册" in seen["message"]
        answer = await sign_up(**branch)
        assert (answer.status_code, field_codes(answer)) == (409, [("credit_code", "head_office_missing")])

    async def test_a_branch_with_a_code_uses_its_own(self, runtime: Runtime, sign_up: SignUp) -> None:
        opened = await organisation_of(runtime, await sign_up(is_branch=True, has_own_code=True))
        assert (opened.branch_no, opened.head_office_id) == ("", None)

    async def test_only_a_branch_has_no_code_of_its_own(self, visitor: NewVisitor) -> None:
        body = {"credit_code": new_credit_code(), "is_branch": False, "has_own_code": False}
        answer = await post_proven(visitor(), f"{URL}/checks", Action.LOOKUP, **body)
        assert field_codes(answer) == [("has_own_code", "own_code_needed")]
