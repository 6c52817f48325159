"""Who saw and changed what, over all records of a service (PLAT-04): its history, searched by the administration of the platform (AUTH-31).
Values are as the history has them, which keeps no resident id and no phone in clear (PLAT-05), and are read by the record's own words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Text, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import beijing_today, end_of_beijing_day, now_utc, start_of_beijing_day
from shared.db.emptied import EMPTYINGS
from shared.db.history import History, RecordType
from shared.db.paging import Filter, Page, PageRequest, Rows, fetch_page
from shared.days import Day
from shared.fields import Copied
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.sheets import Column
from shared.web.answers import Read
from shared.web.callers import Administrator
from shared.web.exports import Export, add_export_routes, export_router
from shared.web.histories import COMMON, HistoryChange, actor_of_row, changes_of_row
from shared.web.lists import PageOf, TrueMoment, page_of
from shared.web.route import Session, UnitOfWorkRoute
from shared.web.versions import NamesOf
from shared.wording import NOTHING, Names, Word, unsaid
from shared.workflow.definition import Workflow

# As far back as a search looks that names neither a day nor a record: a history of years is not read through for a name.
LOOKED_BACK = timedelta(days=31)
_COLUMNS = {"id": History.id, "at": History.at}


@dataclass(frozen=True)
class Kept:
    """A kind of record whose history a service has. ``label`` is what people call it, a workflow's own unless told; ``done`` are the words of
    what is done beside the actions of its workflow and the common ones; ``names`` finds what codes and ids in its rows are called that only
    the database knows."""

    of: RecordType
    label: str = ""
    done: Mapping[str, str] = field(default_factory=dict)
    names: NamesOf | None = None

    @property
    def title(self) -> str:
        return self.label or (self.of.label if isinstance(self.of, Workflow) else "") or "其他记录"

    @property
    def words(self) -> dict[str, str]:
        actions = self.of.actions() if isinstance(self.of, Workflow) else ()
        return {**COMMON, **{action.value: action.label for action in actions}, **self.done}


# What the kit itself writes down, of no record of the service.
_EMPTYING = RecordType(EMPTYINGS, words={"rows": Word("条数"), "till": Word("清除至"), "digest": unsaid("摘要")})
_OWN = {EMPTYINGS: Kept(_EMPTYING, "变更记录", {"empty": "到期清除"})}


class AuditFilter(Filter):
    """Without ``record_id`` and ``at_from`` the last 31 days are searched."""

    record_type: Annotated[str, Copied(40)] | None = Field(default=None, description="记录类型的代码")
    record_id: UUID | None = Field(default=None, description="记录的标识")
    actor_id: UUID | None = Field(default=None, description="办理人账号的标识")
    actor: Annotated[str, Copied(100)] = Field(default="", description="办理人姓名或单位名称的一部分")
    action: Annotated[str, Copied(60)] | None = Field(default=None, description="操作的代码")
    views: bool | None = Field(default=None, description="只看查看记录；false 为只看变更")
    q: Annotated[str, Copied(100)] = Field(default="", description="变更内容或理由中的文字，如编号、名称")
    at_from: Day | None = Field(default=None, description="起（北京时间，含当日）；不填为最近 31 天")
    until: TrueMoment | None = Field(default=None, description="此刻及以前的，用于多个服务一起翻页")
    at_to: Day | None = Field(default=None, description="止（北京时间，含当日）")


class AuditEntry(Read):
    """One change of one record, or one view of it: who, when, from where, what, why."""

    id: int
    at: datetime
    record_type: str = Field(description="记录类型的代码")
    record_type_label: str = Field(description="记录类型")
    record_id: UUID
    action: str
    action_label: str
    viewed: bool = Field(description="是否为查看；否则为变更")
    actor_id: UUID = Field(description="办理人账号的标识")
    actor_name: str
    address: str
    reason: str | None
    changes: list[HistoryChange]


class AuditedRecordType(BaseModel):
    """A kind of record that can be searched for, with what is done with it."""

    code: str
    label: str
    actions: dict[str, str]


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    last = wanted.at_to or beijing_today(now_utc())
    first = wanted.at_from or (None if wanted.record_id else last - LOOKED_BACK)
    text = wanted.q.strip()
    told = or_(*(cast(column, Text).icontains(text, autoescape=True) for column in (History.before, History.after)))
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.record_type, History.record_type == wanted.record_type),
        (wanted.record_id, History.record_id == wanted.record_id),
        (wanted.actor_id, History.actor_id == wanted.actor_id),
        (wanted.actor.strip() or None, History.actor_name.icontains(wanted.actor.strip(), autoescape=True)),
        (wanted.action, History.action == wanted.action),
        (wanted.views, History.position.is_(None) if wanted.views else History.position.is_not(None)),
        (text or None, or_(told, History.reason.icontains(text, autoescape=True))),
        (first, History.at >= start_of_beijing_day(first or last)),
        (wanted.until, History.at <= (wanted.until or now_utc())),
        (wanted.at_to, History.at <= end_of_beijing_day(last)),
    ]
    return [condition for given, condition in asked if given is not None]


async def find(session: AsyncSession, wanted: AuditFilter, page: PageRequest) -> Rows[History]:
    """One page of the history of all records, the newest first."""
    statement = select(History).where(*_conditions(wanted))
    return await fetch_page(session, statement, columns=_COLUMNS, default_sort="-at,-id", page=page)


async def _names(session: AsyncSession, rows: Sequence[History], kept: Mapping[str, Kept]) -> dict[NamesOf, Names]:
    asked = {kept[row.record_type].names for row in rows if row.record_type in kept}
    return {each: await each(session) for each in asked if each}


def _entry(row: History, kept: Mapping[str, Kept], names: Mapping[NamesOf, Names]) -> AuditEntry:
    known = kept.get(row.record_type) or _OWN.get(row.record_type) or Kept(RecordType(row.record_type))
    return AuditEntry.of(
        row,
        record_type_label=known.title,
        action_label=known.words.get(row.action, row.action),
        actor_name=actor_of_row(row),
        viewed=row.position is None,
        changes=changes_of_row(known.of, row, names[known.names] if known.names else NOTHING),
    )


def _in_words(entry: AuditEntry) -> str:
    return "；".join(f"{each.label}：{each.before or '（空）'} → {each.after or '（空）'}" for each in entry.changes)


_COLUMNS_OF_SHEET = (
    Column("at", "时间", width=20),
    Column("actor_name", "办理人", width=24),
    Column("address", "来自", width=16),
    Column("record_type_label", "记录类型", width=16),
    Column("record_id", "记录标识", width=38),
    Column("action_label", "操作", width=14),
    Column("changes", "内容", width=80),
    Column("reason", "理由", width=40),
)


def audit_routers(service: Service, records: Sequence[Kept]) -> tuple[APIRouter, APIRouter]:
    """Its routes, for the records that the service keeps, and their sheet (BEY-07)."""
    router = APIRouter(prefix=f"/api/{service}/audit", tags=["操作记录"], route_class=UnitOfWorkRoute)
    kept = {each.of.name: each for each in records}
    types = [AuditedRecordType(code=name, label=each.title, actions=each.words) for name, each in kept.items()]

    @router.get("", name=f"list_{service}_audit", summary="操作记录：谁在何时查看、修改了什么")
    async def listed(
        session: Session, actor: Administrator, page: PageOf, wanted: Annotated[AuditFilter, Query()]
    ) -> Page[AuditEntry]:
        rows = await find(session, wanted, page)
        names = await _names(session, rows.items, kept)
        return page_of(rows, lambda row: _entry(row, kept, names))

    @router.get("/record-types", name=f"list_{service}_audited", summary="操作记录涉及的记录类型")
    async def named(actor: Administrator) -> list[AuditedRecordType]:
        return types

    made = {"changes": _in_words, "record_id": lambda entry: str(entry.record_id)}
    sheet = Export("audit", "操作记录", listed, _COLUMNS_OF_SHEET, made=made, operation=f"{service}_audit")
    sheets = export_router(service)
    add_export_routes(sheets, (sheet,))
    return router, sheets
