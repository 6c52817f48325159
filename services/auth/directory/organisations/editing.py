"""What an overseer corrects on an organisation: names, region, address, contact. Its credit code is corrected by a case (ORG-08), its
status by the workflow.
"""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.directory.organisations import repository
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.schemas import OrganisationUpdate
from services.auth.directory.organisations.service import rewrite
from services.auth.directory.organisations.workflow import ORGANISATION, not_editor, organisation_changed
from services.auth.directory.regions.service import check_region
from shared.crypto import mask_phone
from shared.errors import FieldError, InvalidInput
from shared.events.log import record
from shared.identity import Actor
from shared.reference.regions import scope_prefix
from shared.web.versions import require_version
from shared.workflow.apply import ActionRefused

_MASKED = ("phone", "contact_phone")


async def change_organisation(
    session: AsyncSession, *, actor: Actor, organisation_id: UUID, expected: int, body: OrganisationUpdate
) -> tuple[Organisation, frozenset[str]]:
    """The organisation with what ``body`` names changed, and the names of what differs now; in the history and told to the others.

    Raises NotFound, ActionRefused (only the superior may), VersionMismatch (PLAT-03), InvalidInput (a region that is not valid, not the
    actor's, or of another level).
    """
    await repository.require_overseen(session, actor, organisation_id)
    organisation = await repository.require_for_change(session, organisation_id)
    if refusal := not_editor(organisation, actor):
        raise ActionRefused(refusal)
    await require_version(session, ORGANISATION, organisation, expected)
    news = {name: getattr(body, name) for name in body.model_fields_set}
    for name in {"phone", "postcode"} & news.keys():
        news[name] = news[name] or ""
    before = {name: getattr(organisation, name) for name, value in news.items() if value != getattr(organisation, name)}
    changed = {name: news[name] for name in before}
    if "region_code" in changed:
        await _check_region(session, actor, organisation, changed["region_code"])
    if not changed:
        return organisation, frozenset()
    rewrite(organisation, changed)
    await session.flush()
    ORGANISATION.note(session, organisation.id, "update", actor=actor, before=_shown(before), after=_shown(changed))
    record(session, organisation_changed(organisation))
    await session.flush()
    return organisation, frozenset(changed)


async def _check_region(session: AsyncSession, actor: Actor, organisation: Organisation, code: str) -> None:
    await check_region(session, code)
    if not code.startswith(actor.region_prefix):
        message = "只能迁至本辖区内的行政区划，迁往其他辖区请由上级机构办理"
        raise InvalidInput(errors=[FieldError("region_code", "region_outside", message)])
    if len(scope_prefix(code)) != len(scope_prefix(organisation.region_code)):
        message = "新的行政区划须与原来的层级相同（省、市或区县）"
        raise InvalidInput(errors=[FieldError("region_code", "region_other_level", message)])


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    """No phone in clear (PLAT-05)."""
    return {name: mask_phone(value) if name in _MASKED and value else value for name, value in values.items()}
