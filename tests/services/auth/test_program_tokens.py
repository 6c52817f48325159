"""Tokens of programs (PLAT-15): made by people in 个人设置, shown once, used beside the person's session, ended at once."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import ACCOUNT
from services.auth.access.tokens.models import ProgramToken
from services.auth.access.tokens.service import MOST_LIVE
from services.auth.main import app
from services.training.main import app as training
from shared.clock import beijing_today, now_utc
from shared.db.history import history_of
from shared.runtime import Runtime
from shared.web.callers import PROGRAM, WRONG_TOKENS, cache_key, token_hash
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import PASSWORD, Visitor, add_account

pytestmark = pytest.mark.req("PLAT-15")
TOKENS = "/api/auth/me/tokens"
FILINGS = "/api/training/filings"
Program = Callable[..., httpx.AsyncClient]


def form(**changes: Any) -> dict[str, Any]:
    until = (beijing_today(now_utc()) + timedelta(days=30)).isoformat()
    return {"name": "体检系统", "scopes": ["filings.read"], "valid_until": until, "password": PASSWORD, **changes}


@pytest.fixture
async def program(runtime: Runtime, open_app: Callable[[FastAPI], Awaitable[Runtime]]) -> Any:
    """``program(token)``: somebody's software, at an address of its own, as training sees it."""
    await open_app(training)
    clients: list[httpx.AsyncClient] = []

    def make(
        token: str, address: str = "198.51.100.7", service: FastAPI = training, **headers: str
    ) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=service, client=(address, 4711))
        sent = headers or {"Authorization": f"Bearer {token}"}
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://platform", headers=sent))
        return clients[-1]

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
async def account(runtime: Runtime) -> Account:
    return await add_account(runtime)


@pytest.fixture
async def person(visitor: NewVisitor, account: Account) -> Visitor:
    found = visitor()
    await found.sign_in(account.login_name)
    return found


async def make(person: Visitor, **changes: Any) -> dict[str, Any]:
    answer = await person.client.post(TOKENS, json=form(**changes))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.fixture(autouse=True)
def _asks_in_process(monkeypatch: pytest.MonkeyPatch, runtime: Runtime) -> None:
    """Training asks auth in this process, and not at the address of a server that does not run."""

    async def look_up(_: Runtime, hashed: str, address: str) -> Any:
        return await app.state.session_lookup(runtime, hashed, address)

    monkeypatch.setitem(training.state._state, "session_lookup", look_up)


class TestMaking:
    async def test_it_is_shown_once_and_kept_as_its_hash(self, runtime: Runtime, person: Visitor) -> None:
        made = await make(person)
        listed = (await person.client.get(TOKENS)).json()
        assert made["token"].startswith(PROGRAM)
        assert made["token"] not in str(listed)
        assert [each["id"] for each in listed["items"]] == [made["id"]]
        async with runtime.database.unit_of_work() as session:
            row = await session.scalar(select(ProgramToken).where(ProgramToken.token_hash == token_hash(made["token"])))
        assert row is not None
        assert made["token"] not in str({each.key: getattr(row, each.key) for each in ProgramToken.__table__.columns})

    @pytest.mark.parametrize(
        ("changes", "field", "code"),
        [
            ({"password": "Falsch#111"}, "password", "wrong_password"),
            ({"scopes": ["scores.write"]}, "scopes", "scope_not_allowed"),
            ({"scopes": ["accounts.write"]}, "scopes.0", "enum"),
            ({"scopes": []}, "scopes", "too_short"),
            ({"valid_until": "2090-01-01"}, "valid_until", "validity_range"),
            ({"valid_until": "2020-01-01"}, "valid_until", "validity_range"),
        ],
    )
    async def test_what_is_wrong_is_said_at_its_field(
        self, person: Visitor, changes: dict[str, Any], field: str, code: str
    ) -> None:
        answer = await person.client.post(TOKENS, json=form(**changes))
        assert answer.status_code == 422
        assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]

    async def test_only_what_the_account_may_is_offered(self, person: Visitor) -> None:
        offered = {each["code"]: each["allowed"] for each in (await person.client.get(TOKENS)).json()["scopes"]}
        assert (offered["filings.write"], offered["scores.write"]) == (True, False)

    async def test_there_is_an_end_to_how_many_are_in_use(
        self, runtime: Runtime, person: Visitor, account: Account
    ) -> None:
        async with runtime.database.unit_of_work() as session:
            for number in range(MOST_LIVE):
                session.add(
                    ProgramToken(
                        organisation_id=account.organisation_id,
                        account_id=account.id,
                        name=str(number),
                        scopes=[],
                        token_hash=token_hash(f"{account.id}{number}"),
                        valid_until=beijing_today(now_utc()),
                    )
                )
        answer = await person.client.post(TOKENS, json=form())
        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_program_tokens")


class TestUsing:
    async def test_it_ends_nobodys_session(self, person: Visitor, program: Program) -> None:
        made = await make(person)
        assert (await program(made["token"]).get(FILINGS)).status_code == 200
        assert (await person.me()).status_code == 200

    async def test_a_sign_in_elsewhere_does_not_end_it(
        self, person: Visitor, account: Account, visitor: NewVisitor, program: Program
    ) -> None:
        made = await make(person)
        await visitor().sign_in(account.login_name, take_over=True)
        assert (await program(made["token"]).get(FILINGS)).status_code == 200

    async def test_its_last_use_is_shown(self, person: Visitor, program: Program) -> None:
        made = await make(person)
        assert made["last_used_at"] is None
        await program(made["token"], "198.51.100.23").get(FILINGS)
        (listed,) = (await person.client.get(TOKENS)).json()["items"]
        assert listed["last_used_address"] == "198.51.100.23"
        assert listed["last_used_at"]

    @pytest.mark.parametrize("path", ["/api/auth/me", TOKENS, "/api/auth/me/settings", "/api/auth/me/sessions"])
    async def test_of_the_account_it_sees_nothing(self, person: Visitor, program: Program, path: str) -> None:
        made = await make(person)
        answer = await program(made["token"], service=app).get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "outside_scope")

    async def test_no_browser_is_signed_in_by_it(self, person: Visitor, program: Program) -> None:
        made = await make(person)
        answer = await program("", Cookie=f"session={made['token']}").get(FILINGS)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")

    async def test_histories_name_the_program_and_who_answers_for_it(
        self, runtime: Runtime, person: Visitor, program: Program
    ) -> None:
        made = await make(person)
        state = await app.state.session_lookup(runtime, token_hash(made["token"]), "198.51.100.7")
        assert state.actor.person_name == "测试员（程序：体检系统）"

    async def test_one_that_never_was_is_counted(self, runtime: Runtime, program: Program) -> None:
        client = program(f"{PROGRAM}nothing", "198.51.100.99")
        answers = [await client.get(FILINGS) for _ in range(WRONG_TOKENS + 1)]
        assert (answers[0].status_code, answers[0].json()["code"]) == (401, "token_unknown")
        assert (answers[-1].status_code, answers[-1].json()["code"]) == (429, "too_many_wrong_tokens")
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600


class TestEnding:
    async def test_revoked_it_is_refused_at_once_with_the_reason(self, person: Visitor, program: Program) -> None:
        made = await make(person)
        client = program(made["token"])
        await client.get(FILINGS)
        (listed,) = (await person.client.get(TOKENS)).json()["items"]
        (button,) = listed["allowed_actions"]
        assert (await person.client.post(button["href"])).status_code == 204
        answer = await client.get(FILINGS)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_ended")
        assert answer.json()["detail"] == "该程序令牌已由测试员停用"
        assert (await person.client.post(button["href"])).json()["code"] == "program_token_over"

    async def test_another_organisations_is_not_there(
        self, runtime: Runtime, person: Visitor, visitor: NewVisitor
    ) -> None:
        made, stranger = await make(person), visitor()
        await stranger.sign_in((await add_account(runtime)).login_name)
        assert (await stranger.client.post(f"{TOKENS}/{made['id']}/revoke")).status_code == 404
        assert (await stranger.client.get(TOKENS)).json()["items"] == []

    async def test_after_its_last_day_it_is_over(self, runtime: Runtime, person: Visitor, program: Program) -> None:
        made = await make(person)
        yesterday = beijing_today(now_utc()) - timedelta(days=1)
        async with runtime.database.unit_of_work() as session:
            await session.execute(
                update(ProgramToken).where(ProgramToken.id == made["id"]).values(valid_until=yesterday)
            )
        answer = await program(made["token"]).get(FILINGS)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_ended")
        assert not (await person.client.get(TOKENS)).json()["items"][0]["live"]

    async def test_with_the_account_it_ends_for_good(
        self, runtime: Runtime, person: Visitor, account: Account, city: httpx.AsyncClient, program: Program
    ) -> None:
        made = await make(person)
        client = program(made["token"])
        assert (await client.get(FILINGS)).status_code == 200
        disabled = await city.post(f"/api/auth/accounts/{account.id}/disable", json={"reason": "人员离岗"})
        assert disabled.status_code == 200, disabled.text
        assert (await client.get(FILINGS)).json()["code"] == "token_ended"
        assert (await city.post(f"/api/auth/accounts/{account.id}/enable", json={})).status_code == 200
        await runtime.redis.delete(cache_key(token_hash(made["token"])))
        assert (await client.get(FILINGS)).json()["code"] == "token_ended"


@pytest.mark.req("PLAT-04")
async def test_making_and_revoking_stand_in_the_accounts_history(
    runtime: Runtime, person: Visitor, account: Account
) -> None:
    made = await make(person)
    await person.client.post(f"{TOKENS}/{made['id']}/revoke")
    async with runtime.database.unit_of_work() as session:
        rows = await history_of(session, ACCOUNT, account.id)
    told = [row for row in rows if "program_token" in row.action]
    assert [row.action for row in told] == ["create_program_token", "revoke_program_token"]
    assert (told[0].after or {})["program_token"] == "体检系统"
    assert made["token"] not in str([row.after for row in told])
