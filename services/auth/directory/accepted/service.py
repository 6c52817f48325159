"""Which codes and ids pass although their last place is wrong (STAFF-15): those that the registry or the directory knows, and those that
were accepted by a decision on a scan, each with the name that it was accepted for. Everything else stays as strict as the standard.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.directory.accepted import repository
from services.auth.directory.accepted.models import AcceptedNumber, NumberKind
from shared.clock import now_utc
from shared.db.types import blind_index
from shared.errors import FieldError
from shared.fields import MESSAGES, resident_id_misses_check, uscc_misses_check
from shared.reference.pinyin import same_name

CODE_MISSES = FieldError("credit_code", "uscc_checksum", MESSAGES["uscc_checksum"])
ID_MISSES = FieldError("resident_id", "resident_id_checksum", MESSAGES["resident_id_checksum"])


async def code_problem(session: AsyncSession, credit_code: str | None, name: str) -> FieldError | None:
    """Why a unit of this name cannot use this code, already in its shape: its check digit is wrong, and neither registry nor directory
    knows it, nor was it accepted for that name."""
    if not credit_code or not uscc_misses_check(credit_code) or await repository.is_code_known(session, credit_code):
        return None
    return None if await is_accepted(session, NumberKind.CREDIT_CODE, credit_code, name) else CODE_MISSES


async def is_code_known(session: AsyncSession, credit_code: str) -> bool:
    """Whether registry or directory knows the code, or it was accepted with some name."""
    if await repository.is_code_known(session, credit_code):
        return True
    return bool(await repository.names_of(session, NumberKind.CREDIT_CODE, credit_code))


async def id_problem(session: AsyncSession, resident_id: str | None, name: str) -> FieldError | None:
    """The same of a person's id, which no registry knows."""
    if not resident_id or not resident_id_misses_check(resident_id):
        return None
    return None if await is_accepted(session, NumberKind.RESIDENT_ID, resident_id, name) else ID_MISSES


async def is_accepted(session: AsyncSession, kind: NumberKind, number: str, name: str) -> bool:
    """Whether exactly this number was accepted for exactly this name, and that has not been taken back."""
    return any(same_name(each, name) for each in await repository.names_of(session, kind, number))


async def accept(session: AsyncSession, *, kind: NumberKind, number: str, name: str, case_id: UUID) -> None:
    """The number is good with that name from now on."""
    session.add(AcceptedNumber(kind=kind, number=number, number_index=blind_index(number), name=name, case_id=case_id))
    await session.flush()


async def take_back(session: AsyncSession, case_id: UUID) -> None:
    """Nobody types it any more; records that have it keep it."""
    (await repository.of_case(session, case_id)).revoked_at = now_utc()
    await session.flush()
