"""What the tests of groups make for themselves: companies with codes of their own, and branches that have joined."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from shared.identifiers import USCC_ALPHABET, USCC_WEIGHTS
from shared.identity import Actor

GROUPS = "/api/declaration/groups"
MEMBERS = "/api/declaration/group-members"
MEMBERSHIPS = "/api/declaration/group-memberships"
SHEET = "/api/declaration/group-sheet"


def a_code() -> str:
    """A credit code that nobody else has."""
    body = "91320100" + "".join(secrets.choice("0123456789ABCDEFGH") for _ in range(9))
    total = sum(USCC_ALPHABET.index(each) * weight for each, weight in zip(body, USCC_WEIGHTS, strict=True))
    return body + USCC_ALPHABET[(31 - total % 31) % 31]


@dataclass(frozen=True)
class Company:
    """An employer of the directory, signed in."""

    client: httpx.AsyncClient
    actor: Actor
    code: str

    @property
    def name(self) -> str:
        return self.actor.organisation_name

    async def group(self, name: str = "江苏某某集团") -> None:
        answer = await self.client.post(GROUPS, json={"name": name})
        assert answer.status_code == 201, answer.text

    async def invite(self, branch: "Company", **changes: Any) -> httpx.Response:
        body = {"credit_code": branch.code, "name": branch.name, **changes}
        return await self.client.post(MEMBERS, json=body)

    async def invited(self, branch: "Company", **changes: Any) -> str:
        """The id of the membership."""
        answer = await self.invite(branch, **changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def joined(self, branch: "Company") -> str:
        member = await self.invited(branch)
        answer = await branch.act(member, "accept")
        assert answer.status_code == 200, answer.text
        return member

    async def act(self, member: str, action: str, **body: Any) -> httpx.Response:
        return await self.client.post(f"{MEMBERSHIPS}/{member}/{action}", json=body)

    async def row(self, member: str) -> dict[str, Any]:
        """The member in the head's list."""
        items = (await self.client.get(MEMBERS)).json()["items"]
        return next(each for each in items if each["id"] == member)


MakeCompany = Callable[..., Awaitable[Company]]
