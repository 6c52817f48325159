"""A program's way into the platform over HTTP, as docs/api.md tells it: get a challenge, solve it, sign in, then call with the token.
The journey, the figures and the demo data use it; it knows no service's code.
"""

import asyncio
from types import TracebackType
from typing import Any, Self

import httpx
from altcha import Challenge, Payload, solve_challenge

_SOLVE_SECONDS = 30


class Refused(Exception):
    """The platform said no: ``status``, the stable ``code``, and ``detail`` in Chinese; ``body`` is the whole problem document."""

    def __init__(self, answer: httpx.Response) -> None:
        is_problem = answer.headers.get("content-type", "").startswith("application/problem+json")
        self.body: dict[str, Any] = answer.json() if is_problem else {}
        self.status = answer.status_code
        self.code: str = self.body.get("code", "")
        self.detail: str = self.body.get("detail", answer.text[:500])
        request = answer.request
        super().__init__(f"{request.method} {request.url.path} answered {self.status} {self.code}: {self.detail}")


def solve(challenge: dict[str, Any]) -> str:
    """The ``proof`` of a challenge. Some tenths of a second of work: call it in a thread. Raises TimeoutError."""
    given = Challenge.from_dict(challenge)
    solution = solve_challenge(given, timeout=_SOLVE_SECONDS)
    if solution is None:
        raise TimeoutError("the challenge was not solved in time")
    return str(Payload(given, solution).to_base64())


class PlatformClient:
    """One signed-in program: ``async with PlatformClient(url) as client: await client.sign_in(…); await client.get(…)``."""

    def __init__(
        self, base_url: str, *, timeout: float = 30, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.http = httpx.AsyncClient(base_url=base_url, timeout=timeout, transport=transport, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def proof(self) -> str:
        """A fresh proof, good for one sign-in."""
        challenge = await self.get("/api/auth/challenge")
        return await asyncio.to_thread(solve, challenge)

    async def sign_in(self, account: str, password: str, take_over: bool = True) -> dict[str, Any]:
        """Signs in and keeps the token; the answer as docs/api.md has it. Raises Refused."""
        body = {"account": account, "password": password, "proof": await self.proof(), "take_over": take_over}
        answer: dict[str, Any] = await self.post("/api/auth/sessions", json=body)
        self.http.headers["Authorization"] = f"Bearer {answer['token']}"
        self.http.cookies.clear()
        return answer

    async def sign_out(self) -> None:
        """Ends the session and forgets the token."""
        await self.request("DELETE", "/api/auth/sessions/current")
        self.http.headers.pop("Authorization", None)

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Any call, with the options of httpx. Raises Refused for 400 and above."""
        answer = await self.http.request(method, path, **options)
        if answer.is_error:
            raise Refused(answer)
        return answer

    async def get(self, path: str, **options: Any) -> Any:
        """The JSON of a GET."""
        return (await self.request("GET", path, **options)).json()

    async def post(self, path: str, **options: Any) -> Any:
        """The JSON of a POST; None when there is none."""
        answer = await self.request("POST", path, **options)
        return answer.json() if answer.content else None

    async def patch(self, path: str, version: int, **options: Any) -> Any:
        """The JSON of a PATCH of the record's ``version``."""
        answer = await self.request("PATCH", path, headers={"If-Match": f'"{version}"'}, **options)
        return answer.json() if answer.content else None
