"""Whether an organisation takes part (启用, 停用; ORG-12). A disabled one keeps its accounts as they are: they only cannot sign in."""

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import Field

from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.events.auth import OrganisationChanged
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.auth.directory.organisations.models import Organisation


class OrganisationStatus(Labelled):
    ACTIVE = "active", "启用", Colour.GOOD
    DISABLED = "disabled", "停用", Colour.REFUSED

    @meaning
    def takes_part(self) -> bool:
        """Its accounts sign in."""
        return self is OrganisationStatus.ACTIVE


class OrganisationAction(Labelled):
    ENABLE = "enable", "启用"
    DISABLE = "disable", "停用"


class OrganisationKind(Labelled):
    """单位属性 (AUTH-02), and the two kinds that have no tick box there."""

    DISEASE_CONTROL = "disease_control", "疾控中心"
    EXAMINATION = "examination", "体检机构"
    DIAGNOSIS = "diagnosis", "诊断机构"
    TECHNICAL_SERVICE = "technical_service", "职业卫生技术服务机构"
    HEALTH_ADMINISTRATION = "health_administration", "卫生行政部门"
    EMPLOYER = "employer", "用人单位"
    OTHER = "other", "其他"


class SwitchBody(ActionBody):
    """``with_below`` takes the organisation's accounts along, and the bodies of its kind below it in its region with theirs."""

    with_below: bool = Field(default=False, description="连同下级机构及其账号")


def organisation_changed(
    organisation: "Organisation", _actor: Actor | None = None, _body: ActionBody | None = None
) -> OrganisationChanged:
    """The event of an organisation as it is now; the contact's phone goes sealed (PLAT-05)."""
    contact = organisation.contact_phone
    return OrganisationChanged(
        organisation_id=organisation.id,
        name=organisation.name,
        short_name=organisation.short_name,
        credit_code=organisation.credit_code,
        branch_no=organisation.branch_no,
        kinds=organisation.kinds,
        level=organisation.level,
        region_code=organisation.region_code,
        address=organisation.address,
        legal_representative=organisation.legal_representative,
        contact_name=organisation.contact_name,
        contact_phone=Sealed.seal(field_cipher(), contact) if contact else None,
        active=organisation.active,
    )


_RANK = (Level.UNIT, Level.COUNTY, Level.CITY, Level.PROVINCE)


def is_above(actor: Actor, level: Level) -> bool:
    """Whether the actor's body stands above this level; nobody stands above the province, which looks after itself."""
    return _RANK.index(actor.level) > _RANK.index(level) or actor.level is level is Level.PROVINCE


def bodies_below(level: Level) -> tuple[Level, ...]:
    """The levels of the bodies that a body of this level oversees; units are no bodies, and oversee nobody."""
    return _RANK[1 : _RANK.index(level)]


def _superior(organisation: "Organisation", actor: Actor, _now: datetime) -> Refusal | None:
    if organisation.id == actor.organisation_id:
        return Refusal("own_organisation", "不能启用或停用自己所在的机构，请由上级机构办理")
    if not is_above(actor, organisation.level):
        return Refusal("needs_superior", "同级机构不能互相启用或停用，请由上级机构办理")
    return None


def not_editor(organisation: "Organisation", actor: Actor) -> Refusal | None:
    """Why the actor, who oversees it, may not correct what is known of it (ORG-08); None for the own and those below."""
    if organisation.id == actor.organisation_id or is_above(actor, organisation.level):
        return None
    return Refusal("needs_superior", "同级机构的信息不能互相修改，请由上级机构办理")


_HOLDS_FIRST = Refusal(
    "holds_first_account",
    "本省首个账号属于该机构，平台管理权限由其授予和收回，因此该机构不能停用；如只需停用其中某些账号，请在“账号”中分别停用",
)


def _closer(organisation: "Organisation", actor: Actor, now: datetime) -> Refusal | None:
    """Closed with its organisation, the province's first account would be out of use, too (AUTH-31)."""
    first = organisation.id == organisation.first_holder_id
    return _superior(organisation, actor, now) or (_HOLDS_FIRST if first else None)


_S, _A = OrganisationStatus, OrganisationAction
_MANAGERS = {Permission.ACCOUNT_MANAGEMENT}

ORGANISATION: "Workflow[Organisation, OrganisationAction]" = Workflow(
    name="organisation",
    label="机构",
    statuses=OrganisationStatus,
    initial=_S.ACTIVE,
    consequences={
        _A.ENABLE: "该机构的账号可以重新登录。",
        _A.DISABLE: "该机构的账号立即不能再登录，正在使用的会被退出，直到重新启用。",
    },
    transitions=(
        Transition(
            _A.ENABLE,
            {_S.DISABLED},
            _S.ACTIVE,
            by=_MANAGERS,
            guard=_superior,
            then="enable_below",
            emits=organisation_changed,
            body=SwitchBody,
        ),
        Transition(
            _A.DISABLE,
            {_S.ACTIVE},
            _S.DISABLED,
            by=_MANAGERS,
            guard=_closer,
            needs_reason=True,
            then="disable_below",
            emits=organisation_changed,
            body=SwitchBody,
        ),
    ),
    hints={
        (_A.ENABLE, _S.ACTIVE): "机构已启用；其账号是否启用，请在账号中查看",
        (_A.DISABLE, _S.DISABLED): "机构已停用，如需恢复请启用",
    },
)
