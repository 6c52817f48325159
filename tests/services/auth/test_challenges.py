"""The proof of work: it opens the door once, in time, and only as it was made."""

import asyncio
import base64
import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import altcha
import pytest
from sqlalchemy import select

from ops.client import solve
from services.auth.access.challenges import service, tasks
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.models import UsedProof
from services.auth.access.challenges.service import make_challenge, use_proof
from services.auth.settings import auth_settings
from shared.clock import now_utc
from shared.errors import AppError
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import PASSWORD, Visitor, add_account


async def attempt(visitor: Visitor, proof: str) -> tuple[int, str]:
    body = {"account": "nobody-at-all", "password": PASSWORD, "proof": proof}
    answer = await visitor.client.post("/api/auth/sessions", json=body)
    return answer.status_code, answer.json()["code"]


async def used(runtime: Runtime) -> set[bytes]:
    async with runtime.database.unit_of_work() as session:
        return set(await session.scalars(select(UsedProof.digest)))


def changed(proof: str, **parameters: Any) -> str:
    whole = json.loads(base64.b64decode(proof))
    whole["challenge"]["parameters"].update(parameters)
    return base64.b64encode(json.dumps(whole).encode()).decode()


@pytest.mark.req("AUTH-10", "FAQ-M9")
class TestProof:
    async def test_a_proof_opens_the_door_once(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        proof = await person.proof()
        body = {"account": account.login_name, "password": PASSWORD, "proof": proof}
        assert (await person.client.post("/api/auth/sessions", json=body)).status_code == 201
        await runtime.redis.flushdb()
        again = await person.client.post("/api/auth/sessions", json=body)
        assert (again.status_code, again.json()["code"]) == (422, "proof_used")

    async def test_a_proof_is_used_up_by_a_wrong_password_too(self, visitor: NewVisitor) -> None:
        person = visitor()
        proof = await person.proof()
        assert await attempt(person, proof) == (401, "wrong_credentials")
        assert await attempt(person, proof) == (422, "proof_used")

    @pytest.mark.parametrize(
        "proof", ["x", "bm9uc2Vuc2U=", base64.b64encode(b'{"challenge":{"parameters":[]}}').decode()]
    )
    async def test_what_is_no_proof_is_refused(self, visitor: NewVisitor, proof: str) -> None:
        assert await attempt(visitor(), proof) == (422, "proof_invalid")

    async def test_a_changed_challenge_is_refused(self, visitor: NewVisitor) -> None:
        person = visitor()
        proof = await person.proof()
        assert await attempt(person, changed(proof, cost=0)) == (422, "proof_invalid")
        assert await attempt(person, changed(proof, expiresAt=99999999999)) == (422, "proof_invalid")

    async def test_a_wrong_answer_is_refused(self, visitor: NewVisitor) -> None:
        person = visitor()
        whole = json.loads(base64.b64decode(await person.proof()))
        whole["solution"]["derivedKey"] = "00" * 32
        wrong = base64.b64encode(json.dumps(whole).encode()).decode()
        assert await attempt(person, wrong) == (422, "proof_invalid")

    async def test_a_proof_is_good_for_two_minutes(
        self, runtime: Runtime, visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert auth_settings().proof_seconds == 120
        monkeypatch.setenv("AUTH_PROOF_SECONDS", "-10")
        auth_settings.cache_clear()
        old = solve(make_challenge().model_dump(by_alias=True))
        monkeypatch.delenv("AUTH_PROOF_SECONDS")
        auth_settings.cache_clear()
        assert await attempt(visitor(), old) == (422, "proof_expired")

    @pytest.mark.req("X20")
    async def test_failures_of_an_address_make_it_dearer_up_to_a_bound(
        self, runtime: Runtime, visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AUTH_PROOF_DEAREST", "20")
        monkeypatch.setenv("AUTH_PROOF_COUNTER", "100")
        auth_settings.cache_clear()
        asked: list[int] = []
        made = altcha.create_challenge

        def noted(*args: Any, counter: int, **more: Any) -> Any:
            asked.append(counter)
            return made(*args, counter=1, **more)

        monkeypatch.setattr(service, "create_challenge", noted)
        person = visitor()
        try:
            for failures in (0, 1, 7, 19, 29):
                await runtime.redis.set(f"sign-in-failures:{person.address}", failures, ex=60)
                await person.client.get("/api/auth/challenge")
            await visitor().client.get("/api/auth/challenge")
        finally:
            monkeypatch.undo()
            auth_settings.cache_clear()
        for steps, times in zip(asked, (1, 2, 8, 20, 20, 1), strict=True):
            assert times * 100 <= steps < times * 200

    async def test_used_proofs_are_let_go_when_they_have_expired(self, runtime: Runtime, visitor: NewVisitor) -> None:
        person, long = visitor(), timedelta(hours=1)
        before = await used(runtime)
        for _ in range(2):
            await attempt(person, await person.proof())
        old, fresh = await used(runtime) - before
        async with runtime.database.unit_of_work() as session:
            for digest, expires_at in {old: now_utc() - long, fresh: now_utc() + long}.items():
                (await session.get_one(UsedProof, digest)).expires_at = expires_at
        await tasks.sweep(runtime)
        left = await used(runtime)
        assert (old in left, fresh in left) == (False, True)


async def use(runtime: Runtime, proof: str, action: Action) -> str:
    try:
        async with runtime.database.unit_of_work() as session:
            await use_proof(session, proof, action, subject="whoever")
    except AppError as refusal:
        return refusal.code
    return "opened"


async def work_of(person: Visitor, action: Action) -> str:
    """What somebody who cannot see a picture does instead."""
    return solve((await person.client.get("/api/auth/challenge", params={"action": action})).json())


@pytest.mark.req("AUTH-10", "FAQ-M9")
class TestInsteadOfAPicture:
    @pytest.mark.parametrize("action", list(Action))
    async def test_it_opens_every_action_once(self, runtime: Runtime, visitor: NewVisitor, action: Action) -> None:
        proof = await work_of(visitor(), action)
        assert await use(runtime, proof, action) == "opened"
        await runtime.redis.flushdb()
        assert await use(runtime, proof, action) == "proof_used"

    @pytest.mark.parametrize("other", [each for each in Action if each is not Action.RECOVERY])
    async def test_it_opens_its_own_action_only(self, runtime: Runtime, visitor: NewVisitor, other: Action) -> None:
        person = visitor()
        assert await use(runtime, await work_of(person, Action.RECOVERY), other) == "proof_invalid"
        assert await use(runtime, await work_of(person, other), Action.RECOVERY) == "proof_invalid"

    async def test_of_many_uses_at_once_one_opens(self, runtime: Runtime, visitor: NewVisitor) -> None:
        proof = await work_of(visitor(), Action.RECOVERY)
        outcomes = await asyncio.gather(*(use(runtime, proof, Action.RECOVERY) for _ in range(20)))
        assert sorted(outcomes) == ["opened", *["proof_used"] * 19]

    async def test_it_is_good_for_two_minutes(self, visitor: NewVisitor) -> None:
        challenge = (await visitor().client.get("/api/auth/challenge", params={"action": "recovery"})).json()
        left = challenge["parameters"]["expiresAt"] - time.time()
        assert 110 < left <= 120


async def test_the_example_of_the_documentation_solves_a_challenge(visitor: NewVisitor) -> None:
    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
    example = page.split("```python\n")[1].split("```")[0].split("\nproof = ")[0]
    names: dict[str, Any] = {}
    exec(example, names)
    person = visitor()
    challenge = (await person.client.get("/api/auth/challenge")).json()
    assert await attempt(person, names["solve"](challenge)) == (401, "wrong_credentials")
