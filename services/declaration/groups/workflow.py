"""A branch's way into a group and out of it (BEY-17): the head asks, the branch's own account or its county consents; once it has left or
been taken out, the head sees nothing of it any more.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from services.declaration.groups import announcements
from shared.identity import Actor
from shared.reference.regions import scope_prefix
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled, Refusal, Transition, Workflow
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table is typed by its record, which is made after it
    from services.declaration.groups.models import GroupMember

# Who has been told no does not ask again at once.
ASK_AGAIN_AFTER: Final = timedelta(days=7)


class MemberStatus(Labelled):
    INVITED = "invited", "待同意", Colour.WAITING
    JOINED = "joined", "已加入", Colour.GOOD
    DECLINED = "declined", "已谢绝", Colour.REFUSED
    LEFT = "left", "已退出", Colour.QUIET
    REMOVED = "removed", "已移出", Colour.QUIET

    @meaning
    def is_member(self) -> bool:
        """The head sees its declarations and fills them in."""
        return self is MemberStatus.JOINED

    @meaning
    def is_asked(self) -> bool:
        """The branch, or its county, has to answer."""
        return self is MemberStatus.INVITED


class MemberAction(Labelled):
    ACCEPT = "accept", "同意加入"
    DECLINE = "decline", "谢绝"
    CONSENT = "consent", "代为同意"
    REFUSE = "refuse", "不同意"
    LEAVE = "leave", "退出集团"
    REMOVE = "remove", "移出"
    INVITE = "invite", "再次邀请"


class Consent(Labelled):
    """Who has said yes."""

    OWN = "own", "本单位同意"
    COUNTY = "county", "所在区县代为同意"


def _of_branch(member: "GroupMember", actor: Actor) -> Refusal | None:
    if actor.organisation_id == member.employer_id:
        return None
    return Refusal("not_the_branch", "由受邀单位自己的账号办理，请等待其答复")


def _of_head(member: "GroupMember", actor: Actor) -> Refusal | None:
    if actor.organisation_id == member.group.head_id:
        return None
    return Refusal("not_the_head", "由集团的总部办理，请与其联系")


def _elsewhere(member: "GroupMember") -> Refusal | None:
    """A branch is in one group at a time: two that fill in one form would undo each other's work."""
    if member.joined_elsewhere is None:
        return None
    return Refusal(
        "member_of_another_group",
        f"该单位已加入集团“{member.joined_elsewhere}”，一个单位同时只能加入一个集团；请先退出原集团，再同意加入",
    )


def may_accept(member: "GroupMember", actor: Actor, _now: datetime) -> Refusal | None:
    return _of_branch(member, actor) or _stopped(member) or _elsewhere(member)


def _stopped(member: "GroupMember") -> Refusal | None:
    if member.employer.active and member.group.head.active:
        return None
    return Refusal("employer_inactive", "单位账号已停用，不能加入集团；可以谢绝，或与所在地区县级卫生健康部门联系")


def of_branch(member: "GroupMember", actor: Actor, _now: datetime) -> Refusal | None:
    return _of_branch(member, actor)


def of_head(member: "GroupMember", actor: Actor, _now: datetime) -> Refusal | None:
    return _of_head(member, actor)


def may_refuse(member: "GroupMember", actor: Actor, _now: datetime) -> Refusal | None:
    """The county of the branch, where the head has asked it."""
    if not member.county_asked:
        return Refusal("county_not_asked", "集团没有请区县代为同意，由受邀单位自己的账号答复")
    if actor.region_prefix == scope_prefix(member.employer.region_code):
        return None
    return Refusal("not_its_county", "由该单位所在区县的卫生健康部门答复，请等待其办理")


def may_consent(member: "GroupMember", actor: Actor, now: datetime) -> Refusal | None:
    """What is secret of a unit is shown to others by the unit alone, whatever its county thinks of it."""
    if refusal := may_refuse(member, actor, now):
        return refusal
    if member.is_confidential:
        return Refusal(
            "confidential_unit", "该单位申报过军工等涉密产品，只能由其本单位账号同意加入；请通知该单位登录平台答复"
        )
    return _stopped(member) or _elsewhere(member)


def may_invite(member: "GroupMember", actor: Actor, now: datetime) -> Refusal | None:
    if refusal := _of_head(member, actor):
        return refusal
    answered = member.decided_at
    if member.status is MemberStatus.DECLINED and answered is not None and now < answered + ASK_AGAIN_AFTER:
        return Refusal(
            "declined_just_now", f"该单位刚刚谢绝，{ASK_AGAIN_AFTER.days} 天后可以再次邀请；请先与该单位联系"
        )
    return None


_S, _A = MemberStatus, MemberAction
_EMPLOYER = {Permission.HAZARD_DECLARATION}
_COUNTY = {Permission.DECLARATION_REVIEW}
_OVER: set[Labelled] = {_S.DECLINED, _S.LEFT, _S.REMOVED}
SEEN = "总部可以看到本单位的名称、信用代码、所属地区和申报（联系人手机号码打码，涉密产品不显示），可以填写、修改并提交本单位的申报"

MEMBERSHIP: "Workflow[GroupMember, MemberAction]" = Workflow(
    name="group_membership",
    label="集团成员",
    statuses=MemberStatus,
    initial=_S.INVITED,
    consequences={
        _A.ACCEPT: f"加入后，{SEEN}；本单位仍可自己填写，谁改了什么都有记录，并可随时退出。",
        _A.DECLINE: "不加入该集团，总部看不到本单位的任何申报。",
        _A.CONSENT: f"代该单位同意。加入后，{SEEN}；该单位可随时退出。",
        _A.REFUSE: "您写的理由将告知总部；该单位仍可由自己的账号答复新的邀请。",
        _A.LEAVE: "总部立即不再能查看和填写本单位的申报；已填写的内容保留在本单位的申报中。",
        _A.REMOVE: "总部不再能查看和填写该单位的申报；已填写的内容保留在该单位的申报中。",
        _A.INVITE: "再次请该单位同意加入。",
    },
    transitions=(
        Transition(
            _A.ACCEPT,
            {_S.INVITED},
            _S.JOINED,
            by=_EMPLOYER,
            guard=may_accept,
            then="keep_join",
            emits=announcements.answered,
        ),
        Transition(
            _A.DECLINE,
            {_S.INVITED},
            _S.DECLINED,
            by=_EMPLOYER,
            guard=of_branch,
            then="keep_end",
            emits=announcements.answered,
        ),
        Transition(
            _A.CONSENT,
            {_S.INVITED},
            _S.JOINED,
            by=_COUNTY,
            guard=may_consent,
            then="keep_join",
            emits=announcements.settled,
        ),
        Transition(
            _A.REFUSE,
            {_S.INVITED},
            _S.DECLINED,
            by=_COUNTY,
            guard=may_refuse,
            needs_reason=True,
            then="keep_end",
            emits=announcements.settled,
        ),
        Transition(
            _A.LEAVE,
            {_S.JOINED},
            _S.LEFT,
            by=_EMPLOYER,
            guard=of_branch,
            then="keep_end",
            emits=announcements.answered,
        ),
        Transition(
            _A.REMOVE,
            {_S.INVITED, _S.JOINED},
            _S.REMOVED,
            by=_EMPLOYER,
            guard=of_head,
            then="keep_end",
            emits=announcements.removed,
        ),
        Transition(
            _A.INVITE,
            _OVER,
            _S.INVITED,
            by=_EMPLOYER,
            guard=may_invite,
            then="keep_invitation",
            emits=announcements.invited_again,
        ),
    ),
    hints={
        (_A.ACCEPT, _S.JOINED): "已经加入，无需再次同意",
        (_A.CONSENT, _S.JOINED): "已经加入，无需再次同意",
        (_A.CONSENT, _S.DECLINED): "已经谢绝，请等待总部再次邀请",
        (_A.CONSENT, _S.LEFT): "该单位已退出集团，请等待总部再次邀请",
        (_A.CONSENT, _S.REMOVED): "总部已收回邀请，不需要答复",
    },
)
