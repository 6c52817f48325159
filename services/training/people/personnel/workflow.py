"""在岗状态 of a person in a unit's file (TRN-03), and how a certificate stands."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.history import RecordType
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled, Transition, Workflow
from shared.workflow.facts import Fact
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.training.people.personnel.models import StaffMember


class EmploymentStatus(Labelled):
    EMPLOYED = "employed", "在职", Colour.GOOD
    LEFT = "left", "离职", Colour.QUIET

    @meaning
    def is_in_post(self) -> bool:
        """The unit registers the person, and asks for nobody else's."""
        return self is EmploymentStatus.EMPLOYED


class QualificationState(Labelled):
    """Derived from dates and revocation, never stored (X3)."""

    VALID = "valid", "有效", Colour.GOOD
    EXPIRED = "expired", "已过期", Colour.REFUSED
    REVOKED = "revoked", "已撤销", Colour.REFUSED


class EmploymentAction(Labelled):
    LEAVE = "leave", "离职"
    RESUME = "resume", "在职"


# For each of these files that is 已报名 or 审核通过 somewhere: (name of the plan, label of the status), one of them.
SENT_SOMEWHERE = Fact[[AsyncSession, Sequence[UUID]], Mapping[UUID, tuple[str, str]]]("sent_somewhere")
# Whether any plan has this file, in whatever status.
IN_A_PLAN = Fact[[AsyncSession, UUID], bool]("in_a_plan")
# Of these people, those who have passed something that is published: a certificate bears their name (STAFF-15).
CERTIFIED = Fact[[AsyncSession, Sequence[UUID]], Collection[UUID]]("certified")
# The units that know of this registration: the one that made it, and those to which the person has moved since.
REGISTERED_BY = Fact[[AsyncSession, UUID], Sequence[UUID]]("registered_by")
# Tells whoever has approved a registration of this file that the person's name was another one before (FAQ-M6).
RENAMED = Fact[[AsyncSession, UUID, str], None]("renamed")

_S, _A = EmploymentStatus, EmploymentAction
_UNIT = {Permission.INSTITUTION_FILING}

# What is noted of a person as such, in whichever units' files.
PERSON = RecordType("person")
EMPLOYMENT: "Workflow[StaffMember, EmploymentAction]" = Workflow(
    name="staff_member",
    label="人员信息",
    statuses=EmploymentStatus,
    initial=_S.EMPLOYED,
    consequences={
        _A.LEAVE: "离职后，本单位不能再为其报名；资料、证书和附件都保留，回到本单位时可以恢复为在职。",
        _A.RESUME: "恢复在职后，本单位可以再为其报名。",
    },
    transitions=(
        Transition(_A.LEAVE, {_S.EMPLOYED}, _S.LEFT, by=_UNIT),
        Transition(_A.RESUME, {_S.LEFT}, _S.EMPLOYED, by=_UNIT, then="come_back"),
    ),
    asks=(SENT_SOMEWHERE, IN_A_PLAN, REGISTERED_BY, CERTIFIED, RENAMED),
    deletion="leave_plans",
)
