"""A program's way into the platform over HTTP, as docs/api.md tells it: get a challenge, solve it, sign in, with a code where one is asked
for, then call with the token. What may be asked twice is asked again when the platform says that it is away for a moment. The journey, the
figures and the demo data use it; it knows no service's code.
"""

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import httpx
from altcha import Challenge, Payload, solve_challenge

_SOLVE_SECONDS = 110
_CODE_LIVES = timedelta(minutes=5)
# Between two looks for a code: at once at first, and not to be a load itself on a machine that is slow.
_LOOK_SECONDS, _LOOK_SECONDS_AT_MOST = 0.1, 2.0
# How long a service may be away before its refusal is believed.
_AWAY_SECONDS = 60.0
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_CODE = re.compile(r"验证码 (\d{6}).*用于登录")
Json = Any  # what a route answers: these scripts read it as it comes, and fail where it is something else


class Refused(Exception):
    """The platform said no: ``status``, the stable ``code``, and ``detail`` in Chinese; ``body`` is the whole problem document."""

    def __init__(self, answer: httpx.Response) -> None:
        is_problem = answer.headers.get("content-type", "").startswith("application/problem+json")
        self.body: dict[str, Json] = answer.json() if is_problem else {}
        self.status = answer.status_code
        self.code: str = self.body.get("code", "")
        self.detail: str = self.body.get("detail", answer.text[:500])
        request = answer.request
        super().__init__(f"{request.method} {request.url.path} answered {self.status} {self.code}: {self.detail}")


class CodeUnreadable(Refused):
    """The account signs in with an SMS code, and this platform shows its messages to nobody, or did not send one in time."""

    def __init__(self, refused: Refused, why: str) -> None:
        self.__dict__.update(refused.__dict__)
        Exception.__init__(self, f"{refused.args[0]}: {why}")


class PatientTransport(httpx.AsyncBaseTransport):
    """Another transport, whose 503 with Retry-After is answered by asking again when the platform said, for a minute in all. Only what
    changes nothing more when it arrives twice: the methods that HTTP calls idempotent, and whatever carries an Idempotency-Key."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        left = _AWAY_SECONDS if request.method in _IDEMPOTENT or "Idempotency-Key" in request.headers else 0.0
        while True:
            answer = await self._inner.handle_async_request(request)
            seconds = _seconds_away(answer)
            if seconds is None or seconds > left:
                return answer
            await answer.aclose()
            await asyncio.sleep(seconds)
            left -= seconds

    async def aclose(self) -> None:
        await self._inner.aclose()


def _seconds_away(answer: httpx.Response) -> float | None:
    """When the platform, which is away, wants to be asked again; None when it is there or does not say. Never at once."""
    said = answer.headers.get("Retry-After", "")
    return max(1.0, float(said)) if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE and said.isdecimal() else None


def solve(challenge: dict[str, Json]) -> str:
    """The ``proof`` of a challenge. A second of work, more after failures: call it in a thread. Raises TimeoutError."""
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
        patient = PatientTransport(transport or httpx.AsyncHTTPTransport(trust_env=False))
        self.http = httpx.AsyncClient(base_url=base_url, timeout=timeout, transport=patient, trust_env=False)

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

    async def sign_in(self, account: str, password: str, take_over: bool = True) -> dict[str, Json]:
        """Signs in and keeps the token; the answer as docs/api.md has it. Where an SMS code is asked for (officials), it is read at
        /dev/messages, which a demo has. Raises Refused, and CodeUnreadable where there is no such address."""
        body = {"account": account, "password": password, "proof": await self.proof(), "take_over": take_over}
        asked_at = datetime.now(UTC)
        try:
            answer = await self.post("/api/auth/sessions", json=body)
        except Refused as refused:
            if refused.code not in {"code_required", "code_too_soon"} or "ticket" not in refused.body:
                raise
            # A code that was sent a moment ago and used by nobody is still good.
            after = asked_at if refused.code == "code_required" else asked_at - _CODE_LIVES
            code = await self._read_code(refused, after)
            answer = await self.post("/api/auth/sessions", json={**body, "proof": refused.body["ticket"], "code": code})
        self.http.headers["Authorization"] = f"Bearer {answer['token']}"
        self.http.cookies.clear()
        signed_in: dict[str, Json] = answer
        return signed_in

    async def _read_code(self, refused: Refused, after: datetime) -> str:
        """The newest code for signing in that was sent to the masked phone of the refusal. Waits for it as long as a code lives: on a busy
        machine it is late, and then it is still good."""
        phone = re.compile(re.escape(refused.body["phone"]).replace(re.escape("*"), "[0-9]"))
        wanted = {"contains": "用于登录", "after": after.isoformat()}
        until = time.monotonic() + _CODE_LIVES.total_seconds()
        pause = _LOOK_SECONDS
        while time.monotonic() < until:
            for message in await self._caught(refused, wanted):
                if phone.fullmatch(message["address"]) and (found := _CODE.search(message["text"])):
                    return found[1]
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LOOK_SECONDS_AT_MOST)
        why = f"no code has come in the {_CODE_LIVES} for which one is good; does the fast worker of auth run?"
        raise CodeUnreadable(refused, why)

    async def _caught(self, refused: Refused, wanted: dict[str, str]) -> list[dict[str, Json]]:
        """The messages that a demo shows; none while it is away, longer than a call waits for it."""
        try:
            caught = await self.get("/dev/messages", params=wanted, headers={"Accept": "application/json"})
        except Refused as away:
            if away.status == httpx.codes.SERVICE_UNAVAILABLE:
                return []
            why = "the code came by SMS, and only a demo shows its messages at /dev/messages"
            raise CodeUnreadable(refused, why) from away
        messages: list[dict[str, Json]] = caught["items"]
        return messages

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

    async def get(self, path: str, **options: Any) -> Json:
        """The JSON of a GET."""
        return (await self.request("GET", path, **options)).json()

    async def post(self, path: str, **options: Any) -> Json:
        """The JSON of a POST; None when there is none."""
        answer = await self.request("POST", path, **options)
        return answer.json() if answer.content else None

    async def patch(self, path: str, version: int, **options: Any) -> Json:
        """The JSON of a PATCH of the record's ``version``."""
        answer = await self.request("PATCH", path, headers={"If-Match": f'"{version}"'}, **options)
        return answer.json() if answer.content else None
