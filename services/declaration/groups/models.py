"""Groups of employers (BEY-17): a company whose account has made one, and the branches that it has asked, each with its own consent. What a
branch declares stays its own record, with its own county.
"""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, aliased, column_property, mapped_column, relationship

from services.declaration.base import DeclarationBase
from services.declaration.declarations.models import Declaration
from services.declaration.employers.models import Employer
from services.declaration.groups.workflow import MEMBERSHIP, Consent, MemberStatus
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import code_of


class Group(Keyed, Timed, Versioned, DeclarationBase):
    """``head_id`` is the company that has made it; each has one at most."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("head_id"),)

    head_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    name: Mapped[str]

    head: Mapped[Employer] = relationship(lazy="joined", innerjoin=True)


class GroupMember(Keyed, Timed, Versioned, DeclarationBase):
    """One branch of one group, or one that was asked. ``name`` and ``credit_code`` are as the head typed them: of a branch that has not
    consented it is shown no more. ``county_asked`` when its county may answer as well; ``decided_by`` is who has answered or ended it."""

    __tablename__ = "group_members"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    status: Mapped[MemberStatus] = mapped_column(code_of(MemberStatus), default=MEMBERSHIP.initial)
    name: Mapped[str]
    credit_code: Mapped[str]
    county_asked: Mapped[bool]
    invited_at: Mapped[datetime]
    invited_by: Mapped[str]
    consent: Mapped[Consent | None] = mapped_column(code_of(Consent))
    joined_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    reason: Mapped[str | None]

    group: Mapped[Group] = relationship(lazy="joined", innerjoin=True)
    employer: Mapped[Employer] = relationship(lazy="joined", innerjoin=True)

    if TYPE_CHECKING:  # questions about other rows, added when the tables are whole
        joined_elsewhere: Mapped[str | None]
        is_confidential: Mapped[bool]

    __table_args__ = (
        UniqueConstraint("group_id", "employer_id"),
        # One group at a time.
        Index("uq_group_members_joined", "employer_id", unique=True, postgresql_where=status == MemberStatus.JOINED),
        Index(None, "employer_id", "id"),
    )


_other = aliased(GroupMember)
_its_group = aliased(Group)
# For the guards: the name of the group where the branch is a member already, and whether it has ever declared secret products.
GroupMember.__mapper__.add_property(
    "joined_elsewhere",
    column_property(
        select(_its_group.name)
        .join(_other, _other.group_id == _its_group.id)
        .where(
            _other.employer_id == GroupMember.employer_id,
            _other.id != GroupMember.id,
            _other.status == MemberStatus.JOINED,
        )
        .correlate_except(_other, _its_group)
        .scalar_subquery(),
        expire_on_flush=False,
    ),
)
GroupMember.__mapper__.add_property(
    "is_confidential",
    column_property(
        exists()
        .where(Declaration.employer_id == GroupMember.employer_id, Declaration.confidential)
        .correlate_except(Declaration),
        expire_on_flush=False,
    ),
)
