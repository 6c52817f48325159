"""The demo's employers: opened in the directory, heard of by declaration, with records in every state; a second time changes nothing."""

from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from ops.demo_declarations import EMPLOYERS, declare, open_employers
from services.auth.main import app as auth_app
from services.declaration.consumers import organisation_changed
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.workflow import DeclarationStatus
from services.declaration.main import app
from shared.events.auth import OrganisationChanged
from shared.events.log import EventRow
from shared.identifiers import uscc_problem
from shared.roles import Level
from shared.runtime import Runtime

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]


@pytest.mark.req("DECL-01", "DECL-02")
class TestDemoDeclarations:
    def test_every_credit_code_is_one(self) -> None:
        assert [each.name for each in EMPLOYERS if uscc_problem(each.credit_code)] == []

    async def test_there_are_records_in_every_state_and_twice_is_once(self, open_app: OpenApp) -> None:
        auth, own = (await open_app(auth_app)).database, (await open_app(app)).database
        ids = [each.id for each in EMPLOYERS]
        for _ in range(2):
            async with auth.unit_of_work() as session:
                await open_employers(session)
            async with auth.unit_of_work() as session:
                rows = (await session.scalars(select(EventRow).where(EventRow.type == OrganisationChanged.type))).all()
                told = [OrganisationChanged.model_validate(row.payload) for row in rows]
            async with own.unit_of_work() as session:
                for event in (each for each in told if each.organisation_id in ids):
                    await organisation_changed(session, event)
            for each in EMPLOYERS:
                await declare(own, each)
        async with own.unit_of_work() as session:
            records = (await session.scalars(select(Declaration).where(Declaration.employer_id.in_(ids)))).all()
        assert len(records) == sum(len(each.records) for each in EMPLOYERS) == 15
        assert set(Counter(each.status for each in records)) == set(DeclarationStatus)
        assert [each.flag_codes for each in records if each.flag_codes] == [["count_jump", "test_overdue"]]
        assert [each.review_level for each in records].count(Level.CITY) == 1
        assert sum(each.withdrawal_requested_at is not None for each in records) == 1
