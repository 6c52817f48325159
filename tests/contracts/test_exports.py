"""Every list of every service can be had as a sheet (BEY-07, G10)."""

import re

import pytest
from fastapi.routing import APIRoute

from shared.services import Service
from tests.contracts.test_routes import ALL

pytestmark = pytest.mark.req("BEY-07")
# What is chosen from, or followed, and read nowhere else.
NO_SHEET = {
    "/api/auth/jobs",
    "/api/training/jobs",
    "/api/certificates/jobs",
    "/api/declaration/jobs",
    "/api/training/jobs/all",
    "/api/certificates/jobs/all",
    "/api/declaration/jobs/all",
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
