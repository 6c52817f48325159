"""A code that was asked for arrives and opens, whatever is emptied, frozen or killed on its way (PLAT-11)."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from ops.client import solve
from ops.journey.play import until
from services.auth.demo import DEMO_PASSWORD
from shared.services import Service
from tests.faults.inside import FAST, SLOW, Inside
from tests.stack import Stack

pytestmark = pytest.mark.req("PLAT-11", "AUTH-11", "AUTH-25")
SESSIONS, ACCOUNT = "/api/auth/sessions", "province01"
WAITING = "SELECT id FROM texts WHERE done_at IS NULL"
CODE = re.compile(r"验证码 ([0-9]{6})")


@asynccontextmanager
async def person(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=stack.base_url, timeout=60, trust_env=False) as client:
        yield client


async def ask_for_a_code(client: httpx.AsyncClient, inside: Inside) -> dict[str, Any]:
    """The first step of an official's sign-in; the ticket for the second."""
    # An earlier test may have asked a moment ago and used nothing.
    with inside.connect(Service.AUTH) as connection:
        connection.execute("UPDATE codes SET created_at = created_at - interval '61 s'")
    proof = await asyncio.to_thread(solve, (await client.get("/api/auth/challenge")).json())
    body = {"account": ACCOUNT, "password": DEMO_PASSWORD, "proof": proof, "take_over": True}
    answer = await client.post(SESSIONS, json=body)
    assert (answer.status_code, answer.json()["code"]) == (401, "code_required"), answer.text
    return {**body, "proof": answer.json()["ticket"]}


def the_text(inside: Inside) -> str:
    """The id of the only message that has not left yet."""
    ((text_id,),) = inside.rows(Service.AUTH, WAITING)
    return str(text_id)


async def arrived(client: httpx.AsyncClient, inside: Inside, text_id: str) -> str:
    """The code that the provider has under this id, once."""

    async def caught() -> list[tuple[Any, ...]]:
        return inside.rows(Service.NOTIFICATIONS, "SELECT id FROM caught_messages WHERE key = %s", text_id)

    ((caught_id,),) = await until(caught, "a code at the provider")
    shown = (await client.get("/dev/messages", params={"contains": "用于登录"})).json()["items"]
    (words,) = [each["text"] for each in shown if each["id"] == str(caught_id)]
    found = CODE.search(words)
    assert found
    return found.group(1)


async def signs_in(client: httpx.AsyncClient, inside: Inside, second_step: dict[str, Any], text_id: str) -> None:
    code = await arrived(client, inside, text_id)
    answer = await client.post(SESSIONS, json={**second_step, "code": code})
    assert answer.status_code == 201, answer.text


async def test_a_code_survives_an_emptied_redis(stack: Stack) -> None:
    inside = Inside(stack)
    async with person(stack) as client:
        with inside.frozen(FAST):
            second_step = await ask_for_a_code(client, inside)
            text_id = the_text(inside)
            inside.redis().flushall()
        await signs_in(client, inside, second_step, text_id)


async def test_a_code_does_not_wait_for_the_slow_worker(stack: Stack) -> None:
    inside = Inside(stack)
    async with person(stack) as client:
        with inside.frozen(FAST), inside.frozen(SLOW):
            second_step = await ask_for_a_code(client, inside)
            text_id = the_text(inside)
            inside.signal(FAST, signal.SIGCONT)
            await signs_in(client, inside, second_step, text_id)


async def test_the_worker_killed_while_the_provider_takes_the_code(stack: Stack) -> None:
    """It goes again under the same id when the lease has run out, and the provider has it once."""
    inside = Inside(stack)
    async with person(stack) as client:
        with inside.frozen(FAST):
            second_step = await ask_for_a_code(client, inside)
            text_id = the_text(inside)
            with inside.held(Service.NOTIFICATIONS, "caught_messages", "INSERT INTO") as provider_is_writing:
                inside.signal(FAST, signal.SIGCONT)

                async def taking() -> bool:
                    return provider_is_writing()

                await until(taking, "a message that the provider is writing down")
                assert inside.signal(FAST, signal.SIGKILL)
        with inside.connect(Service.AUTH) as connection:
            connection.execute("UPDATE texts SET leased_until = now() WHERE id = %s", (text_id,))
        await signs_in(client, inside, second_step, text_id)

        async def sent() -> bool:
            attempts = "SELECT attempts FROM texts WHERE id = %s AND done_at IS NOT NULL AND NOT failed"
            return inside.rows(Service.AUTH, attempts, text_id) == [(2,)]

        await until(sent, "the message noted as sent, at the second attempt")
