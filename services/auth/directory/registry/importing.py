"""Known companies and accounts of the old system from a sheet (ORG-07, AUTH-23): a row whose key is known is brought up to date, the same
file again changes nothing, and no row ever takes another away. They are copies of other registers, so they have no history of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.directory.registry import repository
from services.auth.directory.registry.models import Company, LegacyAccount
from services.auth.directory.registry.stock import searchable
from shared.fields import PASTED, CleanText, Landline, Mobile, Postcode, StatedUscc
from shared.identifiers import as_name, new_id
from shared.sheets import Column, RowError, read_table
from shared.sheets.entries import Entries, Entry, Taken, read_entries

# Some 6 kB of memory each.
MAX_ROWS: Final = 50_000
BATCH: Final = 1000
# What a registry holds is taken as it is, a code that misses its check digit, too (STAFF-15): whether it can be printed is asked of whoever
# writes it into a form.
WRITTEN = AfterValidator(as_name)
Region = Annotated[str, Field(pattern="^([0-9]{6})?$")]


class CompanyRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    credit_code: StatedUscc
    name: Annotated[str, CleanText(100, printed=False)]
    region_code: Region = ""
    address: Annotated[str, CleanText(200, blank=True, printed=False)] = ""
    legal_representative: Annotated[str, CleanText(50, blank=True, printed=False), WRITTEN] = ""
    status: Annotated[str, CleanText(20, blank=True, printed=False)] = ""


class OldAccountRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, CleanText(64, printed=False), AfterValidator(str.lower), PASTED]
    credit_code: StatedUscc
    company_name: Annotated[str, CleanText(100, printed=False)]
    region_code: Region = ""
    address: Annotated[str, CleanText(200, blank=True, printed=False)] = ""
    postcode: Postcode = ""
    legal_representative: Annotated[str, CleanText(50, blank=True, printed=False), WRITTEN] = ""
    contact_name: Annotated[str, CleanText(50, blank=True, printed=False), WRITTEN] = ""
    contact_phone: Mobile | Landline | None = None


@dataclass(frozen=True)
class Register:
    """One of the tables that a sheet can fill. ``also`` gives the columns that follow from a row."""

    table: type[Company] | type[LegacyAccount]
    row: type[CompanyRow] | type[OldAccountRow]
    key: str
    columns: tuple[Column, ...]
    also: Callable[[Mapping[str, Any]], Mapping[str, Any]]


_CODE = Column("credit_code", "统一社会信用代码", required=True, width=24)
_REGION = Column("region_code", "所属区县代码", help="六位行政区划代码，如 320102；可不填")
_ADDRESS = Column("address", "注册地址", width=40)
_HEAD = Column("legal_representative", "法定代表人")
COMPANIES = Register(
    Company,
    CompanyRow,
    "credit_code",
    (
        _CODE,
        Column("name", "单位名称", required=True, width=36),
        _REGION,
        _ADDRESS,
        _HEAD,
        Column("status", "登记状态", help="如 存续、注销"),
    ),
    lambda row: searchable(row["name"]),
)
OLD_ACCOUNTS = Register(
    LegacyAccount,
    OldAccountRow,
    "name",
    (
        Column("name", "原账号", required=True),
        _CODE,
        Column("company_name", "单位名称", required=True, width=36),
        _REGION,
        _ADDRESS,
        Column("postcode", "邮政编码"),
        _HEAD,
        Column("contact_name", "联系人"),
        Column("contact_phone", "联系电话"),
    ),
    lambda _row: {},
)


async def read_register(register: Register, data: bytes, name: str) -> Entries[Any]:
    """Raises what ``read_table`` raises. Takes some seconds: not while a transaction is open."""
    sheet = await read_table(data, register.columns, name=name, max_rows=MAX_ROWS)
    return read_entries(sheet, register.columns, register.row, register.key)


async def import_register(
    session: AsyncSession, register: Register, entries: Entries[Any], *, write: bool, skip_bad: bool
) -> Taken:
    """Takes a sheet whole or, when a row is bad and ``skip_bad`` does not let it be left out, not at all; without ``write`` it only says
    what would come of it."""
    misplaced = await _misplaced(session, entries.good)
    errors = [*entries.errors, *misplaced]
    bad = {error.row for error in misplaced}
    good = [entry.body.model_dump() for entry in entries.good if entry.row.number not in bad]
    applied = write and (skip_bad or not errors)
    created = changed = 0
    for part in _parts(good):
        known = await repository.by_key(session, register.table, register.key, [row[register.key] for row in part])
        new = [row for row in part if row[register.key] not in known]
        differing = [row for row in part if _differs(row, known.get(row[register.key]))]
        created, changed = created + len(new), changed + len(differing)
        if applied:
            rows = [{"id": new_id(), **row, **register.also(row)} for row in (*new, *differing)]
            await repository.put(session, register.table, register.key, rows)
    told = tuple(sorted(errors, key=lambda error: (error.row, error.column)))
    return Taken(entries.total, created, changed, len(good) - created - changed, told, applied)


async def _misplaced(session: AsyncSession, entries: Sequence[Entry[Any]]) -> list[RowError]:
    known = await repository.known_regions(session, {entry.body.region_code for entry in entries})
    return [
        entry.error("region_code", "没有这个行政区划代码，请核对或留空", "region_unknown")
        for entry in entries
        if entry.body.region_code and entry.body.region_code not in known
    ]


def _differs(row: Mapping[str, Any], known: Company | LegacyAccount | None) -> bool:
    return known is not None and any(getattr(known, name) != value for name, value in row.items())


def _parts(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
