"""Rows of the lists that every service has, for the table of makers."""

from typing import Any

from shared.identifiers import new_id
from shared.services import Service
from shared.tasks.jobs import RECORD as JOB
from shared.tasks.jobs import start_job
from tests.contracts.list_worlds import ROWS, Made, Maker, World


def jobs(service: Service, table: Any, *, of_all: bool = False) -> Maker:
    async def make(world: World) -> Made:
        storage = (await world.runtime(service)).storage
        async with world.rows(service) as session:
            for _ in range(ROWS):
                kind = table.kinds[0].name
                await start_job(session, storage, table, actor=world.unit, kind=kind, arguments={})
        return world.office if of_all else world.unit, {}

    return make


def audit(service: Service) -> Maker:
    async def make(world: World) -> Made:
        async with world.rows(service) as session:
            for _ in range(ROWS):
                JOB.note(session, new_id(), "create", actor=world.office)
        return world.office, {}

    return make
