"""Opening an organisation, telling the other services of it, and how its overseers see it (机构管理, ORG-12). Who may ask for one
(applications, enterprise sign-up) is not decided here.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.directory.organisations import repository
from services.auth.directory.organisations.filters import OrganisationFilters
from services.auth.directory.organisations.grantable import grantable_at
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.schemas import (
    OrganisationDetail,
    OrganisationListItem,
    OrganisationOpen,
)
from services.auth.directory.organisations.workflow import (
    ORGANISATION,
    OrganisationKind,
    not_editor,
    organisation_changed,
)
from services.auth.directory.regions.service import check_region
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.db.history import history_of
from shared.db.paging import PageRequest, Rows
from shared.db.types import field_cipher
from shared.errors import Conflict
from shared.events.bookmarks import handled
from shared.events.declaration import EmployerChanged
from shared.events.log import record
from shared.identifiers import new_id
from shared.identity import SYSTEM, Actor
from shared.reference.pinyin import folded, initials, search_pieces
from shared.web.histories import HistoryEntry, history_entries
from shared.wording import Word, counted, unsaid
from shared.workflow.buttons import allowed_actions, button

ORGANISATION.words.update(
    {
        "level": Word("级别", {"unit": "单位", "county": "区县", "city": "地市", "province": "省级"}.get),
        "head_office_id": unsaid("总机构"),
        "jurisdiction_code": Word("业务管辖地区"),
        "legal_representative_title": Word("法定代表人职务"),
        "legacy_account": Word("原系统账号"),
        "imported": counted("自原系统导入的栏目", "项"),
        "name": Word("单位名称"),
        "short_name": Word("单位简称"),
        "credit_code": Word("统一社会信用代码"),
        "branch_no": Word("分支机构编号"),
        "region_code": Word("行政区划"),
        "phone": Word("联系电话"),
        "address": Word("单位地址"),
        "postcode": Word("邮编"),
        "legal_representative": Word("法定代表人"),
        "contact_name": Word("联系人"),
        "contact_phone": Word("联系人电话"),
        "kinds": Word("单位属性", {kind.value: kind.label for kind in OrganisationKind}.__getitem__),
    }
)
# What is done with an organisation beside the actions of its table.
DONE = {"open": "开通", "correct": "更正", "import_legacy": "自原系统导入"}


class CreditCodeTaken(Conflict):
    code = "credit_code_taken"
    detail = "该统一社会信用代码已有单位使用，分支机构请填写分支机构编号"


async def open_organisation(
    session: AsyncSession, *, actor: Actor, body: OrganisationOpen, organisation_id: UUID | None = None
) -> Organisation:
    """A new organisation; emits ``OrganisationChanged``. Raises CreditCodeTaken (X22) and InvalidInput for a region that is not valid
    today (ORG-13)."""
    await check_region(session, body.region_code)
    if body.jurisdiction_code:
        await check_region(session, body.jurisdiction_code, "jurisdiction_code")
    if await repository.get_by_code(session, body.credit_code, body.branch_no):
        raise CreditCodeTaken
    values = {
        **body.model_dump(),
        "phone": body.phone or "",
        "postcode": body.postcode or "",
        "kinds": list(body.kinds),
    }
    organisation = Organisation(id=organisation_id or new_id(), **values, **_searchable(body.name))
    session.add(organisation)
    await session.flush()
    ORGANISATION.note(
        session,
        organisation.id,
        "open",
        actor=actor,
        after=body.model_dump(mode="json", exclude={"phone", "contact_phone"}),
        version=0,
    )
    record(session, organisation_changed(organisation))
    return organisation


def _searchable(name: str) -> dict[str, Any]:
    return {"name_folded": folded(name), "name_initials": initials(name), "name_pieces": search_pieces(name)}


async def follow_employer(session: AsyncSession, event: EmployerChanged) -> tuple[Organisation, frozenset[str]]:
    """An employer has corrected its basics (ORG-11): the directory says the same, and tells the others. Gives the organisation and the
    names of what differs now: nothing for news that comes late (a parked event that is let go again), which is passed over."""
    organisation = await repository.require_for_change(session, event.employer_id)
    told_at = handled.get().occurred_at
    if organisation.basics_changed_at is not None and organisation.basics_changed_at > told_at:
        return organisation, frozenset()
    news = event.model_dump(
        mode="json", include={"name", "region_code", "address", "legal_representative", "contact_name"}
    )
    before = {name: getattr(organisation, name) for name in news}
    contact = event.contact_phone.open(field_cipher()) if event.contact_phone else None
    rewrite(organisation, {**news, "contact_phone": contact, "basics_changed_at": told_at})
    ORGANISATION.note(session, organisation.id, "correct", actor=SYSTEM, before=before, after=news)
    record(session, organisation_changed(organisation))
    await session.flush()
    return organisation, frozenset(name for name, value in news.items() if value != before[name])


async def hold_organisation(session: AsyncSession, organisation_id: UUID) -> Organisation:
    """The organisation as it is now, locked until the transaction ends. Raises NotFound."""
    return await repository.require_for_change(session, organisation_id)


def rewrite(organisation: Organisation, news: Mapping[str, Any]) -> None:
    """Sets these fields; what finds it by its name follows."""
    for name, value in {**news, **(_searchable(news["name"]) if "name" in news else {})}.items():
        setattr(organisation, name, value)


def add_kinds(
    session: AsyncSession, organisation: Organisation, kinds: Iterable[OrganisationKind], actor: Actor
) -> None:
    """It is of these kinds, too; the other services are told when that is news."""
    before = list(organisation.kinds)
    after = list(dict.fromkeys([*before, *(kind.value for kind in kinds)]))
    if after == before:
        return
    organisation.kinds = after
    ORGANISATION.note(session, organisation.id, "update", actor=actor, before={"kinds": before}, after={"kinds": after})
    record(session, organisation_changed(organisation))


async def list_organisations(
    session: AsyncSession, actor: Actor, *, filters: OrganisationFilters, page: PageRequest
) -> Rows[Organisation]:
    """One page of the organisations that the actor oversees (ORG-12)."""
    return await repository.list_organisations(session, actor, filters=filters, page=page)


async def get_organisation(session: AsyncSession, actor: Actor, organisation_id: UUID) -> OrganisationDetail:
    """One organisation that the actor oversees; raises NotFound."""
    return read_detail(await repository.require_overseen(session, actor, organisation_id), actor)


async def organisation_history(session: AsyncSession, actor: Actor, organisation_id: UUID) -> list[HistoryEntry]:
    """Everything that was done with the organisation, oldest first (PLAT-04); raises NotFound."""
    organisation = await repository.require_overseen(session, actor, organisation_id)
    rows = await history_of(session, ORGANISATION, organisation.id)
    return history_entries(rows, actor, ORGANISATION, DONE)


def list_item(organisation: Organisation, actor: Actor) -> OrganisationListItem:
    """A row of the list."""
    actions = allowed_actions(ORGANISATION, organisation, actor, now_utc())
    return OrganisationListItem.of(organisation, allowed_actions=actions)


def read_detail(organisation: Organisation, actor: Actor) -> OrganisationDetail:
    """The whole organisation as its overseer sees it; the contact's phone is masked (PLAT-05)."""
    contact = organisation.contact_phone
    return OrganisationDetail.of(
        organisation,
        contact_phone=mask_phone(contact) if contact else "",
        edits=[button("update", "修改资料", not_editor(organisation, actor))],
        grantable=grantable_at(organisation.level),
        allowed_actions=allowed_actions(ORGANISATION, organisation, actor, now_utc()),
    )
