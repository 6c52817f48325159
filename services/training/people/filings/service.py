"""Saving, submitting and revoking a filing (ORG-01…06, ORG-14), and whether a unit's people may be changed now (ORG-04, ORG-05)."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.filings import repository
from services.training.people.filings.models import Filing
from services.training.people.filings.schemas import (
    NONE,
    CheckItem,
    FilingCreate,
    FilingListItem,
    FilingRead,
    FilingSave,
    Instrument,
)
from services.training.people.filings.workflow import FILING, FilingAction, FilingKind, FilingStatus, ServiceItem
from services.training.people.institutions.service import ensure_own_unit
from shared.attachments import keep_exactly
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.errors import Conflict
from shared.identity import Actor
from shared.web.versions import require_version
from shared.wording import Word, files, lines, words_of
from shared.workflow.apply import apply
from shared.workflow.definition import ActionBody, allowed_actions

FILING.words.update(
    words_of(
        FilingSave,
        contact_mobile=Word("联系人手机"),
        phone=Word("电话"),
        fax=Word("传真"),
        postcode=Word("邮编"),
        email=Word("联系邮箱"),
        filed_on=Word("备案日期"),
        instruments=lines("仪器信息", Instrument),
        items=lines("检查项目", CheckItem),
        attachment_ids=files("资质附件"),
    )
)
STANDING = "正常"
NOT_BEGUN = "未填报"


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
        advice=_ADVICE[filing.status if filing else None],
    )


async def create_filing(session: AsyncSession, *, actor: Actor, body: FilingCreate) -> FilingRead:
    """The first saving of a kind. Raises FilingTaken."""
    await ensure_own_unit(session, actor)
    if await repository.get_own(session, actor, body.kind):
        raise FilingTaken
    filing = Filing(institution_id=actor.organisation_id, kind=body.kind, **_values(body))
    session.add(filing)
    await session.flush()
    await _keep_files(session, actor, filing, body)
    FILING.note(session, filing.id, "create", actor=actor, after=_told(body))
    await session.refresh(filing, ["institution", "updated_at"])
    return await read_filing(session, filing, actor)


async def save_filing(
    session: AsyncSession, *, actor: Actor, filing_id: UUID, expected: int, body: FilingSave
) -> FilingRead:
    """保存. Raises VersionMismatch, and FilingSubmitted while 已提交 (ORG-05)."""
    filing = await repository.require_filing(session, actor, filing_id)
    await require_version(session, FILING, filing, expected)
    if filing.status is not FILING.initial:
        raise FilingSubmitted(filing.kind)
    new = {name: value for name, value in _values(body).items() if getattr(filing, name) != value}
    before = {name: getattr(filing, name) for name in new}
    for name, value in new.items():
        setattr(filing, name, value)
    await _keep_files(session, actor, filing, body)
    if new:
        _remember_change(session, actor, filing, before, new)
    await session.flush()
    return await read_filing(session, await repository.require_filing(session, actor, filing_id), actor)


def _remember_change(
    session: AsyncSession, actor: Actor, filing: Filing, before: dict[str, Any], after: dict[str, Any]
) -> None:
    FILING.note(session, filing.id, "update", actor=actor, before=_clean(before), after=_clean(after))


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


def _values(body: FilingSave) -> dict[str, Any]:
    values = body.model_dump(exclude={"kind", "attachment_ids"})
    return {**values, "services": [each.value for each in body.services]}


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    shown = {**values, "contact_mobile": mask_phone(values["contact_mobile"])} if "contact_mobile" in values else values
    return {name: value.isoformat() if name == "filed_on" and value else value for name, value in shown.items()}


def _told(body: FilingSave) -> dict[str, Any]:
    return _clean(_values(body))


async def _keep_files(session: AsyncSession, actor: Actor, filing: Filing, body: FilingSave) -> None:
    await keep_exactly(session, FILING, filing.id, body.attachment_ids, actor=actor, field="attachment_ids")


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
        attachments=files,
        allowed_actions=allowed_actions(FILING, filing, actor, now_utc()),
    )
