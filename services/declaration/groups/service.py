"""Groups of employers (BEY-17): a company makes one and asks its branches; each consents by its own account or its county, and may leave.
Whoever changes a membership holds the branch's row first, so that two groups, two clicks, and a head that is filling in go one by one.
"""

from typing import Final
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.service import EmployerInactive
from services.declaration.employers.models import Employer
from services.declaration.employers.repository import require_locked
from services.declaration.groups import limits, repository
from services.declaration.groups.announcements import group_consent_asked, group_invited
from services.declaration.groups.filters import MemberFilter, MembershipFilter
from services.declaration.groups.models import Group, GroupMember
from services.declaration.groups.presentation import member_read, membership_read
from services.declaration.groups.schemas import (
    GroupCreate,
    GroupRead,
    Invitation,
    MemberRead,
    MembershipRead,
    OwnGroup,
)
from services.declaration.groups.workflow import MEMBERSHIP, Consent, MemberAction
from services.declaration.regions.repository import names_of
from shared.clock import now_utc
from shared.db.history import History, RecordType, history_of
from shared.db.paging import Page, PageRequest, Rows
from shared.errors import Conflict, FieldError, InvalidInput, NotFound
from shared.events.log import record
from shared.identifiers import new_id
from shared.identity import Actor
from shared.web.lists import page_of
from shared.web.versions import require_version
from shared.wording import words_of
from shared.workflow.apply import apply
from shared.workflow.definition import ActionBody

MOST_MEMBERS: Final = 500
GROUP: Final = RecordType("group")
GROUP.words.update(words_of(GroupCreate))
MEMBERSHIP.words.update(words_of(Invitation))


class GroupExists(Conflict):
    code = "group_exists"
    detail = "本单位已组建集团，每个单位只能组建一个；请直接邀请成员"


class NoGroup(Conflict):
    code = "no_group"
    detail = "本单位还没有组建集团，请先填写集团名称并组建"


class GroupFull(Conflict):
    code = "group_full"
    detail = f"一个集团最多 {MOST_MEMBERS} 个单位，请先移出不再需要的单位"


class AskedAlready(Conflict):
    code = "asked_already"
    detail = "已邀请该单位，请等待其答复；如需区县代为同意，请勾选后再次邀请"


class JoinedAlready(Conflict):
    code = "joined_already"
    detail = "该单位已经是本集团的成员，不需要再次邀请"


async def own_group(session: AsyncSession, *, actor: Actor) -> OwnGroup:
    """The group of the actor's company."""
    group = await repository.group_of(session, actor.organisation_id)
    return OwnGroup(group=await read_group(session, group) if group else None)


async def read_group(session: AsyncSession, group: Group) -> GroupRead:
    joined, invited = await repository.count_members(session, group.id)
    return GroupRead.of(group, joined=joined, invited=invited, most=MOST_MEMBERS)


async def make_group(session: AsyncSession, *, actor: Actor, body: GroupCreate) -> GroupRead:
    """The company's account makes its group. Raises ``GroupExists``, ``EmployerInactive``."""
    head = await require_locked(session, actor.organisation_id)
    if not head.active:
        raise EmployerInactive
    if await repository.group_of(session, head.id) is not None:
        raise GroupExists
    group = Group(id=new_id(), head_id=head.id, head=head, name=body.name)
    session.add(group)
    GROUP.note(session, group.id, "create", actor=actor, after={"name": body.name})
    await session.flush()
    return await read_group(session, group)


async def rename_group(
    session: AsyncSession, *, actor: Actor, group_id: UUID, body: GroupCreate, expected: int
) -> GroupRead:
    """Its branches read the new name from now on. Raises ``NotFound`` for another company's, ``VersionMismatch``."""
    group = await repository.group_of(session, actor.organisation_id, lock=True)
    if group is None or group.id != group_id:
        raise NotFound
    await require_version(session, GROUP, group, expected)
    if body.name != group.name:
        GROUP.note(session, group.id, "update", actor=actor, before={"name": group.name}, after={"name": body.name})
        group.name = body.name
        await session.flush()
    return await read_group(session, group)


async def invite(session: AsyncSession, redis: Redis, *, actor: Actor, body: Invitation) -> MemberRead:
    """Asks a branch, or asks it again. Raises ``NoGroup``, ``GroupFull``, ``AskedAlready``, ``JoinedAlready``, ``ActionRefused``,
    ``TooManyWrongInvitations``, and ``InvalidInput`` for a unit that there is not and for the company itself."""
    await limits.refuse_guesser(redis, actor)
    group = await repository.group_of(session, actor.organisation_id, lock=True)
    if group is None:
        raise NoGroup
    employer = await repository.employer_called(session, body.credit_code, body.name)
    if employer is None:
        await limits.count_guess(redis, actor)
        words = "平台上没有信用代码和名称都与此相符的在用单位，请按营业执照核对；尚未开户的单位请先开户"
        raise InvalidInput(errors=[FieldError("credit_code", "employer_unknown", words)])
    if employer.id == group.head_id:
        words = "这是本单位自己的信用代码和名称；本单位就是集团总部，不需要邀请"
        raise InvalidInput(errors=[FieldError("credit_code", "own_unit", words)])
    member = await _asked_again(session, group, employer, actor, body) or await _ask(
        session, group, employer, actor, body
    )
    return (await read_members(session, [member], actor))[0]


async def _asked_again(
    session: AsyncSession, group: Group, employer: Employer, actor: Actor, body: Invitation
) -> GroupMember | None:
    member = await repository.pair_of(session, group.id, employer.id)
    if member is None:
        return None
    if member.status.is_member:
        raise JoinedAlready
    if member.status.is_asked and (member.county_asked or not body.county_asked):
        raise AskedAlready
    if not member.status.is_asked:
        await apply(session, MEMBERSHIP, member, MemberAction.INVITE, actor=actor)
    if body.county_asked and not member.county_asked:
        member.county_asked = True
        MEMBERSHIP.note(session, member.id, "ask_county", actor=actor, after={"county_asked": True})
        record(session, group_consent_asked(member))
    await session.flush()
    return member


async def _ask(session: AsyncSession, group: Group, employer: Employer, actor: Actor, body: Invitation) -> GroupMember:
    if sum(await repository.count_members(session, group.id)) >= MOST_MEMBERS:
        raise GroupFull
    member = GroupMember(
        id=new_id(),
        group=group,
        employer=employer,
        name=body.name,
        credit_code=body.credit_code,
        county_asked=body.county_asked,
        invited_at=now_utc(),
        invited_by=actor.person_name,
    )
    session.add(member)
    MEMBERSHIP.note(session, member.id, "create", actor=actor, after=body.model_dump(mode="json"))
    await session.flush()
    await session.refresh(member, ["joined_elsewhere", "is_confidential"])
    record(session, group_invited(member))
    if member.county_asked:
        record(session, group_consent_asked(member))
    return member


async def list_members(
    session: AsyncSession, *, actor: Actor, wanted: MemberFilter, page: PageRequest
) -> Page[MemberRead]:
    """The head's own list."""
    rows = await repository.list_members(session, actor, wanted, page)
    shown = await read_members(session, list(rows.items), actor)
    return Page(items=shown, next_cursor=rows.next_cursor, total=rows.total, total_is_exact=rows.total_is_exact)


async def read_members(session: AsyncSession, members: list[GroupMember], actor: Actor) -> list[MemberRead]:
    """With what stands of the declarations of those that are members now."""
    joined = [each.employer_id for each in members if each.status.is_member]
    open_ones, last = await repository.declarations_of(session, joined)
    due = await repository.due_of(session, joined)
    names = await names_of(session, {each.employer.region_code for each in members})
    now = now_utc()
    return [member_read(each, actor, now, names=names, open_ones=open_ones, last=last, due=due) for each in members]


async def list_memberships(
    session: AsyncSession, *, actor: Actor, wanted: MembershipFilter, page: PageRequest
) -> Page[MembershipRead]:
    """What a branch, or the county, is asked and has answered."""
    rows: Rows[GroupMember] = await repository.list_memberships(session, actor, wanted, page)
    names, now = await names_of(session, {each.employer.region_code for each in rows.items}), now_utc()
    return page_of(rows, lambda row: membership_read(row, actor, now, names))


async def read_membership(session: AsyncSession, *, actor: Actor, member_id: UUID) -> MembershipRead:
    """Raises ``NotFound``."""
    return await _shown(session, await repository.require_membership(session, actor, member_id), actor)


async def _shown(session: AsyncSession, member: GroupMember, actor: Actor) -> MembershipRead:
    names = await names_of(session, {member.employer.region_code})
    return membership_read(member, actor, now_utc(), names)


async def history_of_membership(session: AsyncSession, *, actor: Actor, member_id: UUID) -> list[History]:
    """Raises ``NotFound``."""
    member = await repository.require_membership(session, actor, member_id)
    return await history_of(session, MEMBERSHIP, member.id)


async def act_on_membership(
    session: AsyncSession, actor: Actor, record_id: UUID, action: MemberAction, body: ActionBody
) -> MembershipRead:
    """One step of the workflow. Raises ``NotFound``, ``ActionRefused``, ``InvalidInput``."""
    member = await repository.require_membership(session, actor, record_id)
    await require_locked(session, member.employer_id)
    await apply(session, MEMBERSHIP, member, action, actor=actor, body=body)
    return await _shown(session, member, actor)


@MEMBERSHIP.effect("keep_join")
async def keep_join(_session: AsyncSession, member: GroupMember, actor: Actor, body: ActionBody) -> None:
    """From now on the head sees it."""
    own = actor.organisation_id == member.employer_id
    member.consent = Consent.OWN if own else Consent.COUNTY
    _decide(member, actor, body)
    member.joined_at = member.decided_at


@MEMBERSHIP.effect("keep_end")
async def keep_end(_session: AsyncSession, member: GroupMember, actor: Actor, body: ActionBody) -> None:
    """It is no member, or never was."""
    member.consent = member.joined_at = None
    _decide(member, actor, body)


def _decide(member: GroupMember, actor: Actor, body: ActionBody) -> None:
    member.decided_at = now_utc()
    member.decided_by = f"{actor.organisation_name} {actor.person_name}".strip()
    member.reason = body.reason


@MEMBERSHIP.effect("keep_invitation")
async def keep_invitation(_session: AsyncSession, member: GroupMember, actor: Actor, _body: ActionBody) -> None:
    """Asked once more."""
    member.invited_at, member.invited_by = now_utc(), actor.person_name
    member.decided_at = member.decided_by = member.reason = None
