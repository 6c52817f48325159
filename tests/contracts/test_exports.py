"""Every list of every service can be had as a sheet (BEY-07, G10)."""

import re
from inspect import Parameter, signature
from typing import Any, get_args
from uuid import UUID

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from shared.identity import Actor
from shared.services import Service
from shared.web.export_jobs import KNOWN
from shared.web.export_sheets import GIVEN
from tests.conftest import make_actor
from tests.contracts.test_routes import ALL

pytestmark = pytest.mark.req("BEY-07")
# What is chosen from, or followed, and read nowhere else.
NO_SHEET = {
    *(f"/api/{service}/jobs{end}" for service in Service for end in ("", "/all")),
    # A few files, each with a sheet of its rows.
    "/api/declaration/legacy-imports",
    "/api/training/group-registrations/{plan_id}/candidates",
    "/api/training/schedules",
    # What became of a push: looked at where it failed.
    "/api/notifications/hooks/{hook_id}/sendings",
    # The messages, those of one thing folded into one line: their sheet is the messages'.
    "/api/notifications/messages/lines",
}
# Several lists are sheets of their own names.
NAMED = {
    "/api/training/selection-progress/{plan_id}/units": "selection-progress",
    "/api/notifications/messages/lines": "messages",
    "/api/declaration/figures/units": "figure-units",
}


def routes(service: Service) -> list[APIRoute]:
    return [route for each, route in ALL if each is service]


@pytest.mark.parametrize("service", list(Service))
def test_every_list_has_its_sheet(service: Service) -> None:
    lists = {
        each.path for each in routes(service) if "GET" in (each.methods or ()) and "Page[" in str(each.response_model)
    } - NO_SHEET
    sheets = {match[1] for each in routes(service) if (match := re.search(r"/exports/([\w-]+)\.xlsx$", each.path))}
    assert lists
    assert {each for each in lists if NAMED.get(each, each.rsplit("/", 1)[-1]) not in sheets} == set()


SAMPLES: dict[Any, Any] = {UUID: UUID("00000000-0000-7000-8000-000000000000")}


@pytest.mark.req("PLAT-09")
@pytest.mark.parametrize("address", sorted(KNOWN))
def test_what_is_asked_for_is_the_same_when_a_job_reads_it(address: str) -> None:
    export, actor = KNOWN[address], make_actor()
    parameters = {name: each for name, each in signature(export.source).parameters.items() if name not in GIVEN}
    asked: dict[str, object] = {}
    for name, each in parameters.items():
        kind = get_args(each.annotation)[0] if get_args(each.annotation) else each.annotation
        if kind is Actor:
            asked[name] = actor
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            asked[name] = kind()
        else:
            asked[name] = SAMPLES[kind] if each.default is Parameter.empty else each.default
    assert export.read(export.written(asked, "-id"), actor) == (asked, "-id")
