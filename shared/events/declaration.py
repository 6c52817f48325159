"""What declaration tells the others: the fate of an employer's declaration of occupational hazards."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.crypto import Sealed
from shared.events.base import Event
from shared.roles import Level


class DeclarationEvent(Event):
    """What every event about one declaration carries."""

    declaration_id: UUID
    employer_id: UUID
    employer_name: str
    region_code: str
    kind: str


class DeclarationSubmitted(DeclarationEvent):
    type: ClassVar[str] = "declaration.declaration.submitted.v1"


class DeclarationApproved(DeclarationEvent):
    type: ClassVar[str] = "declaration.declaration.approved.v1"


class DeclarationRejected(DeclarationEvent):
    type: ClassVar[str] = "declaration.declaration.rejected.v1"

    reason: str


class DeclarationRevoked(DeclarationEvent):
    """An approved declaration went back to review (DECL-12)."""

    type: ClassVar[str] = "declaration.declaration.revoked.v1"

    reason: str


class WithdrawalRequested(DeclarationEvent):
    """An employer asks for a declaration back that an officer has opened (FAQ-D8); ``level`` is that of the office that decides now."""

    type: ClassVar[str] = "declaration.withdrawal.requested.v1"

    level: Level
    reason: str


class WithdrawalAnswered(DeclarationEvent):
    """``answer`` says why where it was not ``granted``."""

    type: ClassVar[str] = "declaration.withdrawal.answered.v1"

    granted: bool
    answer: str


class OrderEvent(Event):
    """What every event about an order of re-review carries (FAQ-D22): ``organisation_id`` gave it, the office of ``level`` answers it."""

    order_id: UUID
    declaration_id: UUID
    employer_name: str
    region_code: str
    level: Level
    organisation_id: UUID
    organisation_name: str
    due_on: date


class ReviewOrdered(OrderEvent):
    type: ClassVar[str] = "declaration.review.ordered.v1"

    reason: str


class ReviewAnswered(OrderEvent):
    type: ClassVar[str] = "declaration.review.answered.v1"

    answered_by: str
    answer: str


class ReviewOverdue(OrderEvent):
    """Its last day has passed without an answer."""

    type: ClassVar[str] = "declaration.review.overdue.v1"


class EmployerChanged(Event):
    """An employer has corrected its basics (注册信息修改, ORG-11); the directory follows. ``contact_phone`` is a person's."""

    type: ClassVar[str] = "declaration.employer.changed.v1"

    employer_id: UUID
    name: str
    region_code: str
    address: str
    legal_representative: str
    contact_name: str
    contact_phone: Sealed | None


class CalendarYearKept(Event):
    """The province's calendar of a year is another (BEY-10): all days of it that are kept, with whether they are working days, and whether
    that is all there is to tell of the year (``complete``). It replaces what was told of the year before."""

    type: ClassVar[str] = "declaration.calendar_year.kept.v1"

    year: int
    complete: bool
    days: dict[date, bool]


class DeclarationDue(Event):
    """A declaration of these units is due in ``days_left`` days, 0 on its last day (BEY-10). ``kind`` is its code; ``change_label`` says of
    a 变更申报 what has changed."""

    type: ClassVar[str] = "declaration.due.approaching.v1"

    kind: str
    kind_label: str
    change_label: str
    last_day: date
    days_left: int
    employer_ids: tuple[UUID, ...]


class DeclarationUrged(Event):
    """An office urges a unit to declare (催报); ``reason`` says what is due, why and until when, ``days_late`` is 0 where its last day is
    not over."""

    type: ClassVar[str] = "declaration.due.urged.v1"

    employer_id: UUID
    employer_name: str
    region_code: str
    kind: str
    kind_label: str
    reason: str
    days_late: int
    urged_by: str


class GroupEvent(Event):
    """What every event of a membership in a group carries (BEY-17): the branch by the name that the head typed, and its own region."""

    member_id: UUID
    group_name: str
    head_id: UUID
    head_name: str
    employer_id: UUID
    employer_name: str
    region_code: str


class GroupInvited(GroupEvent):
    """The head asks the branch, for the first time or again."""

    type: ClassVar[str] = "declaration.group.invited.v1"


class GroupConsentAsked(GroupEvent):
    """The head asks the branch's county to consent for it; ``level`` is the county's."""

    type: ClassVar[str] = "declaration.group.consent_asked.v1"

    level: Level = Level.COUNTY


class GroupAnswered(GroupEvent):
    """The branch itself has joined, declined or left; ``outcome`` in words."""

    type: ClassVar[str] = "declaration.group.answered.v1"

    outcome: str


class GroupSettled(GroupEvent):
    """The county has answered for the branch; ``reason`` where it has not consented."""

    type: ClassVar[str] = "declaration.group.settled.v1"

    joined: bool
    settled_by: str
    reason: str


class GroupRemoved(GroupEvent):
    """The head has taken the branch out, or its invitation back."""

    type: ClassVar[str] = "declaration.group.removed.v1"


class DeclarationPaperPrepared(Event):
    """A form or a receipt of a declaration is to be had as PDF; as ``FormPrepared`` of auth (DECL-14, BEY-10). ``number``, ``title``,
    ``holder_name`` (the unit) and ``facts`` (label, value) are what its public check says, and hold nothing of a person."""

    type: ClassVar[str] = "declaration.paper.prepared.v1"

    kind: str
    source_id: UUID
    revision: int
    content: Sealed
    number: str
    title: str
    holder_name: str
    facts: tuple[tuple[str, str], ...]
    issued_on: date
