"""The evidence of a case: checked by content, had by its owner and by those who decide (PLAT-07)."""

import pytest

from services.auth.main import app
from services.auth.settings import auth_settings
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.auth.case_records import (
    CASES,
    add_enterprise,
    appeal,
    commission,
    decide,
    scan,
    upload,
)
from tests.services.auth.conftest import NewVisitor


@pytest.mark.req("PLAT-07")
class TestEvidence:
    async def test_an_appeal_needs_some(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account = await add_enterprise(runtime)
        answer = await appeal(runtime, visitor(), account.organisation, attachments=[])
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "attachments")

    async def test_what_is_no_picture_or_pdf_is_refused(self, visitor: NewVisitor) -> None:
        answer = await upload(visitor(), b"MZ\x90\x00 not a picture", "执照.png")
        assert (answer.status_code, answer.json()["code"]) == (422, "file_content_mismatch")

    async def test_a_file_is_not_looked_at_before_it_is_paid_for(self, visitor: NewVisitor) -> None:
        files = {"file": ("执照.png", b"MZ not a picture")}
        answer = await visitor().client.post(f"{CASES}/attachments", data={"proof": "none"}, files=files)
        assert answer.json()["code"] == "proof_invalid"

    async def test_a_file_for_a_case_is_not_looked_at_without_its_key(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_enterprise(runtime), visitor()
        filed = (await appeal(runtime, person, account.organisation)).json()
        path, files = f"{CASES}/by-number/{filed['number']}/attachments", {"file": ("a.png", b"MZ not a picture")}
        for key, status in ((filed["key"], 422), ("y" * 43, 404)):
            answer = await person.client.post(path, headers={"X-Applicant-Key": key}, files=files)
            assert answer.status_code == status

    async def test_somebody_elses_file_cannot_be_claimed(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, foreign = await add_enterprise(runtime), (await upload(visitor())).json()
        answer = await appeal(runtime, visitor(), account.organisation, attachments=[foreign["id"]])
        assert answer.json()["errors"][0]["code"] == "attachment_unknown"

    async def test_it_is_served_to_reviewers_and_to_the_key_only(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, person = await add_enterprise(runtime), visitor()
        filed = (await appeal(runtime, person, account.organisation)).json()
        client = await client_for(app, commission())
        (file,) = (await client.get(f"{CASES}/{filed['id']}")).json()["attachments"]
        seen = await client.get(f"{CASES}/{filed['id']}/attachments/{file['id']}")
        assert (seen.status_code, seen.headers["content-type"]) == (200, "image/png")
        stranger = await client_for(app, commission(region="320104"))
        assert (await stranger.get(f"{CASES}/{filed['id']}/attachments/{file['id']}")).status_code == 404
        own = f"{CASES}/by-number/{filed['number']}/attachments"
        for key, status in ((filed["key"], 200), ("y" * 43, 404)):
            headers = {"X-Applicant-Key": key}
            assert (await person.client.get(own, headers=headers)).status_code == status
            assert (await person.client.get(f"{own}/{file['id']}", headers=headers)).status_code == status

    @pytest.mark.req("PLAT-05")
    async def test_whoever_looks_at_it_is_remembered(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, person, reviewer = await add_enterprise(runtime), visitor(), commission()
        filed = (await appeal(runtime, person, account.organisation)).json()
        client = await client_for(app, reviewer)
        case = (await client.get(f"{CASES}/{filed['id']}")).json()
        file = case["attachments"][0]["id"]
        await client.get(f"{CASES}/{filed['id']}/attachments/{file}")
        own = f"{CASES}/by-number/{filed['number']}/attachments/{file}"
        await person.client.get(own, headers={"X-Applicant-Key": filed["key"]})
        rows = (await client.get(f"{CASES}/{filed['id']}")).json()["history"]
        looks = [each for each in rows if each["action"] == "view_file"]
        assert [each["action_label"] for each in looks] == ["查看附件"] * 2
        assert [reviewer.person_name in each["actor_name"] for each in looks] == [True, False]
        assert {each["after"]["file_id"] for each in looks} == {file}
        assert all(each["address"] for each in looks)

    async def test_more_is_added_while_the_case_is_open(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, person = await add_enterprise(runtime), visitor()
        filed = (await appeal(runtime, person, account.organisation)).json()
        path, headers = f"{CASES}/by-number/{filed['number']}/attachments", {"X-Applicant-Key": filed["key"]}
        more = {"file": ("说明.png", scan())}
        assert (await person.client.post(path, headers=headers, files=more)).status_code == 201
        assert len((await person.client.get(path, headers=headers)).json()) == 2
        await decide(client_for, commission(), filed["id"], "refuse", "不属实")
        late = await person.client.post(path, headers=headers, files=more)
        assert (late.status_code, late.json()["code"]) == (409, "case_closed")

    async def test_an_address_is_slowed_down(self, runtime: Runtime, visitor: NewVisitor) -> None:
        person = visitor()
        await runtime.redis.set(f"case-uploads:{person.address}", auth_settings().uploads_per_address - 1, ex=60)
        assert (await upload(person)).status_code == 201
        answer = await upload(person)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_uploads")
        assert "Retry-After" in answer.headers
