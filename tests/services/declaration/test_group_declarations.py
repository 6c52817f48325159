"""What a head does with its members' declarations: as the branch would, under its own name, and only as long as it is a member (BEY-17)."""

import asyncio
import uuid
from typing import Any

import pytest

from services.declaration.main import app
from shared.roles import Permission
from shared.scopes import Scope
from tests.conftest import ClientFor, make_actor
from tests.services.declaration.group_records import MEMBERS, Company, MakeCompany
from tests.services.declaration.records import COMPLETE, URL, button

pytestmark = pytest.mark.req("BEY-17")


def of(member: str) -> str:
    return f"{MEMBERS}/{member}/declaration"


async def begun(head: Company, member: str, **changes: Any) -> dict[str, Any]:
    answer = await head.client.post(of(member), json={**COMPLETE, **changes})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def change(head: Company, member: str, version: int, **changes: Any) -> Any:
    return await head.client.patch(of(member), json=changes, headers={"If-Match": f'"{version}"'})


async def test_it_is_the_branchs_own_record(head: Company, make_company: MakeCompany) -> None:
    """In its county, in its list, and with who of the head typed what."""
    branch = await make_company(region="320104")
    member = await head.joined(branch)
    made = await begun(head, member)
    assert (made["employer_name"], made["region_code"], made["contact_phone"]) == (branch.name, "320104", "138****5678")
    changed = await change(head, member, made["version"], staff_count=120)
    assert changed.json()["staff_count"] == 120
    mine = (await branch.client.get(f"{URL}/{made['id']}")).json()
    assert (mine["staff_count"], mine["contact_phone"]) == (120, "13812345678")
    assert (await branch.client.get(f"{URL}/{made['id']}/history")).json()[-1]["actor_name"].startswith(head.name)
    submitted = await head.client.post(f"{of(member)}/submit")
    assert submitted.json()["status"] == "pending"
    assert (await head.row(member))["declaration"]["status"] == "pending"


async def test_both_may_type_and_nobody_overwrites(head: Company, make_company: MakeCompany) -> None:
    branch = await make_company()
    member = await head.joined(branch)
    made = await begun(head, member)
    address = f"{URL}/{made['id']}"
    own = await branch.client.patch(address, json={"staff_count": 90}, headers={"If-Match": f'"{made["version"]}"'})
    assert own.status_code == 200
    late = await change(head, member, made["version"], staff_count=95)
    assert (late.status_code, late.json()["changes"][0]["label"]) == (412, "本单位在册职工总数")


async def test_the_same_rules_and_the_same_check(head: Company, make_company: MakeCompany) -> None:
    member = await head.joined(await make_company())
    given = {**COMPLETE, "exposed_count": 500}
    problems = (await head.client.post(f"{of(member)}/check", json=given)).json()["problems"]
    assert [each["code"] for each in problems] == ["exposed_above_staff"]
    await begun(head, member, exposed_count=500)
    refused = await head.client.post(f"{of(member)}/submit")
    assert (refused.status_code, refused.json()["problems"][0]["code"]) == (422, "exposed_above_staff")
    assert (await head.row(member))["declaration"]["problems"] == 1


class TestSight:
    """It ends at once, and whoever has not consented has never been seen."""

    async def test_of_who_has_not_consented_and_of_who_has_left(self, head: Company, make_company: MakeCompany) -> None:
        branch = await make_company()
        await branch.client.post(URL, json=COMPLETE)
        member = await head.invited(branch)
        for expected, step in ((404, "accept"), (200, "leave"), (404, None)):
            seen = await head.client.get(of(member))
            typed = await change(head, member, 1 if expected == 404 else seen.json()["version"], staff_count=101)
            checked = await head.client.post(f"{of(member)}/check", json={})
            assert {seen.status_code, typed.status_code, checked.status_code} == {expected}
            if step:
                assert (await branch.act(member, step)).status_code == 200
        assert (await head.client.post(of(member), json=COMPLETE)).status_code == 404
        assert (await head.client.post(f"{of(member)}/submit")).status_code == 404
        assert (await branch.client.get(URL)).json()["items"][0]["status"] == "draft"

    async def test_of_a_stranger(self, head: Company, make_company: MakeCompany) -> None:
        member = await head.joined(await make_company())
        other = await make_company()
        await other.group()
        for company in (other, await make_company()):
            assert (await company.client.get(of(member))).status_code == 404
            assert (await company.client.post(f"{of(member)}/submit")).status_code == 404
            many = (await company.client.post(f"{MEMBERS}/submissions", json={"member_ids": [member]})).json()
            assert many["results"][0]["code"] == "not_found"

    async def test_leaving_while_the_head_fills_in_is_one_or_the_other(
        self, head: Company, make_company: MakeCompany
    ) -> None:
        branch = await make_company()
        member = await head.joined(branch)
        left, made = await asyncio.gather(branch.act(member, "leave"), head.client.post(of(member), json=COMPLETE))
        assert left.status_code == 200
        mine = (await branch.client.get(URL)).json()["items"]
        assert (made.status_code, len(mine)) in {(201, 1), (404, 0)}


class TestSecret:
    async def test_its_products_are_its_own(self, head: Company, make_company: MakeCompany) -> None:
        branch = await make_company()
        await branch.client.post(URL, json={**COMPLETE, "confidential": True})
        member = await head.joined(branch)
        seen = (await head.client.get(of(member))).json()
        assert (seen["products"], bool(seen["products_hidden"])) == ([], True)
        for name, value in (("products", []), ("confidential", False), ("confidential", None)):
            refused = await change(head, member, seen["version"], **{name: value})
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, name)
        assert (await change(head, member, seen["version"], staff_count=99, confidential=True)).status_code == 200


class TestMany:
    async def test_the_sound_ones_go_in_and_the_others_say_why(self, head: Company, make_company: MakeCompany) -> None:
        sound, wrong, empty = [await head.joined(await make_company()) for _ in range(3)]
        await begun(head, sound)
        await begun(head, wrong, exposed_count=500)
        ids = [wrong, sound, empty, sound, str(uuid.uuid4())]
        answer = (await head.client.post(f"{MEMBERS}/submissions", json={"member_ids": ids})).json()
        assert (answer["done"], answer["refused"]) == (1, 3)
        told = {each["member_id"]: each for each in answer["results"]}
        assert told[sound]["done"]
        assert told[wrong]["code"] == "declaration_incomplete"
        assert "接害总人数" in told[wrong]["reason"]
        assert told[empty]["code"] == "no_open_declaration"
        again = (await head.client.post(f"{MEMBERS}/submissions", json={"member_ids": [sound]})).json()
        assert again["results"][0]["code"] == "status_is_pending"


@pytest.mark.req("PLAT-15")
async def test_its_key_does_what_its_scopes_say(
    head: Company, make_company: MakeCompany, client_for: ClientFor
) -> None:
    """And sees its members alone."""
    member = await head.joined(await make_company())
    changes: dict[str, Any] = {"organisation_id": head.actor.organisation_id, "organisation_name": head.name}
    program = await client_for(
        app,
        make_actor(Permission.HAZARD_DECLARATION, scopes=frozenset({Scope.GROUPS_READ, Scope.GROUPS_WRITE}), **changes),
    )
    assert [each["id"] for each in (await program.get(MEMBERS)).json()["items"]] == [member]
    made = await program.post(of(member), json=COMPLETE)
    assert made.status_code == 201
    assert (await program.post(f"{of(member)}/submit")).json()["status"] == "pending"
    assert (await program.get(URL)).json()["code"] == "outside_scope"


@pytest.mark.parametrize(
    "given",
    [
        {"staff_count": 10**12},
        {"staff_count": -1},
        {"staff_count": "many"},
        {"contact_name": "a\u202eb"},
        {"test_org": "a\x00b"},
        {"hazards": "dust"},
        {"unknown_field": 1},
    ],
)
async def test_bad_input_is_refused_by_field(head: Company, make_company: MakeCompany, given: dict[str, Any]) -> None:
    member = await head.joined(await make_company())
    answer = await head.client.post(of(member), json={**COMPLETE, **given})
    assert answer.status_code == 422
    assert button((await head.row(member)), "remove")["allowed"]
