"""The login name of an account for which nobody has chosen one: in the shape that everybody may choose, whoever opens it (AUTH-24)."""

import re

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts import repository
from shared.reference.pinyin import initials

_BASE_LENGTH = 14


async def free_login_name(session: AsyncSession, unit: str) -> str:
    """Pinyin initials of the unit's short name and the next free number: ``xwzfy01``. One that a race takes after all is told as taken."""
    letters = re.sub(r"[^a-z0-9]", "", initials(unit)).lstrip("0123456789")[:_BASE_LENGTH]
    base = letters if len(letters) > 1 else f"{letters or 'dw'}zh"
    taken = await repository.login_names_like(session, base)
    return next(name for number in range(1, len(taken) + 2) if (name := f"{base}{number:02}") not in taken)
