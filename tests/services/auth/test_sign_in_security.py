"""What an attacker tries at the door, one test each (docs/security.md names them): guessing who exists, planting and stealing sessions,
using things twice, acting from another site, reading the audit trail.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from services.auth.access.accounts import passwords
from services.auth.access.accounts.models import Account
from services.auth.main import app
from shared.roles import Grant, Level, Permission, Portal
from shared.runtime import Runtime
from shared.web.callers import cache_key, token_hash
from tests.conftest import ClientFor, make_actor
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import PASSWORD, Visitor, add_account
from tests.services.auth.sms import last_code, other_than, second_step, sign_in_by_code

WRONG = "Wrong#20x"
SESSIONS, ME = "/api/auth/sessions", "/api/auth/me"


async def add_official(runtime: Runtime) -> Account:
    return await add_account(runtime, Grant.DISEASE_CONTROL, level=Level.CITY, portal=Portal.OFFICIALS)


async def status_with(person: Visitor, token: str) -> tuple[int, str]:
    """What somebody who has only this token is answered."""
    person.client.cookies.clear()
    answer = await person.client.get(ME, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json().get("code", "")


@contextmanager
def statements(runtime: Runtime) -> Iterator[list[str]]:
    """The SQL that auth's database is sent meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    engine = runtime.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.req("AUTH-10", "AUTH-27")
async def test_who_exists_is_told_neither_by_words_nor_by_work(
    runtime: Runtime, visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unknown name, wrong password, no password set, an official: one answer, one argon2, the same SQL."""
    evaluated, matches = [], passwords._matches

    def counted(clear: str, hashed: str) -> bool:
        evaluated.append(hashed.split("$")[1:4])
        return matches(clear, hashed)

    monkeypatch.setattr(passwords, "_matches", counted)
    official, unset = await add_official(runtime), await add_account(runtime, password_hash=None)
    names = ["no-such-name", (await add_account(runtime)).login_name, official.login_name, unset.login_name]
    told, work = [], []
    for name in names:
        person = visitor()
        body = {"account": f"{name}", "password": WRONG, "proof": await person.proof()}
        with statements(runtime) as seen:
            answer = await person.client.post(SESSIONS, json=body)
        told.append({**answer.json(), "correlation_id": "", "headers": sorted(answer.headers)})
        work.append(seen)
    assert told == [told[0]] * 4
    assert (told[0]["status"], told[0]["code"]) == (401, "wrong_credentials")
    assert work == [work[0]] * 4
    assert evaluated == [evaluated[0]] * 4


@pytest.mark.req("AUTH-27")
async def test_a_lock_does_not_tell_who_exists(runtime: Runtime, visitor: NewVisitor) -> None:
    told = []
    for name in ("no-such-name-either", (await add_account(runtime)).login_name):
        person = visitor()
        for _ in range(5):
            await person.sign_in(name, WRONG)
        locked = await person.sign_in(name, WRONG)
        told.append((locked.status_code, locked.json()["code"], re.sub(r"\d\d:\d\d", "", locked.json()["detail"])))
    assert told[0] == told[1]
    assert told[0][:2] == (423, "account_locked")


@pytest.mark.req("AUTH-10")
async def test_a_session_that_the_client_brings_is_never_adopted(runtime: Runtime, visitor: NewVisitor) -> None:
    account, victim, attacker = await add_account(runtime), visitor(), visitor()
    planted = "planted-by-somebody-else-0123456789abcdefghij"
    victim.client.cookies.set("session", planted)
    body = {"account": account.login_name, "password": PASSWORD, "proof": await victim.proof()}
    answer = await victim.client.post(SESSIONS, json=body, headers={"Authorization": f"Bearer {planted}"})
    assert answer.status_code == 201
    assert answer.json()["token"] != planted
    assert answer.cookies["session"] == answer.json()["token"]
    assert await status_with(attacker, planted) == (401, "session_ended")


@pytest.mark.req("AUTH-10")
class TestOtherSites:
    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    async def test_none_acts_with_its_visitors_cookie(self, runtime: Runtime, visitor: NewVisitor, site: str) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        from_there = {"Sec-Fetch-Site": site}
        new = {"old": PASSWORD, "new": "Zp%58Wqk!"}
        for method, path in (("DELETE", f"{SESSIONS}/current"), ("POST", "/api/auth/password"), ("POST", SESSIONS)):
            body = None if method == "DELETE" else new
            refused = await person.client.request(method, path, json=body, headers=from_there)
            assert (refused.status_code, refused.json()["code"]) == (403, "cross_site"), path
        assert (await person.me()).status_code == 200


@pytest.mark.req("AUTH-10", "AUTH-28")
class TestUsedTwice:
    async def test_a_proof(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        body = {"account": account.login_name, "password": WRONG, "proof": await person.proof()}
        await person.client.post(SESSIONS, json=body)
        await runtime.redis.flushdb()
        again = await person.client.post(SESSIONS, json={**body, "password": PASSWORD})
        assert (again.status_code, again.json()["code"]) == (422, "proof_used")

    async def test_a_ticket(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_official(runtime), visitor()
        ticket = (await person.sign_in(account.login_name)).json()["ticket"]
        code = await last_code(runtime, account.phone)
        assert (await second_step(person, account, ticket, other_than(code))).json()["code"] == "code_wrong"
        again = await second_step(person, account, ticket, code)
        assert (again.status_code, again.json()["code"]) == (422, "proof_used")

    async def test_a_code(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person, thief = await add_official(runtime), visitor(), visitor()
        assert (await sign_in_by_code(runtime, person, account)).status_code == 201
        code = await last_code(runtime, account.phone)
        answer = await thief.sign_in(account.login_name, code=code, take_over=True)
        assert (answer.status_code, answer.json()["code"]) == (422, "code_expired")
        assert (await person.me()).status_code == 200


@pytest.mark.req("AUTH-28")
class TestTickets:
    async def test_one_of_another_account_opens_nothing(self, runtime: Runtime, visitor: NewVisitor) -> None:
        mine, other, person = await add_official(runtime), await add_official(runtime), visitor()
        ticket = (await person.sign_in(mine.login_name)).json()["ticket"]
        answer = await second_step(person, other, ticket, None)
        assert (answer.status_code, answer.json()["code"]) == (422, "proof_invalid")

    async def test_one_is_no_password(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_official(runtime), visitor()
        ticket = (await person.sign_in(account.login_name)).json()["ticket"]
        code = await last_code(runtime, account.phone)
        answer = await second_step(person, account, ticket, code, password=WRONG)
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")

    async def test_one_that_was_changed_is_none(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_official(runtime), visitor()
        ticket = (await person.sign_in(account.login_name)).json()["ticket"]
        changed = ticket[:-8] + ("A" if ticket[-8] != "A" else "B") + ticket[-7:]
        assert (await second_step(person, account, changed, None)).json()["code"] == "proof_invalid"


@pytest.mark.req("AUTH-09", "AUTH-19", "STAFF-11")
class TestStolenTokens:
    async def test_one_of_a_disabled_account(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account = await add_account(runtime)
        token = (await visitor().sign_in(account.login_name)).json()["token"]
        overseer = make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region="320100")
        client = await client_for(app, overseer)
        await client.post(f"/api/auth/accounts/{account.id}/disable", json={"reason": "人员离职"})
        assert await status_with(visitor(), token) == (401, "session_ended")
        await runtime.redis.flushdb()
        assert await status_with(visitor(), token) == (401, "session_ended")

    async def test_one_after_the_sign_out(self, runtime: Runtime, visitor: NewVisitor) -> None:
        person = visitor()
        token = (await person.sign_in((await add_account(runtime)).login_name)).json()["token"]
        assert await status_with(visitor(), token) == (200, "")
        await person.client.delete(f"{SESSIONS}/current")
        assert await status_with(visitor(), token) == (401, "session_ended")
        await runtime.redis.delete(cache_key(token_hash(token)))
        assert await status_with(visitor(), token) == (401, "session_ended")

    async def test_what_the_database_keeps_is_no_token(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account = await add_account(runtime)
        token = (await visitor().sign_in(account.login_name)).json()["token"]
        assert len(token) >= 43  # 256 bits
        async with runtime.database.unit_of_work() as session:
            kept = await session.scalar(
                text("SELECT token_hash FROM login_sessions WHERE account_id = :id"), {"id": account.id}
            )
        assert await status_with(visitor(), kept) == (401, "session_ended")


@pytest.mark.req("PLAT-04", "PLAT-05", "AUTH-27")
async def test_the_audit_trail_has_every_step_and_no_secret(
    runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
) -> None:
    account, person, second = await add_official(runtime), visitor(), visitor()
    for _ in range(5):
        await person.sign_in(account.login_name, WRONG)
    assert (await person.sign_in(account.login_name)).status_code == 423
    overseer = make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.PROVINCE, region="320000")
    client = await client_for(app, overseer)
    assert (await client.post(f"/api/auth/accounts/{account.id}/unlock")).status_code == 200
    told = (await person.sign_in(account.login_name)).json()
    code = await last_code(runtime, account.phone)
    wrong = (await second_step(person, account, told["ticket"], other_than(code))).json()
    token = (await second_step(person, account, wrong["ticket"], code)).json()["token"]
    assert (await second.sign_in(account.login_name)).json()["code"] == "code_required"
    code_2 = await last_code(runtime, account.phone)
    busy = await second.sign_in(account.login_name, code=code_2)
    token_2 = (await second_step(second, account, busy.json()["ticket"], code_2, take_over=True)).json()["token"]
    await second.client.delete(f"{SESSIONS}/current")
    async with runtime.database.unit_of_work() as session:
        rows = (
            await session.execute(
                text("SELECT h.action, row_to_json(h)::text FROM history h WHERE record_id = :id ORDER BY position"),
                {"id": account.id},
            )
        ).all()
    assert [action for action, _ in rows] == [
        "open", *["wrong_password"] * 5, "lock", "unlock",
        "send_code", "wrong_code", "sign_in",
        "send_code", "refuse_sign_in", "end_session", "sign_in", "end_session",
    ]  # fmt: skip
    trail = "\n".join(row.replace(str(account.id), "") for _, row in rows)
    secrets = {PASSWORD, WRONG, token, token_2, token_hash(token), told["ticket"], account.phone, account.password_hash}
    assert not [secret for secret in secrets if str(secret) in trail]
    assert not [row for _, row in rows if re.search(rf"(?<![\d-]){code}(?!\d)|(?<![\d-]){code_2}(?!\d)", row)]


@pytest.mark.req("PLAT-04")
async def test_a_wrong_name_is_in_the_trail_but_not_in_clear(runtime: Runtime, visitor: NewVisitor) -> None:
    """People type their password into the wrong field."""
    person, typed = visitor(), "My#Secret-typed-wrongly"
    await person.sign_in(typed, WRONG)
    async with runtime.database.unit_of_work() as session:
        rows = (
            (
                await session.execute(
                    text("SELECT row_to_json(h)::text FROM history h WHERE address = :at"), {"at": person.address}
                )
            )
            .scalars()
            .all()
        )
        known = await session.scalar(
            text("SELECT count(*) FROM guesses g WHERE row_to_json(g)::text ILIKE :name"), {"name": f"%{typed}%"}
        )
    assert len(rows) == 1
    assert "wrong_password" in rows[0]
    assert typed.lower() not in rows[0].lower()
    assert known == 0
