"""A wrong credit code is corrected (ORG-08, FAQ-D3)."""

import pytest

from services.auth.desks.cases.models import Case
from services.auth.desks.cases.workflow import CaseStatus
from services.auth.directory.organisations.models import Organisation
from services.auth.main import app
from shared.identifiers import new_id
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.auth.case_records import (
    CASES,
    add_enterprise,
    change,
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
from tests.services.auth.records import new_credit_code

CHANGED = "auth.organisation.changed.v1"


@pytest.mark.req("ORG-08", "FAQ-D3")
class TestCorrection:
    async def test_an_approval_changes_the_code_and_tells_everybody(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        account, right = await add_enterprise(runtime), new_credit_code()
        filed = (await correct(client_for, account, right, name=f"正名{new_id().hex[-8:]}公司")).json()
        assert await code_of(runtime, account) == (account.organisation.credit_code, "")
        answer = await decide(client_for, commission(), filed["id"], "approve")
        assert (answer.status_code, answer.json()["status"]) == (200, "approved")
        assert await code_of(runtime, account) == (right, "")
        event = (await events_about(runtime, CHANGED, "organisation_id", account.organisation_id))[-1]
        assert (event["credit_code"], event["name"][:2]) == (right, "正名")
        row = (await history_of_record(runtime, account.organisation_id))[-1]
        assert (row.action, (row.before or {})["credit_code"], (row.after or {})["credit_code"]) == (
            "correct_code",
            account.organisation.credit_code,
            right,
        )
        assert right in (await texts_to(runtime, account.phone))[-1]

    async def test_the_check_digit_is_checked(self, runtime: Runtime, client_for: ClientFor) -> None:
        account, right = await add_enterprise(runtime), new_credit_code()
        wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
        answer = await correct(client_for, account, wrong)
        assert answer.json()["errors"][0]["code"] == "uscc_checksum"

    async def test_a_scan_of_the_licence_is_required(self, runtime: Runtime, client_for: ClientFor) -> None:
        answer = await correct(client_for, await add_enterprise(runtime), new_credit_code(), attachments=[])
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "attachments")

    async def test_the_same_code_is_no_correction(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_enterprise(runtime)
        answer = await correct(client_for, account, account.organisation.credit_code)
        assert answer.json()["errors"][0]["code"] == "same_code"

    @pytest.mark.req("X22")
    async def test_a_code_that_another_holds_is_to_be_claimed(self, runtime: Runtime, client_for: ClientFor) -> None:
        account, holder = await add_enterprise(runtime), await add_enterprise(runtime)
        answer = await correct(client_for, account, holder.organisation.credit_code)
        assert (answer.status_code, answer.json()["code"]) == (409, "credit_code_taken")
        assert "认领" in answer.json()["detail"]

    async def test_a_code_taken_meanwhile_leaves_it_open_and_says_why(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        account, right = await add_enterprise(runtime), new_credit_code()
        filed = (await correct(client_for, account, right)).json()
        rival = await add_enterprise(runtime)
        await change(runtime, Organisation, rival.organisation_id, credit_code=right)
        answer = await decide(client_for, commission(), filed["id"], "approve")
        assert (answer.status_code, answer.json()["code"]) == (409, "credit_code_taken")
        assert "不通过" in answer.json()["detail"]
        assert (await fresh(runtime, Case, filed["id"])).status is CaseStatus.SUBMITTED
        assert await code_of(runtime, account) == (account.organisation.credit_code, "")

    async def test_a_code_changed_meanwhile_is_not_changed_again(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_enterprise(runtime)
        filed = (await correct(client_for, account, new_credit_code())).json()
        await change(runtime, Organisation, account.organisation_id, credit_code=new_credit_code())
        answer = await decide(client_for, commission(), filed["id"], "approve")
        assert (answer.status_code, answer.json()["code"]) == (409, "record_changed")

    @pytest.mark.req("X22")
    async def test_branches_under_the_code_follow_their_head_office(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        head, right = await add_enterprise(runtime), new_credit_code()
        branch = await share_code(runtime, head, "01")
        filed = (await correct(client_for, head, right)).json()
        await decide(client_for, commission(), filed["id"], "approve")
        assert await code_of(runtime, head) == (right, "")
        assert await code_of(runtime, branch) == (right, "01")
        assert await events_about(runtime, CHANGED, "organisation_id", branch.organisation_id)

    @pytest.mark.req("X22")
    async def test_a_branch_moves_under_the_code_of_its_head_office(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        head, branch = await add_enterprise(runtime), await add_enterprise(runtime)
        code = head.organisation.credit_code
        unknown = await correct(client_for, branch, new_credit_code(), branch_no="01")
        assert unknown.json()["errors"][0]["code"] == "head_office_unknown"
        filed = (await correct(client_for, branch, code, branch_no="01")).json()
        await decide(client_for, commission(), filed["id"], "approve")
        assert await code_of(runtime, branch) == (code, "01")
        assert (await fresh(runtime, Organisation, branch.organisation_id)).head_office_id == head.organisation_id

    @pytest.mark.req("PLAT-06")
    async def test_only_an_enterprise_files_one(self, client_for: ClientFor) -> None:
        body = {"credit_code": new_credit_code(), "reason": "填错", "attachments": [str(new_id())]}
        for actor, status in ((None, 401), (make_actor(Permission.GROUP_REGISTRATION), 403)):
            answer = await (await client_for(app, actor)).post(f"{CASES}/corrections", json=body)
            assert answer.status_code == status

    async def test_one_open_correction_of_a_unit(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_enterprise(runtime)
        await correct(client_for, account, new_credit_code())
        answer = await correct(client_for, account, new_credit_code())
        assert (answer.status_code, answer.json()["code"]) == (409, "case_open")
