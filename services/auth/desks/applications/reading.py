"""Applications as they are shown: to their applicants, and to the account managers, who see the form as it was last submitted, with its
personal numbers masked unless they ask for them (PLAT-05).
"""

import json
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.repository import require_account
from services.auth.desks.applications import directory_repository
from services.auth.desks.applications.form import all_fields
from services.auth.desks.applications.form_schemas import ApplicationDraft
from services.auth.desks.applications.masks import changed_fields, masked
from services.auth.desks.applications.models import Application
from services.auth.desks.applications.printing import printed_sections, value_in_words
from services.auth.desks.applications.rules import advice, form_errors
from services.auth.desks.applications.schemas import (
    ApplicationFile,
    ApplicationListItem,
    ApplicationRead,
    FormChange,
    OwnApplicationRead,
)
from services.auth.desks.applications.workflow import APPLICATION, ApplicationAction, edit_refusal
from services.auth.directory.organisations.schemas import OrganisationRead
from shared.attachments import Attachment, of_record
from shared.clock import now_utc
from shared.identity import SYSTEM, Actor
from shared.web.drafts import problem_fields
from shared.workflow.buttons import AllowedAction, allowed_actions, button
from shared.workflow.definition import refusal_of

_PLACES = ("district_code", "jurisdiction_code")


def file_read(row: Attachment) -> ApplicationFile:
    """One file of an application."""
    return ApplicationFile.of(row, uploaded_at=row.created_at)


async def files_of(session: AsyncSession, application: Application) -> list[ApplicationFile]:
    """The files of an application, oldest first."""
    return [file_read(row) for row in await of_record(session, APPLICATION, [application.id])]


async def own_read(session: AsyncSession, application: Application, applicant: Actor) -> OwnApplicationRead:
    """The whole form for its applicant, or whoever has the key: the look is remembered (PLAT-05). With what is still missing and what
    can be done now (PLAT-02)."""
    APPLICATION.note_shown(session, application.id, "view_own", actor=applicant)
    form = ApplicationDraft.model_validate_json(application.form)
    facts = await directory_repository.facts_for(session, form)
    return OwnApplicationRead.of(
        application,
        form=form,
        missing=problem_fields(form_errors(form, facts)),
        hints=problem_fields(advice(form)),
        desk=facts.desk,
        attachments=await files_of(session, application),
        allowed_actions=_own_actions(application),
    )


def _own_actions(application: Application) -> list[AllowedAction]:
    now = now_utc()
    own = (ApplicationAction.SUBMIT, ApplicationAction.WITHDRAW)
    refusals = [
        (action.value, action.label, refusal_of(APPLICATION, application, action, SYSTEM, now)) for action in own
    ]
    return [button(*each) for each in (("edit", "修改", edit_refusal(application)), *refusals)]


def list_item(application: Application, actor: Actor) -> ApplicationListItem:
    """A row of the managers' queue."""
    assert application.submitted_at is not None  # what managers see has been submitted
    actions = allowed_actions(APPLICATION, application, actor, now_utc())
    return ApplicationListItem.of(application, allowed_actions=actions)


async def application_read(
    session: AsyncSession, application: Application, actor: Actor, *, full: bool = False
) -> ApplicationRead:
    """The whole application for an account manager."""
    form = json.loads(application.submitted_form or "{}")
    before = json.loads(application.previous_form) if application.previous_form else None
    names = await directory_repository.region_names(
        session, [each.get(p) for each in (form, before or {}) for p in _PLACES]
    )
    shown = form if full else masked(form)
    known = await directory_repository.organisation_of(session, application.credit_code, application.unit_name)
    account = await require_account(session, application.account_id) if application.account_id else None
    return ApplicationRead.of(
        application,
        **dict(list_item(application, actor)),
        form=shown,
        full=full,
        sections=printed_sections(shown, names),
        remarks=form.get("remarks", ""),
        changes=[] if before is None else _changes(before, form, names),
        attachments=await files_of(session, application),
        existing_organisation=OrganisationRead.of(known) if known else None,
        login_name=account.login_name if account else None,
    )


def _changes(before: dict[str, object], after: dict[str, object], names: dict[str, str]) -> list[FormChange]:
    changed: Sequence[str] = changed_fields(before, after)
    old, new = masked(before), masked(after)
    return [
        FormChange(
            field=field.name,
            label=field.label,
            before=value_in_words(field, old, names),
            after=value_in_words(field, new, names),
        )
        for field in all_fields()
        if field.name in changed
    ]
