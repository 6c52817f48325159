"""Names that were stored with private characters get the real ones (BEY-19), in every service that stores names."""

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from fastapi import FastAPI
from sqlalchemy import update

from ops.up.servers import Servers
from services.training.main import app
from services.training.people.personnel.models import StaffMember
from services.training.plans.models import Plan
from shared.db.migrations import config_for
from shared.db.real_characters import make_real
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from shared.services import Service
from tests.services.training.records import add_institution, add_plan, add_staff

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
pytestmark = pytest.mark.req("BEY-19")


def tables_of(service: Service) -> dict[str, dict[str, Any]]:
    """What the service's migration makes real."""
    script = ScriptDirectory.from_config(config_for(service))
    found = [each.module for each in script.walk_revisions() if "real characters" in (each.doc or "")]
    assert len(found) == 1
    return dict(found[0]._NAMES)


@pytest.mark.parametrize("service", list(Service))
def test_every_service_makes_its_names_real(service: Service, platform: Servers) -> None:
    """Those that it had then: what came later was cleaned from the start by the text types (``shared.fields``)."""
    metadata, made = import_module(f"services.{service}.tables").METADATA, tables_of(service)
    assert made
    for table, columns in made.items():
        there = set(metadata.tables[table].columns.keys())
        assert set(columns) | {other for derived in columns.values() for other in derived} <= there


async def test_the_name_and_what_it_is_found_by(open_app: OpenApp, make_actor: Callable[..., Actor]) -> None:
    runtime, actor = await open_app(app), make_actor(Permission.INSTITUTION_FILING)
    async with runtime.database.unit_of_work() as session:
        await add_institution(session, actor)
        old, other = await add_staff(session, actor, "王某"), await add_staff(session, actor, "李四")
        plan = await add_plan(session)
        stored = {"name": "王\ue863", "name_key": "x", "name_search": "x", "name_pieces": ["x"], "address": "\ue001路"}
        await session.execute(update(StaffMember).where(StaffMember.id == old.id).values(**stored))
        await session.execute(update(Plan).where(Plan.id == plan.id).values(contact_name="赵\ue863"))

    def run(session: Any) -> int:
        names = tables_of(Service.TRAINING)
        return sum(make_real(session.connection(), table, columns) for table, columns in names.items())

    async with runtime.database.unit_of_work() as session:
        assert await session.run_sync(run) == 2
        assert await session.run_sync(run) == 0
    async with runtime.database.unit_of_work() as session:
        row, untouched = await session.get_one(StaffMember, old.id), await session.get_one(StaffMember, other.id)
        expected = StaffMember(name="王䶮")
        assert (row.name, row.version) == ("王䶮", old.version)
        assert (row.name_key, row.name_pieces, row.name_search) == (
            expected.name_key,
            expected.name_pieces,
            expected.name_search,
        )
        assert (row.address, untouched.name) == ("\ue001路", "李四")
        assert (await session.get_one(Plan, plan.id)).contact_name == "赵䶮"
