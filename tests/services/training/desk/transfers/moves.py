"""Two units with a person between them, as tests of transfers need them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select, update

from services.training.enrolment.registrations.models import Registration
from services.training.main import app
from services.training.people.institutions.models import Institution
from services.training.people.personnel.models import Person, StaffMember
from services.training.people.personnel.service import add_certificate
from services.training.plans.models import Plan
from shared.db.types import field_cipher
from shared.events.certificates import CertificateIssued
from shared.identifiers import USCC_ALPHABET, USCC_WEIGHTS, new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.selection.classes import add_class, add_schedule
from tests.services.training.people.personnel.forms import PERSONNEL, form
from tests.services.training.records import add_plan, add_registration, today
from tests.services.training.results.scores.sheets import Seated

TRANSFERS = "/api/training/transfers"


def credit_code() -> str:
    """A valid code that no other unit has."""
    number = new_id().int
    first = "12320000" + "".join(USCC_ALPHABET[number // 31**at % 31] for at in range(9))
    total = sum(USCC_ALPHABET.index(char) * weight for char, weight in zip(first, USCC_WEIGHTS, strict=False))
    return first + USCC_ALPHABET[-total % 31]


@dataclass
class Move:
    """``person`` is 在职 at ``old``; ``new`` and the stranger have a saved filing and nobody."""

    runtime: Runtime
    old: Actor
    new: Actor
    at_old: httpx.AsyncClient
    at_new: httpx.AsyncClient
    stranger: httpx.AsyncClient
    person: dict[str, Any]

    @property
    def staff_id(self) -> UUID:
        return UUID(self.person["id"])

    async def ask(self, **changes: Any) -> httpx.Response:
        """The new unit asks for the person."""
        body = {"direction": "in", "resident_id": self.person["resident_id"], "name": self.person["name"]}
        return await self.at_new.post(TRANSFERS, json={**body, "note": "已签订劳动合同", **changes})

    async def offer(self, **changes: Any) -> httpx.Response:
        """The old unit offers the person."""
        body = {"direction": "out", "staff_id": self.person["id"], "to_credit_code": await self.code_of(self.new)}
        return await self.at_old.post(TRANSFERS, json={**body, **changes})

    async def done(self) -> dict[str, Any]:
        """Asked for and agreed to; the transfer as the old unit sees it."""
        asked = await self.ask()
        assert asked.status_code == 201, asked.text
        answer = await self.at_old.post(f"{TRANSFERS}/{asked.json()['id']}/accept")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def code_of(self, unit: Actor) -> str:
        async with self.runtime.database.unit_of_work() as session:
            return (await session.get_one(Institution, unit.organisation_id)).credit_code

    async def file_at(self, unit: Actor) -> StaffMember | None:
        """The unit's file of the person, as the table has it."""
        index = field_cipher().blind_index(self.person["resident_id"])
        async with self.runtime.database.unit_of_work() as session:
            mine = select(StaffMember).join(Person).where(StaffMember.unit_id == unit.organisation_id)
            return await session.scalar(mine.where(Person.id_index == index))


async def between_units(runtime: Runtime, client_for: ClientFor, **person: Any) -> Move:
    units = [
        make_actor(Permission.INSTITUTION_FILING, Permission.GROUP_REGISTRATION, region=region)
        for region in ("320102", "320506", "320803")
    ]
    at_old, at_new, stranger = [await client_for(app, unit) for unit in units]
    async with runtime.database.unit_of_work() as session:
        for unit in units:
            mine = update(Institution).where(Institution.id == unit.organisation_id)
            await session.execute(mine.values(credit_code=credit_code()))
    made = await at_old.post(PERSONNEL, json=form(**person))
    assert made.status_code == 201, made.text
    return Move(runtime, units[0], units[1], at_old, at_new, stranger, made.json())


async def registered(
    move: Move, *specialties: str, plan: Plan | None = None, unit: Actor | None = None, **changes: Any
) -> Registration:
    """The person in a plan, from the old unit or from this one."""
    unit = unit or move.old
    staff = await move.file_at(unit)
    assert staff is not None
    async with move.runtime.database.unit_of_work() as session:
        staff = await session.merge(staff)
        plan = plan or await add_plan(session, *specialties)
        return await add_registration(session, unit, plan, staff, *specialties, **changes)


async def earned(move: Move, registration: Registration, number: str) -> None:
    """The news of a certificate of this registration."""
    event = CertificateIssued(
        certificate_id=new_id(),
        number=number,
        registration_id=registration.id,
        class_session_id=new_id(),
        person_id=registration.person_id,
        person_name=move.person["name"],
        unit_id=move.old.organisation_id,
        plan_type=registration.plan.type_code,
        plan_name=registration.plan.name,
        specialties=("职业性皮肤病",),
        issued_on=today(),
        valid_until=None,
    )
    async with move.runtime.database.unit_of_work() as session:
        await add_certificate(session, event)


async def seated(move: Move, client_for: ClientFor, **changes: Any) -> Seated:
    """The person with a place in a session of a plan."""
    async with move.runtime.database.unit_of_work() as session:
        plan = await add_plan(session, "skin")
        row = await add_class(session, await add_schedule(session, plan), {"skin": None}, **changes)
    person = await registered(move, "skin", plan=plan)
    body = {"class_session_id": str(row.id), "specialty_code": "skin", "registration_ids": [str(person.id)]}
    answer = await move.at_old.put(f"/api/training/selections/{plan.id}/placements", json=body)
    assert answer.status_code == 200, answer.text
    office = await client_for(app, make_actor(Permission.SCORE_ENTRY, level=Level.PROVINCE))
    return Seated(move.old, plan, row, [person], office, move.at_old)
