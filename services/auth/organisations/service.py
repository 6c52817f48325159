"""Opening an organisation and telling the other services of it. Who may ask for one (applications, enterprise sign-up) is not
decided here.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.organisations import repository
from services.auth.organisations.models import Organisation
from services.auth.organisations.schemas import OrganisationOpen, OrganisationRead
from shared.db.history import remember
from shared.errors import Conflict
from shared.events.auth import OrganisationChanged
from shared.events.log import record
from shared.identifiers import new_id
from shared.identity import Actor


class CreditCodeTaken(Conflict):
    code = "credit_code_taken"
    detail = "该统一社会信用代码已有单位使用，分支机构请填写分支机构编号"


async def open_organisation(
    session: AsyncSession, *, actor: Actor, body: OrganisationOpen, organisation_id: UUID | None = None
) -> Organisation:
    """A new organisation; emits ``OrganisationChanged``. Raises CreditCodeTaken (X22)."""
    if await repository.get_by_code(session, body.credit_code, body.branch_no):
        raise CreditCodeTaken
    values = body.model_dump()
    organisation = Organisation(**{**values, "id": organisation_id or new_id(), "phone": body.phone or ""})
    session.add(organisation)
    await session.flush()
    remember(
        session,
        record_type="organisation",
        record_id=organisation.id,
        action="open",
        actor=actor,
        after=body.model_dump(mode="json", exclude={"phone"}),
    )
    record(session, _changed(organisation))
    return organisation


def _changed(organisation: Organisation) -> OrganisationChanged:
    return OrganisationChanged(
        organisation_id=organisation.id,
        name=organisation.name,
        short_name=organisation.short_name,
        credit_code=organisation.credit_code,
        level=organisation.level,
        region_code=organisation.region_code,
        active=organisation.active,
    )


def read_organisation(organisation: Organisation) -> OrganisationRead:
    """As it is shown."""
    return OrganisationRead.model_validate(organisation, from_attributes=True)
