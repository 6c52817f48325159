"""What becomes of a session: used, left idle, ended, forgotten by Redis, asked for by other services."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from redis.asyncio import Redis
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from services.auth.access.sessions.devices import device_label
from services.auth.access.sessions.lookup import fill_cache
from services.auth.access.sessions.models import LoginSession
from services.auth.main import app as auth
from services.training.main import app as training
from shared.clock import now_utc
from shared.errors import NotFound
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.web.callers import cache_key, internal_headers, internal_only, token_hash
from tests.conftest import ClientFor, make_actor
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account
from tests.shared.kit.sample import app as another_service

PLANS = "/api/training/plans"
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]


async def ask_another_service(open_app: OpenApp, token: str) -> httpx.Response:
    await open_app(another_service)
    transport = httpx.ASGITransport(app=another_service)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://platform", headers=headers) as client:
        return await client.post("/api/training/notes", json={})


async def change_session(runtime: Runtime, token: str, **values: Any) -> None:
    async with runtime.database.unit_of_work() as session:
        await session.execute(update(LoginSession).where(LoginSession.token_hash == token_hash(token)).values(**values))
    await runtime.redis.delete(cache_key(token_hash(token)))


@pytest.mark.req("AUTH-19")
class TestSignOut:
    async def test_it_ends_the_session_and_takes_the_cookie(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        token = (await person.sign_in(account.login_name)).json()["token"]
        answer = await person.client.delete("/api/auth/sessions/current")
        assert answer.status_code == 204
        assert 'session=""' in answer.headers["set-cookie"]
        headers = {"Authorization": f"Bearer {token}"}
        stolen = await visitor().client.get("/api/auth/me", headers=headers)
        assert (stolen.status_code, stolen.json()["code"]) == (401, "session_ended")

    async def test_another_sign_in_is_free_afterwards(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        await person.client.delete("/api/auth/sessions/current")
        assert (await visitor().sign_in(account.login_name)).status_code == 201


@asynccontextmanager
async def training_without_cache(open_app: OpenApp, token: str) -> AsyncIterator[httpx.AsyncClient]:
    """The API of training as its own process would run: it knows auth by the internal look-up alone."""
    runtime = await open_app(training)
    transport = httpx.ASGITransport(app=training)
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(app=auth)) as inside,
        httpx.AsyncClient(transport=transport, base_url="http://platform", headers=headers) as client,
    ):
        training.state.runtime = replace(runtime, http=inside)
        try:
            yield client
        finally:
            training.state.runtime = runtime


@pytest.mark.req("AUTH-09")
class TestEndedEverywhere:
    async def test_other_services_refuse_an_ended_session_at_once(
        self, runtime: Runtime, visitor: NewVisitor, open_app: OpenApp
    ) -> None:
        account, person = await add_account(runtime), visitor()
        token = (await person.sign_in(account.login_name)).json()["token"]
        await fill_cache(runtime, token_hash(token))
        assert (await ask_another_service(open_app, token)).json()["code"] == "invalid_input"
        await visitor("python-httpx/0.28").sign_in(account.login_name, take_over=True)
        refused = await ask_another_service(open_app, token)
        assert (refused.status_code, refused.json()["code"]) == (401, "session_ended")
        assert "另一台设备" in refused.json()["detail"]

    async def test_a_late_look_up_does_not_bring_an_ended_session_back(
        self, runtime: Runtime, visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        account, person = await add_account(runtime), visitor()
        token = (await person.sign_in(account.login_name)).json()["token"]
        hashed, keep = token_hash(token), Redis.set

        async def keep_late(redis: Redis, key: str, value: str, **options: Any) -> Any:
            if options.get("nx") and key == cache_key(hashed):
                monkeypatch.setattr(Redis, "set", keep)
                await visitor().sign_in(account.login_name, take_over=True)
            return await keep(redis, key, value, **options)

        monkeypatch.setattr(Redis, "set", keep_late)
        await fill_cache(runtime, hashed)
        assert (await person.me()).status_code == 401

    async def test_an_emptied_redis_brings_nobody_back(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, first, second = await add_account(runtime), visitor(), visitor()
        await first.sign_in(account.login_name)
        await second.sign_in(account.login_name, take_over=True)
        await runtime.redis.flushdb()
        told = await first.me()
        assert (told.status_code, told.json()["code"]) == (401, "session_ended")
        assert "另一台设备" in told.json()["detail"]
        assert (await second.me()).status_code == 200

    async def test_another_service_asks_auth_when_redis_was_emptied(
        self, runtime: Runtime, visitor: NewVisitor, open_app: OpenApp
    ) -> None:
        account, person = await add_account(runtime), visitor()
        token = (await person.sign_in(account.login_name)).json()["token"]
        async with training_without_cache(open_app, token) as client:
            await runtime.redis.flushdb()
            assert (await client.get(PLANS)).status_code == 200
            assert await runtime.redis.get(cache_key(token_hash(token))) is not None
            await visitor("python-httpx/0.28").sign_in(account.login_name, take_over=True)
            for empty in (False, True):
                if empty:
                    await runtime.redis.flushdb()
                told = await client.get(PLANS)
                assert (told.status_code, told.json()["code"]) == (401, "session_ended")
                assert "在另一台设备（程序 python-httpx）登录" in told.json()["detail"]

    async def test_another_service_takes_no_token_that_never_was(
        self, runtime: Runtime, visitor: NewVisitor, open_app: OpenApp
    ) -> None:
        async with training_without_cache(open_app, "never") as client:
            assert (await client.get(PLANS)).json()["code"] == "session_ended"

    async def test_the_database_holds_one_live_session_per_account(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account = await add_account(runtime)
        await visitor().sign_in(account.login_name)
        second = {
            "token_hash": token_hash(account.login_name),
            "user_agent": "",
            "address": "",
            "expires_at": now_utc(),
        }
        with pytest.raises(IntegrityError, match="uq_login_sessions_live"):
            async with runtime.database.unit_of_work() as session:
                session.add(LoginSession(account_id=account.id, **second))
        async with runtime.database.unit_of_work() as session:
            session.add(LoginSession(account_id=account.id, ended_at=now_utc(), **second))


@pytest.mark.req("AUTH-09", "STAFF-11")
class TestEndedByAnOverseer:
    @pytest.mark.parametrize(("action", "words"), [("end_sessions", "结束，请重新登录"), ("disable", "停用")])
    async def test_its_holder_is_told_what_it_was(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor, action: str, words: str
    ) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        overseer = make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region="320100")
        client = await client_for(auth, overseer)
        done = await client.post(f"/api/auth/accounts/{account.id}/{action}", json={"reason": "测试"})
        assert done.status_code == 200, done.text
        told = await person.me()
        assert told.status_code == 401
        assert words in told.json()["detail"]
        assert overseer.organisation_name in told.json()["detail"]


class TestAge:
    async def test_a_session_ends_after_twelve_hours(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        answer = (await person.sign_in(account.login_name)).json()
        async with runtime.database.unit_of_work() as session:
            row = await session.scalar(select(LoginSession).where(LoginSession.account_id == account.id))
        assert row is not None
        assert abs(row.expires_at - row.created_at - timedelta(hours=12)) < timedelta(minutes=1)
        await change_session(runtime, answer["token"], expires_at=now_utc())
        assert "超时" in (await person.me()).json()["detail"]

    async def test_a_session_ends_after_two_idle_hours(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        token = (await person.sign_in(account.login_name)).json()["token"]
        await change_session(runtime, token, last_seen_at=now_utc() - timedelta(minutes=119))
        assert (await person.me()).status_code == 200
        await change_session(runtime, token, last_seen_at=now_utc() - timedelta(minutes=121))
        assert "超时" in (await person.me()).json()["detail"]

    async def test_use_keeps_a_session_awake(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        token = (await person.sign_in(account.login_name)).json()["token"]
        before = now_utc() - timedelta(minutes=90)
        await change_session(runtime, token, last_seen_at=before)
        await person.me()
        async with runtime.database.unit_of_work() as session:
            row = await session.scalar(select(LoginSession).where(LoginSession.account_id == account.id))
        assert row is not None
        assert row.last_seen_at > before + timedelta(minutes=80)

    @pytest.mark.req("AUTH-05")
    async def test_a_session_ends_with_its_accounts_validity(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        token = (await person.sign_in(account.login_name)).json()["token"]
        async with runtime.database.unit_of_work() as session:
            held = await session.merge(account)
            held.valid_until = held.valid_from
        await runtime.redis.delete(cache_key(token_hash(token)))
        assert "有效期" in (await person.me()).json()["detail"]


class TestInternalRoute:
    async def test_it_answers_with_the_actor_and_fills_the_cache(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        token = (await person.sign_in(account.login_name)).json()["token"]
        key, url = cache_key(token_hash(token)), f"/internal/auth/sessions/{token_hash(token)}"
        answer = await person.client.get(url, headers=internal_headers(runtime))
        assert answer.json()["actor"]["account_id"] == str(account.id)
        assert answer.json()["actor"]["region_prefix"] == "320102"
        assert 0 < await runtime.redis.ttl(key) <= 60

    @pytest.mark.req("AUTH-09", "BEY-03")
    async def test_asked_quietly_it_keeps_no_session_alive(self, runtime: Runtime, visitor: NewVisitor) -> None:
        """It is noted as used by nobody, and who does use it is not hidden behind a cached answer."""
        account, person = await add_account(runtime), visitor()
        token = (await person.sign_in(account.login_name)).json()["token"]
        key, url = cache_key(token_hash(token)), f"/internal/auth/sessions/{token_hash(token)}?quietly=true"
        await runtime.redis.delete(key)
        seen, own = now_utc() - timedelta(hours=1), LoginSession.token_hash == token_hash(token)
        async with runtime.database.unit_of_work() as session:
            (await session.scalars(select(LoginSession).where(own))).one().last_seen_at = seen
        answer = await person.client.get(url, headers=internal_headers(runtime))
        assert answer.json()["actor"]["account_id"] == str(account.id)
        async with runtime.database.unit_of_work() as session:
            live = (await session.scalars(select(LoginSession).where(own))).one()
            assert live.last_seen_at == seen
            live.last_seen_at = now_utc() - timedelta(hours=3)
        assert await runtime.redis.get(key) is None
        assert (await person.client.get(url, headers=internal_headers(runtime))).json()["actor"] is None

    async def test_it_is_not_there_for_others(self, visitor: NewVisitor) -> None:
        assert (await visitor().client.get(f"/internal/auth/sessions/{token_hash('x')}")).status_code == 404

    async def test_while_the_credential_is_changed_each_of_both_is_accepted(self, runtime: Runtime) -> None:
        (secret,) = runtime.settings.internal_secret
        changing = replace(
            runtime, settings=runtime.settings.model_copy(update={"internal_secret": ("the next one", secret)})
        )
        state = SimpleNamespace(state=SimpleNamespace(runtime=changing))

        def asked(credential: str) -> Request:
            return Request(
                {"type": "http", "app": state, "headers": [(b"authorization", f"Bearer {credential}".encode())]}
            )

        for credential in ("the next one", secret):
            await internal_only(asked(credential))
        for credential in ("another", ""):
            with pytest.raises(NotFound):
                await internal_only(asked(credential))
        assert internal_headers(changing) == {"Authorization": "Bearer the next one"}

    async def test_a_token_that_never_was_is_nobody_and_not_cached(self, runtime: Runtime, visitor: NewVisitor) -> None:
        hashed = token_hash("never")
        url = f"/internal/auth/sessions/{hashed}"
        answer = await visitor().client.get(url, headers=internal_headers(runtime))
        assert answer.json() == {"actor": None, "ended_reason": ""}
        assert await runtime.redis.get(cache_key(hashed)) is None


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (Windows NT 6.1) Chrome/86.0 Safari/537.36 QIHU 360SE", "Windows 7 上的 360 浏览器"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1", "iPhone 上的 Safari"),
        ("curl/8.5.0", "程序 curl"),
        ("", "未知设备"),
    ],
)
def test_a_device_is_named_in_words(agent: str, label: str) -> None:
    assert device_label(agent) == label
