"""Which resident ids pass although their last place is wrong (STAFF-15): those that the province accepted on a scan, each with the name of
the person whose it is. Everything else stays as strict as the standard.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.accepted import repository
from shared.clock import now_utc
from shared.db.types import field_cipher
from shared.errors import FieldError, InvalidInput
from shared.events.auth import ResidentIdJudged
from shared.fields import MESSAGES, resident_id_misses_check
from shared.reference.pinyin import same_name

MISSES = FieldError("resident_id", "resident_id_checksum", MESSAGES["resident_id_checksum"])


async def refused(session: AsyncSession, names: Mapping[str, str]) -> set[str]:
    """Of these numbers, already in their shape, each with the name that it is typed with: those that miss their check digit and were not
    accepted with exactly that name."""
    doubtful = [number for number in names if resident_id_misses_check(number)]
    accepted = await repository.names_of(session, doubtful)
    return {each for each in doubtful if not any(same_name(name, names[each]) for name in accepted.get(each, ()))}


async def is_known(session: AsyncSession, number: str) -> bool:
    """Whether the number was accepted with some name."""
    return bool(await repository.names_of(session, [number]))


async def require_accepted(session: AsyncSession, number: str, name: str) -> None:
    """Raises ``InvalidInput`` at ``resident_id`` with the way on."""
    if await refused(session, {number: name}):
        raise InvalidInput(errors=[MISSES])


async def keep_judged(session: AsyncSession, event: ResidentIdJudged) -> None:
    """What the province has decided, or taken back."""
    await repository.keep(
        session,
        number=event.resident_id.open(field_cipher()),
        name=event.person_name,
        source_id=event.case_id,
        revoked_at=None if event.accepted else now_utc(),
    )


async def accept_corrected(session: AsyncSession, number: str, name: str, correction_id: UUID) -> None:
    """A correction was decided with evidence: its number is good with that name, wherever it is typed."""
    if resident_id_misses_check(number):
        await repository.keep(session, number=number, name=name, source_id=correction_id, revoked_at=None)
