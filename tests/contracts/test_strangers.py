"""What is not yours does not exist for you (PLAT-06), for every route: lists of a stranger are empty where his own are, and every address
with an id in it answers 404 to a stranger, on a platform that is full of somebody else's records.
"""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from ops.journey.play import all_items
from shared.roles import Permission
from shared.web.callers import CallerRule
from tests.contracts.test_routes import ALL, has_rule, name_of, rules
from tests.sessions import open_play, resumed
from tests.stack import Stack

pytestmark = pytest.mark.req("PLAT-06")
# What everybody signed in may read: plans are published to all, types are a dictionary.
FOR_ALL = {"/api/training/plans", "/api/training/plan-types", "/api/training/group-registrations"}
# Addresses without an id: what is there is the caller's own, whatever the name of the form.
OWN = "/api/auth/me/"
UNIT = {Permission.GROUP_REGISTRATION, Permission.INSTITUTION_FILING}


def permissions_of(route: Any) -> frozenset[Permission]:
    return next((rule.permissions for rule in rules(route.dependant) if isinstance(rule, CallerRule)), frozenset())


def unit_routes(method: str) -> list[Any]:
    """Routes of that method that a unit may call at all."""
    found = [
        route for _, route in ALL if method in (route.methods or ()) and has_rule(route) and route.include_in_schema
    ]
    return [route for route in found if not permissions_of(route) or permissions_of(route) & UNIT]


@pytest.fixture
async def stranger(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """A unit that has nothing yet, on a platform where another one has done everything."""
    async with resumed(stack.base_url, "unit02") as client:
        yield client.http


async def owned_ids(stack: Stack) -> set[str]:
    """Every id that the first unit can see of its own, gathered from its lists."""
    async with open_play(stack.base_url) as play:
        found: set[str] = set()
        for route in unit_routes("GET"):
            if "{" not in route.path and route.path not in FOR_ALL:
                answer = await play.unit.get(route.path)
                if answer.headers.get("content-type", "").startswith("application/json"):
                    found |= ids_in(
                        answer.json(), {"id", "staff_id", "registration_id", "certificate_id", "class_session_id"}
                    )
        return found


def ids_in(value: Any, names: set[str]) -> set[str]:
    if isinstance(value, dict):
        own = {item for key, item in value.items() if key in names and isinstance(item, str)}
        return own.union(*(ids_in(item, names) for item in value.values()))
    return set().union(*(ids_in(item, names) for item in value)) if isinstance(value, list) else set()


async def test_no_list_shows_what_belongs_to_somebody_else(stack: Stack, stranger: httpx.AsyncClient) -> None:
    owned = await owned_ids(stack)
    assert len(owned) > 20, "the demo data must be there for this to mean anything"
    for route in unit_routes("GET"):
        if "{" not in route.path and route.path not in FOR_ALL:
            answer = await stranger.get(route.path)
            assert answer.status_code in {200, 422}, name_of(route)
            assert not owned & set(re.findall(r"[0-9a-f-]{36}", answer.text)), name_of(route)


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE"])
async def test_every_address_with_an_id_is_not_found_by_a_stranger(
    stack: Stack, stranger: httpx.AsyncClient, method: str
) -> None:
    """Tried with every kind of id that the first unit can see, at every address that takes one; never 200, never 403, never 500."""
    owned = sorted(await owned_ids(stack))
    for route in unit_routes(method):
        if "{" not in route.path or route.path.startswith(("/api/training/group-registrations", OWN)):
            continue
        for identity in (*owned[:: max(1, len(owned) // 15)], str(uuid4())):
            # An edition is a number, and nobody's id.
            path = re.sub(r"\{\w+\}", identity, route.path.replace("{edition}", "1"))
            options: dict[str, Any] = {"params": query_for(route.path, identity)}
            if method != "GET":
                options |= {"json": body_for(route.path, identity), "headers": {"If-Match": '"1"'}}
            answer = await stranger.request(method, path, **options)
            assert answer.status_code == 404, f"{method} {path} → {answer.status_code} {answer.text[:300]}"


def query_for(path: str, identity: str) -> dict[str, str]:
    """What the route cannot do without."""
    return {"class_session_id": identity, "specialty_code": "pneumoconiosis"} if path.endswith("/candidates") else {}


def body_for(path: str, identity: str) -> dict[str, Any]:
    """A body that is right in itself, so that the answer is about whose record it is."""
    if path.endswith("/placements"):
        return {"class_session_id": identity, "specialty_code": "pneumoconiosis", "registration_ids": [identity]}
    if path.endswith("/departments"):
        return {"departments": ["内科"]}
    if path.endswith("/attachments/{kind}"):
        return {"attachment_ids": []}
    if path.endswith("/qualifications"):
        return {"category": "检查医生", "number": "1", "issued_on": "2020-01-01"}
    if path.endswith("/qualifications/{qualification_id}"):
        return {}
    if path.endswith("/copies"):
        return {"registration_ids": [identity]}
    if path.endswith("/filings/{filing_id}"):
        return {"name": "某单位", "contact_name": "某人", "contact_mobile": "13800138000"}
    return {"reason": "试一试"} if path.count("/") > 4 else {}


async def test_ids_of_somebody_else_in_a_body_do_nothing(stack: Stack, stranger: httpx.AsyncClient) -> None:
    """And the answer does not tell whose they are."""
    owned = sorted(await owned_ids(stack))[:150]
    async with open_play(stack.base_url) as play:
        people = await all_items(play.unit, "/api/training/personnel")
    open_plans = await all_items(stranger, "/api/training/group-registrations", closed=False)
    assert people, "the demo data must be there for this to mean anything"
    assert open_plans, "a plan that the stranger may use himself"
    bodies = {
        "/api/training/registrations": {"plan_id": open_plans[0]["plan_id"], "staff_ids": owned},
        "/api/training/registrations/submissions": {"registration_ids": owned},
        "/api/training/waiting-entries": {
            "class_session_id": owned[0],
            "specialty_code": "pneumoconiosis",
            "registration_ids": owned,
        },
        "/api/certificates/bundles": {"certificate_ids": owned},
    }
    for path, body in bodies.items():
        answer = await stranger.post(path, json=body)
        told = answer.json()
        assert answer.status_code == 404 or told.get("added", told.get("done")) == 0, answer.text[:300]
        assert not [person["name"] for person in people if person["name"] in answer.text], path
