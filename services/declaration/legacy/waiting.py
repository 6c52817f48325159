"""A unit signs up and matches its account of the old system (匹配原账号, AUTH-23): its first record begins by itself as a 变更申报 with
reason 系统更新, filled with the basics of the row that has waited for it (DECL-09). Only the account proves that this is the unit:
whoever signs up with a code and a name alone gets nothing of what the old system knew until the province imports the list again.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.importing import begin_imported
from services.declaration.declarations.repository import get_last_approved, get_open
from services.declaration.employers.repository import require_employer, require_locked
from services.declaration.legacy import repository
from services.declaration.legacy.judging import same_name
from services.declaration.legacy.models import LegacyRow
from services.declaration.legacy.reading import basics_of
from services.declaration.legacy.workflow import LegacyOutcome
from shared.events.auth import LegacyAccountMatched
from shared.identity import SYSTEM

CAME = "单位注册时匹配原账号，其基础信息已导入"


async def take_over(session: AsyncSession, event: LegacyAccountMatched) -> None:
    """Begins the unit's record, unless it has one; without a row that has waited it is empty but for kind and reason. Raises
    ``Unavailable`` before the directory has told of the unit."""
    found = await require_employer(session, event.organisation_id)
    await repository.hold_codes(session, {found.credit_code})
    employer = await require_locked(session, event.organisation_id)
    if await get_open(session, employer.id) or await get_last_approved(session, employer.id):
        return
    rows = await repository.waiting_of(session, employer.credit_code)
    row = next((each for each in rows if _is_of(each, employer.name, event.legacy_account)), None)
    basics = basics_of(row.cells, row.phone) if row else {}
    made = begin_imported(session, actor=SYSTEM, employer=employer, basics=basics)
    if row is not None:
        row.outcome, row.words = LegacyOutcome.IMPORTED, CAME
        row.employer_id, row.declaration_id, row.region_code = employer.id, made.id, employer.region_code
    await session.flush()


def _is_of(row: LegacyRow, name: str, account: str) -> bool:
    """A row that names its account is that account's."""
    return same_name(row.name, name) and row.account in {"", account.strip().lower()}
