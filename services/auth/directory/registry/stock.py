"""The companies and old accounts that an embedded platform knows from the start: invented ones, with valid codes. A platform that asks
an HTTP registry needs none of them.
"""

import csv
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.directory.registry import repository
from services.auth.directory.registry.models import Company, LegacyAccount
from shared.identifiers import new_id
from shared.reference.pinyin import folded, initials, search_pieces

DATA: Final = Path(__file__).parent / "data"


def read_stock(name: str) -> list[dict[str, str]]:
    """The lines of ``companies`` or ``legacy_accounts``, as they are shipped."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


async def seed_registry(session: AsyncSession) -> None:
    """Adds what is not there yet; may be called again at any time."""
    companies = [{"id": new_id(), **line, **searchable(line["name"])} for line in read_stock("companies")]
    await repository.add_missing(session, Company, companies)
    accounts = [{"id": new_id(), **line} for line in read_stock("legacy_accounts")]
    await repository.add_missing(session, LegacyAccount, accounts)


def searchable(name: str) -> dict[str, str | list[str]]:
    """What a company is found by."""
    return {"name_folded": folded(name), "name_initials": initials(name), "name_pieces": search_pieces(name)}
