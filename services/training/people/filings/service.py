"""Saving, submitting and revoking a filing (ORG-01…06, ORG-14), and whether a unit's people may be changed now (ORG-04, ORG-05)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.filings import repository
from services.training.people.filings.form import FIELDS, REQUIRED
from services.training.people.filings.models import Filing
from services.training.people.filings.schemas import (
    NONE,
    CheckItem,
    FilingCreate,
    FilingDraft,
    FilingListItem,
    FilingRead,
    FilingTab,
    FilingUpdate,
    Instrument,
)
from services.training.people.filings.workflow import (
    FILING,
    FileKind,
    FilingAction,
    FilingKind,
    FilingStatus,
    ServiceItem,
    Tab,
)
from services.training.people.institutions.service import ensure_own_unit
from shared.attachments import keep_of_kind
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.db.history import history_of
from shared.db.violations import refused_as
from shared.errors import Conflict, NotFound, Overtaken
from shared.identity import Actor
from shared.web.attached import by_kind
from shared.web.drafts import problem_fields, read_draft
from shared.web.form_tables import words_of_fields
from shared.web.forms import RecordFormCheckRead
from shared.web.histories import HistoryEntry, history_entries
from shared.web.versions import require_version
from shared.wording import files, lines
from shared.workflow.apply import apply
from shared.workflow.buttons import allowed_actions
from shared.workflow.colours import Colour
from shared.workflow.definition import ActionBody

FILING.words.update(
    **words_of_fields(FIELDS),
    instruments=lines("仪器信息", Instrument),
    items=lines("检查项目", CheckItem),
    **{each.label: files(each.label) for each in FileKind},
)
STANDING = "正常"
NOT_BEGUN = "未填报"
SAVE_FIRST = "请先填写并保存“基本信息”"
_READ_ONLY = "只有本单位可以修改"
_FILE_KINDS = {each.value: each.label for each in FileKind}


class FilingTaken(Conflict):
    code = "filing_exists"
    detail = "本单位已填报过该类资质，请打开已有的资质申报修改"


class FilingSubmitted(Conflict):
    """ORG-05."""

    code = "filing_submitted"

    def __init__(self, kind: FilingKind) -> None:
        super().__init__(
            f"“{kind.label}”已提交，请先点击“撤销”再修改；撤销只改变状态，不会删除任何数据，也不影响已有的报名"
        )


class FilingMissing(Conflict):
    """ORG-04."""

    code = "filing_missing"
    detail = "请先在资质申报中填写并保存“基本信息”，再维护人员信息"


async def list_kinds(session: AsyncSession, actor: Actor) -> list[FilingListItem]:
    """The kinds of filing, each with how far the unit is (ORG-01)."""
    own = {filing.kind: filing for filing in await repository.list_own(session, actor)}
    return [_item(kind, own.get(kind)) for kind in FilingKind]


_ADVICE = {
    None: "请填写基本信息并保存，然后即可维护人员信息",
    FilingStatus.UNSUBMITTED: "可继续修改；资料齐全后提交，未备案的只需保存",
    FilingStatus.SUBMITTED: "已提交；如需修改请先撤销",
}


def _item(kind: FilingKind, filing: Filing | None) -> FilingListItem:
    return FilingListItem(
        kind=kind,
        id=filing.id if filing else None,
        status=filing.status if filing else None,
        status_label=filing.status.label if filing else NOT_BEGUN,
        colour=filing.status.colour if filing else Colour.QUIET,
        advice=_ADVICE[filing.status if filing else None],
        tabs=[
            FilingTab(key=each.value, label=each.label, reason=None if filing or each is Tab.BASICS else SAVE_FIRST)
            for each in Tab
        ],
    )


def check_form(given: Mapping[str, object]) -> RecordFormCheckRead:
    """基本信息 while it is filled in: what is there is judged, nothing is written (ORG-03)."""
    _, errors = read_draft(FilingDraft, given)
    return RecordFormCheckRead(errors=problem_fields(errors), hints=[], required_now=list(REQUIRED))


async def create_filing(session: AsyncSession, *, actor: Actor, body: FilingCreate) -> FilingRead:
    """The first saving of a kind. Raises FilingTaken."""
    await ensure_own_unit(session, actor)
    if await repository.get_own(session, actor, body.kind):
        raise FilingTaken
    values = _stored(body.model_dump(exclude={"kind"}), unfiled=body.model_dump()["unfiled"])
    filing = Filing(institution_id=actor.organisation_id, kind=body.kind, **values)
    session.add(filing)
    with refused_as(lambda _: Overtaken()):  # first saved in this very moment in another window
        await session.flush()
    FILING.note(session, filing.id, "create", actor=actor, after=_clean(values))
    await session.refresh(filing, ["institution", "updated_at"])
    return await read_filing(session, filing, actor)


async def save_filing(
    session: AsyncSession, *, actor: Actor, filing_id: UUID, expected: int, body: FilingUpdate
) -> FilingRead:
    """保存 of what was sent. Raises VersionMismatch, and FilingSubmitted while 已提交 (ORG-05)."""
    filing = await _require_open_filing(session, actor, filing_id, expected)
    values = _stored(body.model_dump(exclude_unset=True), unfiled=filing.unfiled)
    new = {name: value for name, value in values.items() if getattr(filing, name) != value}
    before = {name: getattr(filing, name) for name in new}
    for name, value in new.items():
        setattr(filing, name, value)
    if new:
        FILING.note(session, filing.id, "update", actor=actor, before=_clean(before), after=_clean(new))
    await session.flush()
    return await read_filing(session, await repository.require_filing(session, actor, filing_id), actor)


async def keep_attachments(
    session: AsyncSession, *, actor: Actor, filing_id: UUID, kind: str, expected: int, ids: Sequence[UUID]
) -> FilingRead:
    """Exactly these files are the filing's of that kind (ORG-02). Raises ``NotFound`` for a kind that there is not, VersionMismatch,
    FilingSubmitted, and ``InvalidInput`` for files that cannot be had."""
    filing = await _require_open_filing(session, actor, filing_id, expected)
    if kind not in _FILE_KINDS:
        raise NotFound("没有这一类附件")
    before = await keep_of_kind(session, FILING, filing.id, ids, kind=kind, labels=_FILE_KINDS, actor=actor)
    if set(before) != set(ids):
        label, now = _FILE_KINDS[kind], [str(each) for each in ids]
        then = [str(each) for each in before]
        FILING.note(session, filing.id, "attach", actor=actor, before={label: then}, after={label: now})
        # The files are not in its columns, and two editors must not both win (PLAT-03).
        filing.updated_at = now_utc()
        await session.flush()
    return await read_filing(session, await repository.require_filing(session, actor, filing_id), actor)


async def _require_open_filing(session: AsyncSession, actor: Actor, filing_id: UUID, expected: int) -> Filing:
    filing = await repository.require_filing(session, actor, filing_id)
    await require_version(session, FILING, filing, expected)
    if filing.status is not FILING.initial:
        raise FilingSubmitted(filing.kind)
    return filing


async def act_on_filing(
    session: AsyncSession, actor: Actor, filing_id: UUID, action: FilingAction, body: ActionBody
) -> FilingRead:
    """提交 or 撤销."""
    filing = await repository.require_filing(session, actor, filing_id)
    await apply(session, FILING, filing, action, actor=actor, body=body)
    return await read_filing(session, await repository.require_filing(session, actor, filing_id), actor)


async def require_open(session: AsyncSession, actor: Actor) -> None:
    """That the actor's unit may change its people now. Raises FilingMissing (ORG-04) and FilingSubmitted (ORG-05)."""
    standings = await repository.standings_of(session, [actor.organisation_id])
    saved, closed = standings.get(actor.organisation_id, repository.NOTHING_SAVED)
    if not saved:
        raise FilingMissing
    if closed:
        raise FilingSubmitted(closed)


def _stored(given: dict[str, Any], *, unfiled: bool) -> dict[str, Any]:
    """The columns that ``given`` sets. 备案编号 无 is the switch 未备案, a number that is given turns it off, and with it on there is no
    number and no date (ORG-06)."""
    number = given.get("number")
    if number == NONE:
        given = {**given, "unfiled": True}
    elif number and "unfiled" not in given:
        given = {**given, "unfiled": False}
    if given.get("unfiled", unfiled):
        given = {**given, "number": None, "filed_on": None}
    if "services" in given:
        given = {**given, "services": [each.value for each in given["services"]]}
    return given


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """As a history row may hold it (PLAT-04, PLAT-05)."""
    shown = dict(values)
    if shown.get("contact_mobile"):
        shown["contact_mobile"] = mask_phone(shown["contact_mobile"])
    if shown.get("filed_on"):
        shown["filed_on"] = shown["filed_on"].isoformat()
    return shown


async def history_of_filing(session: AsyncSession, *, actor: Actor, filing_id: UUID) -> list[HistoryEntry]:
    """Who did what and when, oldest first (PLAT-04). Raises ``NotFound``."""
    filing = await repository.require_filing(session, actor, filing_id)
    return history_entries(await history_of(session, FILING, filing.id), actor, FILING, {"attach": "更新附件"})


def _closed(filing: Filing, *, own: bool) -> str | None:
    """Why nothing of it can be changed now (ORG-05, PLAT-02)."""
    if not own:
        return _READ_ONLY
    return None if filing.status is FILING.initial else FilingSubmitted(filing.kind).detail


async def read_filing(session: AsyncSession, filing: Filing, actor: Actor) -> FilingRead:
    """The whole filing as its unit, or an office, sees it."""
    files = await repository.attachments_of(session, filing.id)
    own = actor.organisation_id == filing.institution_id
    return FilingRead.of(
        filing,
        contact_mobile=filing.contact_mobile if own else mask_phone(filing.contact_mobile),
        number=NONE if filing.unfiled else filing.number,
        standing=STANDING,
        services=[{"code": each.value, "label": each.label} for each in ServiceItem if each.value in filing.services],
        attachments=by_kind(FileKind, files),
        closed=_closed(filing, own=own),
        allowed_actions=allowed_actions(FILING, filing, actor, now_utc()),
    )
