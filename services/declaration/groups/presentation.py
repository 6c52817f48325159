"""How a group is shown: to its head what each member has consented to and no more, to a branch and its county who asks and for what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from services.declaration.clock.models import DueDate
from services.declaration.clock.states import state_of
from services.declaration.declarations.contents import problems_of
from services.declaration.declarations.models import Declaration
from services.declaration.groups.models import GroupMember
from services.declaration.groups.schemas import MemberDeclaration, MemberDue, MemberRead, MembershipRead
from services.declaration.groups.workflow import MEMBERSHIP, SEEN, MemberAction
from shared.clock import beijing_today
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.buttons import AllowedAction, allowed_actions

ACTIONS: Final = {"create": "邀请", "ask_county": "请区县代为同意"}
_HEADS: Final = frozenset({MemberAction.REMOVE, MemberAction.INVITE})
_COUNTYS: Final = frozenset({MemberAction.CONSENT, MemberAction.REFUSE})
_BRANCHS: Final = frozenset(MemberAction) - _HEADS - _COUNTYS


def actions_of(member: GroupMember, actor: Actor, now: datetime) -> list[AllowedAction]:
    """Those of the side on which the actor stands."""
    sides = {
        member.group.head_id == actor.organisation_id: _HEADS,
        member.employer_id == actor.organisation_id: _BRANCHS,
        actor.may(Permission.DECLARATION_REVIEW): _COUNTYS,
    }
    own = sides.get(True, frozenset())
    return [each for each in allowed_actions(MEMBERSHIP, member, actor, now) if each.action in own]


def member_read(
    member: GroupMember,
    actor: Actor,
    now: datetime,
    *,
    names: Mapping[str, str],
    open_ones: Mapping[UUID, Declaration],
    last: Mapping[UUID, Declaration],
    due: Mapping[UUID, DueDate],
) -> MemberRead:
    """One row of the head's list; the mappings are by employer, ``names`` by region."""
    employer, key, joined = member.employer, member.employer_id, member.status.is_member
    declaration = (open_ones.get(key) or last.get(key)) if joined else None
    return MemberRead.of(
        member,
        name=employer.name if joined else member.name,
        branch_no=employer.branch_no if joined else "",
        region_label=names.get(employer.region_code, employer.region_code) if joined else None,
        declaration=_declaration(declaration, now) if declaration else None,
        due=_due(due.get(key), declaration, now) if joined else None,
        allowed_actions=actions_of(member, actor, now),
    )


def _declaration(declaration: Declaration, now: datetime) -> MemberDeclaration:
    problems = len(problems_of(declaration, now)) if declaration.status.is_editable else None
    return MemberDeclaration.of(declaration, problems=problems)


def _due(due: DueDate | None, declaration: Declaration | None, now: datetime) -> MemberDue | None:
    if due is None:
        return None
    submitted = declaration is not None and declaration.status.awaits_review
    state = state_of(due.last_day, beijing_today(now), submitted=submitted)
    return MemberDue(kind_label=due.kind.label, last_day=due.last_day, state=state, state_label=state.label)


def membership_read(member: GroupMember, actor: Actor, now: datetime, names: Mapping[str, str]) -> MembershipRead:
    """As a branch, or its county, is asked; the head reads of one that is no member what it typed itself."""
    employer, head = member.employer, member.group.head
    typed_only = actor.organisation_id == head.id and not member.status.is_member
    return MembershipRead.of(
        member,
        group_name=member.group.name,
        head_name=head.name,
        head_code=head.credit_code,
        employer_name=member.name if typed_only else employer.name,
        credit_code=member.credit_code if typed_only else employer.credit_code,
        region_label=None if typed_only else names.get(employer.region_code, employer.region_code),
        terms=f"{SEEN}。",
        allowed_actions=actions_of(member, actor, now),
    )
