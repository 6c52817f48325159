"""The stage of these tests, with a province of their own: its board counts nobody else's rows."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest

from services.training.main import app
from shared.identity import Actor
from shared.roles import Level, Permission
from tests.services.training.enrolment.registrations.stage import CDC, ClientFor, Stage, set_stage

# Codes that no province has.
PROVINCES = map(str, chain(range(83, 100), range(72, 81), range(55, 61)))
DESK = (*CDC, Permission.CLASS_SCHEDULING, Permission.SCORE_ENTRY, Permission.CERTIFICATE_MANAGEMENT)


@pytest.fixture
async def stage(open_app: Any, client_for: ClientFor, make_actor: Callable[..., Actor]) -> Stage:
    """Two units in two cities of a province."""
    made = await set_stage(open_app, client_for, make_actor)
    prefix = next(PROVINCES)
    unit = Permission.GROUP_REGISTRATION, Permission.INSTITUTION_FILING
    actor, other = (make_actor(*unit, region=f"{prefix}{county}") for county in ("0102", "0205"))
    desk = make_actor(*DESK, level=Level.PROVINCE, region=f"{prefix}0000")
    clients = [await client_for(app, each) for each in (actor, other, desk)]
    return replace(made, actor=actor, other=other, unit=clients[0], stranger=clients[1], province=clients[2])
