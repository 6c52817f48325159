"""逾期与到期 of a region (BEY-10): the list, 催报 of one or many with an answer each and not more than once a day, and the phone for those
whom no notice reaches.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock import due_repository
from services.declaration.clock.due_repository import DueRow
from services.declaration.clock.filters import DueFilter
from services.declaration.clock.schemas import CallNote, DueListItem, UnitContact, UrgeBatch, UrgeResult, UrgesRead
from services.declaration.clock.states import call_refusal, state_of, urge_refusal
from services.declaration.employers.service import EMPLOYER
from services.declaration.regions.repository import names_of
from shared.clock import beijing_today, now_utc
from shared.db.paging import Page, PageRequest
from shared.errors import NotFound
from shared.events.declaration import DeclarationUrged
from shared.events.log import record
from shared.identity import Actor
from shared.web.lists import page_of
from shared.wording import Word
from shared.workflow.apply import ActionRefused
from shared.workflow.buttons import button
from shared.workflow.definition import Refusal

EMPLOYER.words.update({"urged": Word("催报"), "note": Word("通话结果")})


async def list_due(session: AsyncSession, *, actor: Actor, wanted: DueFilter, page: PageRequest) -> Page[DueListItem]:
    """One page of the caller's region."""
    today = beijing_today(now_utc())
    rows = await due_repository.list_due(session, actor, wanted, page, today)
    names = await names_of(session, {each.due.region_code for each in rows.items})
    return page_of(rows, lambda row: _item(row, names, today))


def _item(row: DueRow, names: Mapping[str, str], today: date) -> DueListItem:
    due, employer = row.due, row.employer
    return DueListItem.of(
        due,
        employer_name=employer.name,
        credit_code=employer.credit_code,
        contact_name=employer.contact_name,
        region_label=names.get(due.region_code, due.region_code),
        days_left=(due.last_day - today).days if due.last_day else None,
        state=state_of(due.last_day, today, submitted=row.submitted),
        reach=row.reach,
        allowed_actions=[
            button("urge", "催报", urge_refusal(row, today), consequence="通知该单位办理，同一天只催报一次。"),
            button("call", "记录电话催报", call_refusal(row, today)),
        ],
    )


async def urge(session: AsyncSession, *, actor: Actor, body: UrgeBatch) -> UrgesRead:
    """Tells those units what is due of them, each once a day; the others say why, unknown and foreign ones ``not_found``."""
    today = beijing_today(now_utc())
    held = await due_repository.lock_rows(session, actor, set(body.due_ids))
    refusals = {row.due.id: urge_refusal(row, today) for row in held}
    told = [row for row in held if refusals[row.due.id] is None]
    await due_repository.note_urged(session, [row.due.id for row in told], today)
    for row in told:
        _tell(session, row, actor, today)
    await session.flush()
    found = {row.due.id: _result(row, refusals[row.due.id]) for row in held}
    results = [found.get(each) or _unknown(each) for each in dict.fromkeys(body.due_ids)]
    done = sum(each.done for each in results)
    return UrgesRead(done=done, refused=len(results) - done, results=results)


def _tell(session: AsyncSession, row: DueRow, actor: Actor, today: date) -> None:
    due, employer = row.due, row.employer
    EMPLOYER.note(session, employer.id, "urge", actor=actor, after={"urged": f"{due.kind.label}：{due.reason}"})
    event = DeclarationUrged(
        employer_id=employer.id,
        employer_name=employer.name,
        region_code=due.region_code,
        kind=due.kind.value,
        kind_label=due.kind.label,
        reason=due.reason,
        days_late=max((today - due.last_day).days, 0) if due.last_day else 0,
        urged_by=actor.organisation_name,
    )
    record(session, event)


def _result(row: DueRow, refusal: Refusal | None) -> UrgeResult:
    told = UrgeResult(due_id=row.due.id, employer_name=row.employer.name, done=refusal is None)
    return told if refusal is None else told.model_copy(update={"code": refusal.code, "reason": refusal.reason})


def _unknown(due_id: UUID) -> UrgeResult:
    return UrgeResult(due_id=due_id, employer_name="", done=False, code=NotFound.code, reason=NotFound.detail)


async def note_call(session: AsyncSession, *, actor: Actor, due_id: UUID, body: CallNote) -> DueListItem:
    """A call counts as a 催报. Raises ``NotFound``, ``ActionRefused``."""
    row = await due_repository.require_row(session, actor, due_id)
    today = beijing_today(now_utc())
    if refusal := call_refusal(row, today):
        raise ActionRefused(refusal)
    due = row.due
    due.urged_on = due.called_on = today
    due.urged_count, due.call_note = due.urged_count + 1, body.note
    EMPLOYER.note(session, row.employer.id, "call", actor=actor, after={"note": body.note})
    await session.flush()
    return _item(row, await names_of(session, {due.region_code}), today)


async def contact_of(session: AsyncSession, *, actor: Actor, due_id: UUID) -> UnitContact:
    """Whom to call. Raises ``NotFound``."""
    row = await due_repository.require_row(session, actor, due_id)
    EMPLOYER.note_view(session, row.employer.id, "view_contact", actor=actor)
    return UnitContact(contact_name=row.employer.contact_name, contact_phone=row.employer.contact_phone)
