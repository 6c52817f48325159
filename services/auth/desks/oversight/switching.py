"""What follows when an organisation is disabled or enabled (ORG-12): its people are signed out at once; with everyone below, its accounts
and the bodies below it with theirs go the same way. Who may do it stands in the organisation's table.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.service import PhoneTaken
from services.auth.access.accounts.workflow import ACCOUNT, AccountAction
from services.auth.desks.oversight import repository
from services.auth.desks.oversight.signing_out import end_many
from services.auth.directory.organisations import repository as organisations
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.schemas import OrganisationDetail
from services.auth.directory.organisations.service import read_detail, rewrite
from services.auth.directory.organisations.workflow import ORGANISATION, OrganisationAction, SwitchBody
from shared.db.violations import refused_as
from shared.identity import Actor
from shared.workflow.apply import apply
from shared.workflow.apply_all import apply_all
from shared.workflow.definition import ActionBody


async def act_on_organisation(
    session: AsyncSession, actor: Actor, organisation_id: UUID, action: OrganisationAction, body: ActionBody
) -> OrganisationDetail:
    """Enables or disables an organisation that the actor oversees, alone or with what is below. Raises NotFound and what ``apply``
    raises, PhoneTaken (X18)."""
    organisation = await organisations.require_overseen(session, actor, organisation_id)
    await apply(session, ORGANISATION, organisation, action, actor=actor, body=body)
    return read_detail(organisation, actor)


@ORGANISATION.effect_of_many("disable_below")
async def sign_out_all(
    session: AsyncSession, organisations: Sequence[Organisation], actor: Actor, _body: ActionBody
) -> None:
    """Whoever is signed in for these organisations is told so; their accounts stay what they are."""
    reason = f"您所属的单位已被{actor.organisation_name}停用，如有疑问请与其联系"
    accounts = await repository.accounts_of(session, [each.id for each in organisations])
    await end_many(session, actor=actor, reasons={account.id: reason for account in accounts})


@ORGANISATION.effect("disable_below", SwitchBody)
async def disable_below(session: AsyncSession, organisation: Organisation, actor: Actor, body: SwitchBody) -> None:
    """Signs its people out; takes along what is below where the body says so."""
    await sign_out_all(session, [organisation], actor, body)
    if body.with_below:
        await _take_along(session, organisation, actor, body, OrganisationAction.DISABLE, AccountAction.DISABLE)


@ORGANISATION.effect("enable_below", SwitchBody)
async def enable_below(session: AsyncSession, organisation: Organisation, actor: Actor, body: SwitchBody) -> None:
    """Enables what a switch above had disabled, where the body says so: what was disabled by itself stays so, and alone, the accounts stay
    what they are."""
    rewrite(organisation, {"disabled_along": False})
    if body.with_below:
        await _take_along(session, organisation, actor, body, OrganisationAction.ENABLE, AccountAction.ENABLE)


async def _take_along(
    session: AsyncSession,
    organisation: Organisation,
    actor: Actor,
    body: SwitchBody,
    switch: OrganisationAction,
    switch_account: AccountAction,
) -> None:
    """What the tables do not allow for one of them, such as the actor's own account, leaves that one as it is."""
    back = switch is OrganisationAction.ENABLE
    bodies = await repository.bodies_under(session, organisation)
    taken = [each for each in bodies if each.disabled_along or not back]
    alone = SwitchBody(reason=body.reason)
    moved = await apply_all(session, ORGANISATION, taken, switch, actor=actor, body=alone)
    accounts = await repository.accounts_of(
        session, [organisation.id, *(each.id for each in bodies if each.active is back)]
    )
    reason = ActionBody(reason=body.reason)
    words = "下级账号中有手机号码已用于另一个正常使用的账号的，不能一并启用；请不勾选“连同下级”，再逐个启用账号"
    with refused_as(lambda _: PhoneTaken(words)):
        chosen = [each for each in accounts if each.disabled_along or not back]
        moved_accounts = await apply_all(session, ACCOUNT, chosen, switch_account, actor=actor, body=reason)
    for body_moved in moved:
        rewrite(body_moved, {"disabled_along": not back})
    for account in moved_accounts:
        account.disabled_along = not back
    await session.flush()
