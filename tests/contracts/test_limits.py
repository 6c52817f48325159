"""What is limited is counted in one way and says so: ``RateLimit-Policy`` and ``RateLimit`` with every answer that counts against a limit,
Retry-After with every refusal (PLAT-16).
"""

import inspect
import re
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from fastapi import FastAPI

from ops.catalogue import APPS
from services.auth.directory.registry import limits
from services.auth.directory.registry.limits import TooManyLookups
from services.auth.settings import auth_settings
from shared.db.migrations import ROOT
from shared.errors import TooManyRequests
from shared.identifiers import new_id
from shared.quotas import BYTES, Told, begin, headers, tell
from shared.runtime import Runtime
from shared.services import Service
from shared.web.limits import count_up_to
from shared.web.openapi_limits import is_counted
from tests.conftest import ClientFor
from tests.contracts.test_document import ROUTES
from tests.contracts.test_refusals import DOCUMENT, OPERATIONS, meant

pytestmark = pytest.mark.req("PLAT-16")
BOTH = {"RateLimit", "RateLimit-Policy"}
# A List of Structured Fields: strings with parameters (RFC 9651), as the draft has them.
POLICY = re.compile(r'"[a-z_-]+";q=\d+(;qu="content-bytes")?;w=\d+(, "[a-z_-]+";q=\d+(;qu="content-bytes")?;w=\d+)*')
STATE = re.compile(r'"[a-z_-]+";r=\d+;t=[1-9]\d*(, "[a-z_-]+";r=\d+;t=[1-9]\d*)*')
OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
LOOK_UPS = "/api/auth/companies"


async def test_an_answer_tells_what_is_left_and_a_refusal_how_long(
    open_app: OpenApp, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted under a name of its own, as long as the test goes on."""
    runtime = await open_app(APPS[Service.AUTH])
    client, most = await client_for(APPS[Service.AUTH], None), auth_settings().lookups_per_address_a_minute
    own = f"lookups-{new_id()}"
    counting = partial(count_up_to, cap=most, seconds=60, refusal=TooManyLookups)
    monkeypatch.setattr(limits, "count_up_to", lambda redis, _what, _address, **_given: counting(redis, "lookups", own))
    first = await client.get(LOOK_UPS, params={"q": "钟山"})
    assert first.headers["RateLimit-Policy"] == f'"lookups";q={most};w=60'
    assert re.fullmatch(rf'"lookups";r={most - 1};t=\d+', first.headers["RateLimit"])
    await runtime.redis.set(f"lookups:{own}", most, ex=60)
    refused = await client.get(LOOK_UPS, params={"q": "钟山"})
    assert refused.status_code == 429
    assert refused.headers["RateLimit"] == f'"lookups";r=0;t={refused.headers["Retry-After"]}'


async def test_what_counts_against_nothing_says_nothing(client_for: ClientFor) -> None:
    client = await client_for(APPS[Service.AUTH], None)
    assert not {"ratelimit", "ratelimit-policy"} & (await client.get("/api/auth/vocabulary")).headers.keys()


def test_several_limits_stand_in_one_list_and_bytes_say_so() -> None:
    used = begin()
    tell("uploads", most=100, seconds=86400, used=130, left=0, unit=BYTES)
    tell("case-uploads", most=30, seconds=3600, used=2, left=9)
    said = {name.decode(): value.decode() for name, value in headers(used)}
    assert said["ratelimit-policy"] == '"uploads";q=100;qu="content-bytes";w=86400, "case-uploads";q=30;w=3600'
    assert said["ratelimit"] == '"uploads";r=0;t=1, "case-uploads";r=28;t=9'
    assert POLICY.fullmatch(said["ratelimit-policy"])
    assert STATE.fullmatch(said["ratelimit"])
    assert headers(begin()) == []
    assert Told("x", 1, 2, 0, 2).policy == '"x";q=1;w=2'


def test_the_document_says_where() -> None:
    for name, operation in OPERATIONS.items():
        assert BOTH | {"Retry-After"} <= meant(operation["responses"]["429"])["headers"].keys(), name
        for status, said in operation["responses"].items():
            if status[0] == "2":
                assert bool(BOTH & said["headers"].keys()) is is_counted(ROUTES[name]), name
    assert DOCUMENT["components"]["headers"].keys() >= BOTH
    counted = {name for name in OPERATIONS if is_counted(ROUTES[name])}
    assert counted > {
        "GET /api/auth/companies",
        "POST /api/auth/pictures",
        "POST /api/auth/sessions",
        "POST /api/auth/registrations/lookups",
        "POST /api/certificates/checks",
        "POST /api/certificates/checks/file",
        "POST /api/training/attachments",
        "POST /api/training/check-ins",
    }
    assert "GET /api/training/plans" not in counted


def test_whoever_refuses_says_for_how_long() -> None:
    """A refusal cannot be made without; and nobody counts in Redis beside ``shared.web.limits``."""
    needed = inspect.signature(TooManyRequests).parameters["retry_after"]
    assert needed.default is inspect.Parameter.empty
    assert TooManyRequests(retry_after=0).retry_after == 1
    counting = [
        path.relative_to(ROOT).as_posix()
        for room in ("services", "shared")
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"\.incr(by)?\(", path.read_text("utf-8"))
    ]
    assert counting == ["shared/web/limits.py"]
    refusing = [
        f"{path.relative_to(ROOT).as_posix()}: {line.strip()}"
        for path in (ROOT / "services").rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"status(_code)? = 429|status_code=429", line)
    ]
    assert refusing == []
