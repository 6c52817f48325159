"""The regions below as numbers (DECL-11, G4): what waits, what is late, what is odd, each a link to exactly the rows that it counts."""

from typing import Final
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.calendar.receipts import late_before
from services.declaration.calendar.service import calendar_of
from services.declaration.declarations.workflow import DeclarationStatus
from services.declaration.regions.repository import names_of
from services.declaration.reviews import repository
from services.declaration.reviews.filters import ReviewFilter
from services.declaration.reviews.schemas import RegionColumn, RegionFigure, RegionRow, RegionsRead
from services.declaration.reviews.service import wanted_flags
from shared.addresses import BY_NAME
from shared.clock import now_utc
from shared.errors import FieldError, InvalidInput
from shared.identity import Actor

_S = DeclarationStatus
Asked = dict[str, object]
_WAITS: Asked = {"status": [_S.PENDING.value]}
# What each number counts, as the queue itself is asked for it.
COLUMNS: Final[tuple[tuple[str, str, Asked], ...]] = (
    ("pending", "待审核", _WAITS),
    ("overdue", "已超过审核期限", {**_WAITS, "late": True}),
    ("unopened", "还没有人打开", {**_WAITS, "opened": False}),
    ("flagged", "有需要留意的提示", {**_WAITS, "flagged": True}),
    ("withdrawal_requested", "单位申请撤回", {**_WAITS, "withdrawal_requested": True}),
    ("rejected", "已驳回，待单位修改", {"status": [_S.REJECTED.value]}),
)
_DIGITS: Final = {2: 4, 4: 6, 6: 6}
"""How many digits the parts of a region have whose codes begin with so many."""


async def regions_below(session: AsyncSession, *, actor: Actor, begins: str) -> RegionsRead:
    """Those of the region whose codes begin so, of the caller's own without. Raises ``InvalidInput`` for one outside it."""
    own = actor.region_prefix
    begins = begins or own
    if not begins.startswith(own) or len(begins) not in _DIGITS:
        raise InvalidInput(errors=[FieldError("region_code", "region_not_yours", "请选择本地区内的地区")])
    flags = await wanted_flags(session, actor.region_code)
    odd = repository.Odd(flags, late_before(await calendar_of(session), now_utc()))
    asked = [ReviewFilter.model_validate(wanted) for _, _, wanted in COLUMNS]
    digits = _DIGITS[len(begins)]
    found = await repository.count_by_region(session, actor, digits, begins, asked, odd)
    names = await names_of(session, {each.ljust(6, "0") for each in (*found, begins)})
    rows = [_row(code, names, counts, below=len(code) < max(_DIGITS)) for code, counts in sorted(found.items())]
    sums = [sum(counts) for counts in zip(*found.values(), strict=True)] or [0] * len(COLUMNS)
    total = _row(begins, names, sums, below=False)
    return RegionsRead(
        region_code=total.region_code,
        region_label=total.region_label,
        above=_here(begins[:-2]) if len(begins) > len(own) else None,
        columns=[RegionColumn(key=key, label=label) for key, label, _ in COLUMNS],
        rows=rows,
        total=total,
    )


def _here(begins: str) -> str:
    return f"{BY_NAME['declaration_regions'].path}?{urlencode({'region_code': begins})}"


def _row(begins: str, names: dict[str, str], counts: list[int], *, below: bool) -> RegionRow:
    code = begins.ljust(6, "0")
    return RegionRow(
        region_code=code,
        region_label=names.get(code, code),
        below=_here(begins) if below else None,
        figures=[
            RegionFigure(key=key, count=count, path=_queue({**wanted, "region_code": begins}))
            for (key, _, wanted), count in zip(COLUMNS, counts, strict=True)
        ],
    )


def _queue(wanted: Asked) -> str:
    said = {name: str(value).lower() if isinstance(value, bool) else value for name, value in wanted.items()}
    return f"{BY_NAME['declaration_reviews'].path}?{urlencode(said, doseq=True)}"
