"""管理 is a permission of its own: granted and taken back by the province's first account, to its colleagues, by nobody to himself."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update

from services.auth.access.accounts.editing import make_first
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.passwords import hash_password
from services.auth.access.accounts.schemas import AccountOpen
from services.auth.access.accounts.service import open_account
from services.auth.directory.organisations.models import Organisation
from services.auth.main import app
from shared.clock import beijing_today, now_utc, years_after
from shared.db.history import RecordType, history_of
from shared.identifiers import new_id
from shared.identity import SYSTEM
from shared.roles import Grant, Level, Permission, Portal, permissions_of
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.officials import add_official
from tests.services.auth.records import PASSWORD, new_mobile

ACCOUNTS = "/api/auth/accounts"
GRANT = Grant.PLATFORM_ADMINISTRATION.value
ACTIONS = ("grant_administration", "revoke_administration")


async def first_account(runtime: Runtime) -> Account:
    """The one with which the province began: whichever an earlier test has begun with, or a new one."""
    known = select(Account).where(Account.is_first)
    async with runtime.database.unit_of_work() as session:
        found: Account | None = await session.scalar(known)
    if found:
        return found
    opened = await add_official(runtime, Level.PROVINCE, "320000", Grant.ACCOUNT_MANAGEMENT)
    async with runtime.database.unit_of_work() as session:
        await make_first(session, opened)
    async with runtime.database.unit_of_work() as session:
        return (await session.scalars(known)).one()


async def colleague_of(runtime: Runtime, organisation_id: UUID, *grants: Grant) -> Account:
    """Another account of the same organisation."""
    today = beijing_today(now_utc())
    async with runtime.database.unit_of_work() as session:
        body = AccountOpen(
            login_name=f"t{new_id().hex[-12:]}",
            person_name="沈国梁",
            phone=new_mobile(),
            portal=Portal.OFFICIALS,
            grants=frozenset(grants or (Grant.DISEASE_CONTROL,)),
            password_hash=await hash_password(PASSWORD),
            valid_from=today,
            valid_until=years_after(today, 1),
        )
        organisation = await session.get_one(Organisation, organisation_id)
        return await open_account(session, actor=SYSTEM, organisation=organisation, body=body)


async def signed_in(client_for: ClientFor, account: Account) -> httpx.AsyncClient:
    actor = make_actor(
        Permission.ACCOUNT_MANAGEMENT,
        level=Level.PROVINCE,
        region="320000",
        account_id=account.id,
        organisation_id=account.organisation_id,
    )
    return await client_for(app, actor)


async def act(client: httpx.AsyncClient, account: Account, action: str) -> httpx.Response:
    return await client.post(f"{ACCOUNTS}/{account.id}/{action}", json={"reason": "负责平台字典维护"})


def offered(answer: httpx.Response) -> dict[str, str | None]:
    return {each["action"]: each["code"] for each in answer.json()["allowed_actions"] if each["action"] in ACTIONS}


@pytest.mark.req("AUTH-31")
class TestGranting:
    async def test_the_first_account_grants_it_to_a_colleague_and_takes_it_back(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        first = await first_account(runtime)
        colleague = await colleague_of(runtime, first.organisation_id)
        client = await signed_in(client_for, first)
        assert offered(await client.get(f"{ACCOUNTS}/{colleague.id}")) == {"grant_administration": None}
        granted = await act(client, colleague, "grant_administration")
        assert granted.status_code == 200, granted.text
        assert GRANT in granted.json()["grants"]
        assert Permission.ADMINISTRATION in granted.json()["permissions"]
        assert offered(granted) == {"revoke_administration": None}
        assert (await act(client, colleague, "grant_administration")).json()["code"] == "administration_held"
        taken = await act(client, colleague, "revoke_administration")
        assert (taken.status_code, taken.json()["grants"]) == (200, [Grant.DISEASE_CONTROL])
        async with runtime.database.unit_of_work() as session:
            rows = await history_of(session, RecordType("account"), colleague.id)
        assert [(row.action, row.reason) for row in rows][-2:] == [(each, "负责平台字典维护") for each in ACTIONS]

    async def test_nobody_grants_it_to_himself(self, runtime: Runtime, client_for: ClientFor) -> None:
        first = await first_account(runtime)
        own = await signed_in(client_for, first)
        refused = await act(own, first, "grant_administration")
        assert (refused.status_code, refused.json()["code"]) == (409, "own_account")
        edits = (await own.get(f"{ACCOUNTS}/{first.id}")).json()["edits"]
        assert {(each["action"], each["code"]) for each in edits} == {
            ("update", "own_account"),
            ("update_rights", "own_account"),
        }

    async def test_another_manager_of_the_organisation_does_not_and_is_told_who_does(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        first = await first_account(runtime)
        other, colleague = [await colleague_of(runtime, first.organisation_id) for _ in range(2)]
        client = await signed_in(client_for, other)
        assert offered(await client.get(f"{ACCOUNTS}/{colleague.id}")) == {
            "grant_administration": "needs_first_account"
        }
        refused = await act(client, colleague, "grant_administration")
        assert (refused.status_code, refused.json()["code"]) == (409, "needs_first_account")
        assert "首个账号" in refused.json()["detail"]

    async def test_it_stays_within_the_first_accounts_organisation(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        first, stranger = await first_account(runtime), await add_official(runtime, Level.PROVINCE, "320000")
        client = await signed_in(client_for, first)
        assert offered(await client.get(f"{ACCOUNTS}/{stranger.id}")) == {}
        assert (await act(client, stranger, "grant_administration")).json()["code"] == "other_organisation"

    async def test_no_form_gives_it_and_none_takes_it(self, runtime: Runtime, client_for: ClientFor) -> None:
        first = await first_account(runtime)
        colleague = await colleague_of(runtime, first.organisation_id)
        client = await signed_in(client_for, first)

        async def change(*grants: str) -> httpx.Response:
            version = (await client.get(f"{ACCOUNTS}/{colleague.id}")).headers["ETag"]
            return await client.patch(
                f"{ACCOUNTS}/{colleague.id}", json={"grants": list(grants)}, headers={"If-Match": version}
            )

        refused = await change("disease_control", GRANT)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "grant_not_allowed")
        await act(client, colleague, "grant_administration")
        kept = await change("account_management")
        assert kept.json()["grants"] == ["account_management", GRANT]
        assert (await change()).json()["grants"] == [GRANT]
        assert (await act(client, colleague, "revoke_administration")).json()["code"] == "only_grant"

    async def test_opening_an_account_gives_it_to_nobody(self, runtime: Runtime, client_for: ClientFor) -> None:
        first, today = await first_account(runtime), beijing_today(now_utc())
        body = {
            "organisation_id": str(first.organisation_id),
            "person_name": "沈国梁",
            "phone": new_mobile(),
            "grants": ["disease_control", GRANT],
            "valid_from": str(today),
            "valid_until": str(years_after(today, 1)),
        }
        refused = await (await signed_in(client_for, first)).post(ACCOUNTS, json=body)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "grant_not_allowed")

    async def test_who_has_it_is_looked_after_by_the_first_account_alone(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        """Else another manager would take the account by a new phone, and grant it to himself."""
        first, stranger = await first_account(runtime), await add_official(runtime, Level.PROVINCE, "320000")
        holder = await colleague_of(runtime, first.organisation_id, Grant.PLATFORM_ADMINISTRATION)
        body = {"reason": "手机遗失", "phone": new_mobile()}
        seized = await (await signed_in(client_for, stranger)).post(f"{ACCOUNTS}/{holder.id}/reset", json=body)
        assert (seized.status_code, seized.json()["code"]) == (409, "needs_first_account")
        helped = await (await signed_in(client_for, first)).post(f"{ACCOUNTS}/{holder.id}/reset", json=body)
        assert helped.status_code == 200

    async def test_its_holder_has_it_at_once(
        self, runtime: Runtime, client_for: ClientFor, visitor: NewVisitor
    ) -> None:
        first = await first_account(runtime)
        colleague = await colleague_of(runtime, first.organisation_id)
        async with runtime.database.unit_of_work() as session:
            await session.execute(
                update(Account).where(Account.id == colleague.id).values(portal=Portal.TRAINING)
            )  # no code for the sign-in
        holder = visitor()
        assert (await holder.sign_in(colleague.login_name)).status_code == 201
        await act(await signed_in(client_for, first), colleague, "grant_administration")
        assert Permission.ADMINISTRATION in (await holder.me()).json()["permissions"]

    def test_it_is_the_provinces_alone(self) -> None:
        opened = {level: permissions_of([Grant.PLATFORM_ADMINISTRATION], level) for level in Level}
        assert opened.pop(Level.PROVINCE) == {Permission.ADMINISTRATION}
        assert not any(opened.values())


@pytest.mark.req("AUTH-31")
async def test_there_is_one_first_account(runtime: Runtime) -> None:
    first, other = await first_account(runtime), await add_official(runtime, Level.PROVINCE, "320000")
    async with runtime.database.unit_of_work() as session:
        await make_first(session, other)
    async with runtime.database.unit_of_work() as session:
        assert (await session.scalars(select(Account.id).where(Account.is_first))).all() == [first.id]


@pytest.mark.req("AUTH-31", "AUTH-29")
class TestNobodyBecomesTheFirst:
    """Whose phone gets the codes is the account: another manager of the province helps the first account, and never takes it."""

    async def test_no_other_gives_it_a_phone_and_a_link_goes_to_its_own(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        first = await first_account(runtime)
        other = await signed_in(client_for, await colleague_of(runtime, first.organisation_id))
        taken = await other.post(f"{ACCOUNTS}/{first.id}/reset", json={"reason": "手机遗失", "phone": new_mobile()})
        assert (taken.status_code, taken.json()["errors"][0]["code"]) == (422, "first_account_phone")
        assert "rescue-manager" in taken.json()["errors"][0]["message"]
        # Neither is anybody asked for it.
        asked = {}
        for account in (first, await colleague_of(runtime, first.organisation_id)):
            offered = (await other.get(f"{ACCOUNTS}/{account.id}")).json()["allowed_actions"]
            (reset,) = [each for each in offered if each["action"] == "reset"]
            asked[account.id] = ([each["name"] for each in reset["fields"]], "rescue-manager" in reset["consequence"])
        assert list(asked.values()) == [([], True), (["phone"], False)]
        helped = await other.post(f"{ACCOUNTS}/{first.id}/reset", json={"reason": "忘记密码"})
        assert helped.status_code == 200
        async with runtime.database.unit_of_work() as session:
            assert (await session.get_one(Account, first.id)).phone == first.phone

    async def test_no_other_puts_it_out_of_use(self, runtime: Runtime, client_for: ClientFor) -> None:
        first = await first_account(runtime)
        other = await signed_in(client_for, await add_official(runtime, Level.PROVINCE, "320000"))
        read = await other.get(f"{ACCOUNTS}/{first.id}")
        (closing,) = [each for each in read.json()["allowed_actions"] if each["action"] == "disable"]
        assert (closing["allowed"], closing["code"]) == (False, "first_account_stays")
        assert [(each["action"], each["code"]) for each in read.json()["edits"]] == [
            ("update", None),
            ("update_rights", "first_account_rights"),
        ]
        version = {"If-Match": read.headers["ETag"]}
        less = await other.patch(f"{ACCOUNTS}/{first.id}", json={"grants": ["disease_control"]}, headers=version)
        assert (less.status_code, less.json()["code"]) == (409, "first_account_rights")
        named = await other.patch(f"{ACCOUNTS}/{first.id}", json={"person_name": "沈国梁"}, headers=version)
        assert named.status_code == 200
        body = await other.post(f"/api/auth/organisations/{first.organisation_id}/disable", json={"reason": "合并"})
        assert (body.status_code, body.json()["code"]) == (409, "holds_first_account")
        here = (await other.get(f"/api/auth/organisations/{first.organisation_id}")).json()
        (closing,) = [each for each in here["allowed_actions"] if each["action"] == "disable"]
        assert (closing["allowed"], closing["reason"]) == (False, body.json()["detail"])
        assert [(each["action"], each["allowed"]) for each in here["edits"]] == [("update", True)]
