"""A branch in a group: who asks, who consents, who sees what, and that it ends at once (BEY-17)."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from services.declaration.groups.models import GroupMember
from services.declaration.main import app
from shared.clock import now_utc
from shared.db.session import Database
from shared.events.log import EventRow
from shared.roles import Level, Permission
from tests.conftest import ClientFor, make_actor
from tests.services.declaration.group_records import GROUPS, MEMBERS, MEMBERSHIPS, Company, MakeCompany, a_code
from tests.services.declaration.records import COMPLETE, COUNTY, URL, button

pytestmark = pytest.mark.req("BEY-17")


async def county(client_for: ClientFor, region: str = COUNTY, level: Level = Level.COUNTY) -> Any:
    return await client_for(app, make_actor(Permission.DECLARATION_REVIEW, level=level, region=region))


class TestMaking:
    async def test_a_company_makes_one_group(self, make_company: MakeCompany) -> None:
        company = await make_company()
        assert (await company.client.get(f"{GROUPS}/current")).json() == {"group": None}
        await company.group("甲集团")
        again = await company.client.post(GROUPS, json={"name": "乙集团"})
        assert (again.status_code, again.json()["code"]) == (409, "group_exists")
        group = (await company.client.get(f"{GROUPS}/current")).json()["group"]
        assert (group["name"], group["joined"], group["invited"]) == ("甲集团", 0, 0)

    async def test_without_a_group_nobody_is_asked(self, make_company: MakeCompany) -> None:
        company, branch = await make_company(), await make_company()
        answer = await company.invite(branch)
        assert (answer.status_code, answer.json()["code"]) == (409, "no_group")

    async def test_its_name_is_changed_by_the_company_and_read_by_the_branch(
        self, head: Company, make_company: MakeCompany
    ) -> None:
        branch = await make_company()
        member = await head.invited(branch)
        group = (await head.client.get(f"{GROUPS}/current")).json()["group"]
        at, read = f"{GROUPS}/{group['id']}", {"If-Match": f'"{group["version"]}"'}
        renamed = await head.client.patch(at, json={"name": "新集团"}, headers=read)
        assert (renamed.status_code, renamed.json()["name"]) == (200, "新集团")
        late = await head.client.patch(at, json={"name": "旧"}, headers=read)
        assert (late.status_code, late.json()["changes"][0]["after"]) == (412, "新集团")
        assert (await branch.client.get(f"{MEMBERSHIPS}/{member}")).json()["group_name"] == "新集团"
        assert (await branch.client.patch(at, json={"name": "乙"}, headers=read)).status_code == 404


class TestNews:
    """What is told of a membership: one event of each step, with both sides (notifications says it to them)."""

    async def test_each_step_is_told_once(
        self, head: Company, make_company: MakeCompany, client_for: ClientFor, database: Database
    ) -> None:
        branch = await make_company()
        member = await head.invited(branch, county_asked=True)
        assert (await branch.act(member, "decline")).status_code == 200
        async with database.unit_of_work() as session:
            asked = update(GroupMember).where(GroupMember.id == uuid.UUID(member))
            await session.execute(asked.values(decided_at=now_utc() - timedelta(days=8)))
        await head.act(member, "invite")
        officer = await county(client_for, branch.actor.region_code)
        assert (await officer.post(f"{MEMBERSHIPS}/{member}/consent", json={})).status_code == 200
        await branch.act(member, "leave")
        await head.act(member, "invite")
        await head.act(member, "remove")
        async with database.unit_of_work() as session:
            mine = EventRow.payload["member_id"].astext == member
            rows = (await session.execute(select(EventRow.type).where(mine).order_by(EventRow.id))).scalars().all()
        assert [each.split(".")[2] for each in rows] == [
            "invited",
            "consent_asked",
            "answered",
            "invited",
            "settled",
            "answered",
            "invited",
            "removed",
        ]


class TestAsking:
    async def test_code_and_name_must_both_be_right(self, head: Company, make_company: MakeCompany) -> None:
        branch = await make_company()
        for wrong in ({"name": "别的公司"}, {"credit_code": a_code()}):
            answer = await head.invite(branch, **wrong)
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "employer_unknown")

    async def test_a_company_is_no_branch_of_itself(self, head: Company) -> None:
        answer = await head.invite(head)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "own_unit")

    async def test_a_branch_under_the_companys_own_code_is_found_by_its_name(
        self, head: Company, make_company: MakeCompany
    ) -> None:
        """Branches without a code of their own stand under that of their company."""
        branch = await make_company(code=head.code, name="分公司一", branch_no="01")
        assert (await head.invite(branch, name="分公司一")).status_code == 201

    async def test_who_guesses_is_stopped(self, head: Company, make_company: MakeCompany, monkeypatch: Any) -> None:
        monkeypatch.setattr("services.declaration.groups.limits.WRONG", 2)
        branch = await make_company()
        answers = [await head.invite(branch, name=f"猜{n}") for n in range(3)]
        assert [each.status_code for each in answers] == [422, 422, 429]
        assert answers[-1].json()["code"] == "too_many_wrong_invitations"

    async def test_asked_twice_is_asked_once(self, head: Company, make_company: MakeCompany) -> None:
        branch = await make_company()
        answers = await asyncio.gather(*(head.invite(branch) for _ in range(3)))
        assert sorted(each.status_code for each in answers) == [201, 409, 409]

    async def test_until_it_consents_the_head_sees_what_it_typed(
        self, head: Company, make_company: MakeCompany
    ) -> None:
        branch = await make_company()
        await branch.client.post(URL, json=COMPLETE)
        member = await head.invited(branch)
        row = await head.row(member)
        assert (row["status"], row["region_label"], row["declaration"], row["due"]) == ("invited", None, None, None)
        removed = (await head.act(member, "remove")).json()
        assert (removed["status"], removed["region_label"]) == ("removed", None)


class TestAnswering:
    async def test_its_own_account_consents_and_leaves(self, head: Company, make_company: MakeCompany) -> None:
        branch = await make_company()
        await branch.client.post(URL, json=COMPLETE)
        member = await head.invited(branch)
        asked = (await branch.client.get(MEMBERSHIPS)).json()["items"][0]
        assert (asked["head_name"], asked["terms"][:2]) == (head.name, "总部")
        assert [each["action"] for each in asked["allowed_actions"]] == ["accept", "decline"]
        assert (await branch.act(member, "accept")).json()["consent"] == "own"
        row = await head.row(member)
        assert (row["status"], row["declaration"]["problems"]) == ("joined", 0)
        assert row["region_label"]
        assert (await branch.act(member, "leave", reason="公司重组")).status_code == 200
        row = await head.row(member)
        assert (row["status"], row["declaration"], row["reason"]) == ("left", None, "公司重组")

    async def test_twice_is_once(self, head: Company, make_company: MakeCompany) -> None:
        branch = await make_company()
        member = await head.invited(branch)
        answers = await asyncio.gather(*(branch.act(member, "accept") for _ in range(2)))
        assert sorted(each.status_code for each in answers) == [200, 409]

    async def test_nobody_answers_for_another(self, head: Company, make_company: MakeCompany) -> None:
        branch, stranger = await make_company(), await make_company()
        member = await head.invited(branch)
        assert (await stranger.act(member, "accept")).status_code == 404
        assert (await stranger.client.get(f"{MEMBERSHIPS}/{member}")).status_code == 404
        assert (await head.act(member, "accept")).json()["code"] == "not_the_branch"
        assert (await branch.act(member, "remove")).json()["code"] == "not_the_head"

    async def test_of_two_groups_one(self, head: Company, make_company: MakeCompany) -> None:
        """Both may ask; whoever is answered first has it, and the branch is told by whom it is held."""
        other, branch = await make_company(), await make_company()
        await other.group("另一集团")
        mine, theirs = await asyncio.gather(head.invited(branch), other.invited(branch))
        answers = await asyncio.gather(branch.act(mine, "accept"), branch.act(theirs, "accept"))
        assert sorted(each.status_code for each in answers) == [200, 409]
        refused = next(each.json() for each in answers if each.status_code == 409)
        assert refused["code"] == "member_of_another_group"
        assert "集团“" in refused["detail"]

    async def test_who_was_told_no_does_not_ask_at_once(
        self, head: Company, make_company: MakeCompany, database: Database
    ) -> None:
        branch = await make_company()
        member = await head.invited(branch)
        await branch.act(member, "decline")
        again = await head.invite(branch)
        assert (again.status_code, again.json()["code"]) == (409, "declined_just_now")
        async with database.unit_of_work() as session:
            was = now_utc() - timedelta(days=8)
            await session.execute(update(GroupMember).where(GroupMember.id == uuid.UUID(member)).values(decided_at=was))
        assert (await head.invited(branch)) == member


class TestCounty:
    async def test_it_consents_where_it_is_asked(
        self, head: Company, make_company: MakeCompany, client_for: ClientFor
    ) -> None:
        branch, office = await make_company(), await county(client_for)
        member = await head.invited(branch)
        assert (await office.get(f"{MEMBERSHIPS}/{member}")).status_code == 404
        await head.invited(branch, county_asked=True)
        seen = (await office.get(f"{MEMBERSHIPS}/{member}")).json()
        assert button(seen, "consent")["allowed"]
        assert (await office.post(f"{MEMBERSHIPS}/{member}/consent")).json()["consent"] == "county"
        assert (await head.row(member))["status"] == "joined"
        assert (await branch.act(member, "leave")).status_code == 200

    @pytest.mark.parametrize(
        ("region", "level", "status"),
        [("320104", Level.COUNTY, 404), ("320100", Level.CITY, 409)],
    )
    async def test_another_does_not(
        self, head: Company, make_company: MakeCompany, client_for: ClientFor, region: str, level: Level, status: int
    ) -> None:
        member = await head.invited(await make_company(), county_asked=True)
        office = await county(client_for, region, level)
        assert (await office.post(f"{MEMBERSHIPS}/{member}/consent")).status_code == status

    async def test_for_a_secret_unit_it_does_not(
        self, head: Company, make_company: MakeCompany, client_for: ClientFor
    ) -> None:
        branch, office = await make_company(), await county(client_for)
        await branch.client.post(URL, json={**COMPLETE, "confidential": True, "products": []})
        member = await head.invited(branch, county_asked=True)
        answer = await office.post(f"{MEMBERSHIPS}/{member}/consent")
        assert (answer.status_code, answer.json()["code"]) == (409, "confidential_unit")
        assert (await branch.act(member, "accept")).status_code == 200

    async def test_it_says_why_not(self, head: Company, make_company: MakeCompany, client_for: ClientFor) -> None:
        member = await head.invited(await make_company(), county_asked=True)
        office = await county(client_for)
        assert (await office.post(f"{MEMBERSHIPS}/{member}/refuse")).status_code == 422
        assert (await office.post(f"{MEMBERSHIPS}/{member}/refuse", json={"reason": "与集团无关"})).status_code == 200
        assert (await head.row(member))["reason"] == "与集团无关"


async def test_each_step_is_remembered(head: Company, make_company: MakeCompany) -> None:
    branch = await make_company()
    member = await head.joined(branch)
    await branch.act(member, "leave", reason="不再需要")
    for who in (head, branch):
        rows = (await who.client.get(f"{MEMBERSHIPS}/{member}/history")).json()
        assert [each["action"] for each in rows] == ["create", "accept", "leave"]
    assert (await (await make_company()).client.get(f"{MEMBERSHIPS}/{member}/history")).status_code == 404


async def test_a_list_has_its_own_alone(head: Company, make_company: MakeCompany) -> None:
    stranger = await make_company()
    await head.joined(await make_company())
    assert (await stranger.client.get(MEMBERS)).json()["items"] == []
    assert (await stranger.client.get(MEMBERSHIPS)).json()["items"] == []
