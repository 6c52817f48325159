"""To which unit somebody can go: a look-up of names and credit codes, of units alone that can take people in (BEY-14)."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.desk.transfers import repository
from services.training.desk.transfers.schemas import ReceivingUnit
from shared.identity import Actor
from shared.reference.pinyin import folded

# One character is in nearly every name.
LEAST = 2


async def find_units(session: AsyncSession, *, actor: Actor, wanted: str) -> list[ReceivingUnit]:
    """The first few whose name has ``wanted`` in it, or whose code it is, by name; never the actor's own. Names and codes are what
    anybody can look up in the public register; of a unit's people nothing is told (PLAT-06)."""
    if len(folded(wanted)) < LEAST:
        return []
    rows = await repository.receiving_units(session, actor.organisation_id, wanted)
    return [ReceivingUnit.of(each) for each in rows]
