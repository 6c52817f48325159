"""Proofs for what people do who cannot sign in, and the bodies that carry them."""

from typing import Any

import httpx

from ops.client import solve
from services.auth.access.challenges.actions import Action
from tests.services.auth.records import Visitor


async def proof_for(person: Visitor, action: Action) -> str:
    """A fresh proof for this action."""
    return solve((await person.client.get("/api/auth/challenge", params={"action": action.value})).json())


async def post_proven(person: Visitor, path: str, action: Action, **body: Any) -> httpx.Response:
    """The answer to ``body`` with a fresh proof in it."""
    return await person.client.post(path, json={**body, "proof": await proof_for(person, action)})


def field_codes(answer: httpx.Response) -> list[tuple[str, str]]:
    """(field, code) of each bad input."""
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]
