"""Before the form of a person is checked: whether its id, which misses its check digit, was ever accepted, so that the check tells it with
all other faults at once (PLAT-01, STAFF-15). With which name it was accepted is asked of the whole form.
"""

from collections.abc import AsyncIterator

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.accepted.service import is_known
from services.training.people.personnel import repository
from shared.fields import resident_id_misses_check, waived
from shared.identifiers import normalise_resident_id
from shared.identity import Actor
from shared.web.callers import current_actor
from shared.web.route import Session
from shared.web.stated import stated


async def _waive(request: Request, session: Session) -> AsyncIterator[None]:
    number = normalise_resident_id(await stated(request, "resident_id"))
    doubtful = resident_id_misses_check(number)
    with waived([number] if doubtful and await _may_be(session, await current_actor(request), number) else []):
        yield


async def _may_be(session: AsyncSession, actor: Actor, number: str) -> bool:
    return await is_known(session, number) or await repository.find_own(session, actor, number) is not None


ACCEPTED_NUMBERS = Depends(_waive)
