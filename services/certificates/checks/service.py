"""The public check (BEY-05): the QR's token, or number and full name. Every miss gets the same answer, so that nothing can be listed."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.checks import repository
from services.certificates.checks.schemas import CheckRead, check_of
from shared.clock import beijing_today, now_utc
from shared.crypto import read_short

# What phones and keyboards offer in place of the brackets of a number.
_BRACKETS = str.maketrans("[［(（【]］)）】", "〔〔〔〔〔〕〕〕〕〕")
_ID_BYTES = 16


async def check_token(session: AsyncSession, *, token: str, signing_key: str) -> CheckRead:
    """What the QR's token says; unknown for a token that was not signed here or was changed in any place."""
    payload = read_short(signing_key.encode(), token)
    known = payload is not None and len(payload) == _ID_BYTES
    certificate = await repository.get_shown(session, UUID(bytes=payload)) if known else None
    return check_of(certificate, beijing_today(now_utc()))


async def check_number(session: AsyncSession, *, number: str, name: str) -> CheckRead:
    """Both must match the same certificate."""
    written = "".join(number.upper().translate(_BRACKETS).split())
    certificate = await repository.get_by_number_and_name(session, number=written, name=name)
    return check_of(certificate, beijing_today(now_utc()))
