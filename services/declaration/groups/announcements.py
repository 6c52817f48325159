"""What the others are told of a branch's way into a group and out of it. The table of the steps is in ``workflow``."""

from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

from shared.events.declaration import GroupAnswered, GroupConsentAsked, GroupInvited, GroupRemoved, GroupSettled
from shared.identity import Actor
from shared.workflow.definition import ActionBody

if TYPE_CHECKING:  # the record is made after the table of its workflow
    from services.declaration.groups.models import GroupMember


class _Facts(TypedDict):
    """What every event of a membership tells: the branch by the name that the head typed."""

    member_id: UUID
    group_name: str
    head_id: UUID
    head_name: str
    employer_id: UUID
    employer_name: str
    region_code: str


def _facts(member: "GroupMember") -> _Facts:
    return {
        "member_id": member.id,
        "group_name": member.group.name,
        "head_id": member.group.head_id,
        "head_name": member.group.head.name,
        "employer_id": member.employer_id,
        "employer_name": member.name,
        "region_code": member.employer.region_code,
    }


def group_invited(member: "GroupMember") -> GroupInvited:
    return GroupInvited(**_facts(member))


def group_consent_asked(member: "GroupMember") -> GroupConsentAsked:
    return GroupConsentAsked(**_facts(member))


def invited_again(member: "GroupMember", _actor: Actor, _body: ActionBody) -> GroupInvited:
    return group_invited(member)


def answered(member: "GroupMember", _actor: Actor, _body: ActionBody) -> GroupAnswered:
    return GroupAnswered(**_facts(member), outcome=member.status.label)


def settled(member: "GroupMember", actor: Actor, body: ActionBody) -> GroupSettled:
    facts = _facts(member)
    joined = member.status.is_member
    return GroupSettled(**facts, joined=joined, settled_by=actor.organisation_name, reason=body.reason or "")


def removed(member: "GroupMember", _actor: Actor, _body: ActionBody) -> GroupRemoved:
    return GroupRemoved(**_facts(member))
