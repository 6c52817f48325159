"""The stage of these tests."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.identity import Actor
from tests.services.training.enrolment.registrations.stage import ClientFor, Stage, set_stage


@pytest.fixture
async def stage(open_app: Any, client_for: ClientFor, make_actor: Callable[..., Actor]) -> Stage:
    return await set_stage(open_app, client_for, make_actor)
