"""What somebody without an account does with an application: draft, check, submit, withdraw, and go on at another computer. Whoever holds
the application's key acts for it; deciding is the managers' (``deciding``).
"""

import json
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.service import PhoneTaken
from services.auth.access.codes.models import Purpose
from services.auth.access.codes.service import CodeSent, request_code, use_code
from services.auth.access.texts.service import send_text
from services.auth.desks.applications import directory_repository, repository
from services.auth.desks.applications.documents import own_revision, prepare_form
from services.auth.desks.applications.form import all_fields
from services.auth.desks.applications.form_schemas import ApplicationDraft
from services.auth.desks.applications.masks import changed_fields, masked
from services.auth.desks.applications.models import Application
from services.auth.desks.applications.owning import applicant, give_key, key_read, require_editable, require_own
from services.auth.desks.applications.reading import own_read
from services.auth.desks.applications.rules import advice, contradictions, form_errors, portal_of, stands_at
from services.auth.desks.applications.schemas import ApplicationKey, OwnApplicationRead
from services.auth.desks.applications.workflow import APPLICATION, MOVE, ApplicationAction, submitted_to
from services.auth.settings import auth_settings
from shared.addresses import address
from shared.attachments import VIEW_FILE
from shared.clock import now_utc
from shared.errors import FieldError, InvalidInput
from shared.events.log import record
from shared.identifiers import new_id, new_number
from shared.identity import SYSTEM
from shared.roles import Portal
from shared.settings import platform_settings
from shared.web.drafts import FormCheckRead, problem_fields, read_draft
from shared.web.versions import require_version
from shared.wording import Word
from shared.workflow.apply import ActionRefused, apply
from shared.workflow.definition import refusal_of

# A form has one unit; whoever asks more often than this wants to know which are registered.
_UNIT_HINTS = 20


APPLICATION.words.update({field.name: Word(field.label) for field in all_fields()})
APPLICATION.words["level"] = Word("办理机构", {"city": "地市", "province": "省级"}.get)


class PhoneMissing(InvalidInput):
    def __init__(self) -> None:
        super().__init__(errors=[FieldError("phone", "missing", "请先填写并保存申请用户的手机号码")])


async def create_application(session: AsyncSession, *, form: ApplicationDraft, address: str) -> ApplicationKey:
    """A new draft, and the key that opens it."""
    application = Application(id=new_id(), number=new_number("SQ"), key_hash="", form="{}", status=APPLICATION.initial)
    key = give_key(application)
    session.add(application)
    write_form(application, form)
    await session.flush()
    actor = applicant(application, address)
    APPLICATION.note(session, application.id, "create", actor=actor, version=0)
    return key_read(application, key)


async def read_own(session: AsyncSession, *, number: str, key: str, address: str) -> OwnApplicationRead:
    """The whole form for its applicant."""
    application = await require_own(session, number, key)
    return await own_read(session, application, applicant(application, address))


async def form_to_download(session: AsyncSession, *, number: str, key: str, address: str) -> tuple[UUID, int]:
    """(id, revision) of the newest PDF, which shows the numbers in clear as ``read_own`` does. Raises FormNotPrepared."""
    application = await require_own(session, number, key)
    prepared = own_revision(application)
    actor = applicant(application, address)
    APPLICATION.note_view(session, application.id, VIEW_FILE, actor=actor, after={"kind": "form"})
    return prepared


async def change_application(
    session: AsyncSession, *, number: str, key: str, body: ApplicationDraft, expected: int, address: str
) -> OwnApplicationRead:
    """Sets the given fields (autosave); null empties one. Raises VersionMismatch when it was changed elsewhere (PLAT-03)."""
    application = await require_editable(session, number, key)
    await require_version(session, APPLICATION, application, expected)
    before = json.loads(application.form)
    given = body.model_dump(mode="json", exclude_unset=True)
    write_form(application, ApplicationDraft.model_validate({**before, **given}))
    after = json.loads(application.form)
    if changed := changed_fields(before, after):
        old, new = masked(before), masked(after)
        APPLICATION.note(
            session,
            application.id,
            "update",
            actor=applicant(application, address),
            before={name: old.get(name) for name in changed},
            after={name: new.get(name) for name in changed},
        )
    await session.flush()
    return await own_read(session, application, applicant(application, address))


async def check_form(session: AsyncSession, *, number: str, key: str, given: Mapping[str, object]) -> FormCheckRead:
    """Checks while typing: only what is given, each field at once, and whether the unit is known (AUTH-08, X22). Whether the number has an
    account is told once it is proved."""
    application = await require_own(session, number, key)
    draft, errors = read_draft(ApplicationDraft, given)
    facts = await directory_repository.facts_for(session, draft)
    errors += contradictions(draft, facts)
    hints = advice(draft)
    if draft.credit_code and await _is_known(session, application, draft.credit_code, draft.unit_name or ""):
        hints.append(FieldError("credit_code", "unit_known", "该单位已有账号，可申请增加账号"))
    return FormCheckRead(errors=problem_fields(errors), hints=problem_fields(hints))


async def _is_known(session: AsyncSession, application: Application, credit_code: str, name: str) -> bool:
    """Whether the unit has accounts; no more often than a form needs it."""
    if not await repository.take_unit_hint(session, application.id, _UNIT_HINTS):
        return False
    return await directory_repository.organisation_of(session, credit_code, name) is not None


async def ask_submit_code(session: AsyncSession, *, number: str, key: str, address: str) -> CodeSent:
    """A code to the form's phone, which proves that it is the applicant's. Raises PhoneMissing."""
    application = await require_editable(session, number, key)
    phone = json.loads(application.form).get("phone")
    if not phone:
        raise PhoneMissing
    return await request_code(session, purpose=Purpose.APPLICATION, phone=phone, address=address)


async def submit_application(
    session: AsyncSession, *, number: str, key: str, code: str, address: str
) -> OwnApplicationRead:
    """Checks everything at once, then the code, and hands the form to the account managers (AUTH-05…07). Raises InvalidInput with an
    entry per field, and what ``use_code`` raises."""
    application = await require_own(session, number, key)
    await repository.lock(session, application)
    if refusal := refusal_of(
        APPLICATION, application, ApplicationAction.SUBMIT, applicant(application, address), now_utc()
    ):
        raise ActionRefused(refusal)
    form = ApplicationDraft.model_validate_json(application.form)
    errors = form_errors(form, await directory_repository.facts_for(session, form))
    if errors:
        raise InvalidInput(errors=errors)
    await use_code(session, purpose=Purpose.APPLICATION, phone=form.phone or "", code=code, address=address)
    # Only now: whether a number has an account is told to whoever has that number.
    if taken := await _phone_taken(session, form):
        raise InvalidInput(errors=taken)
    note_for_queue(application, form)
    application.previous_form, application.submitted_form = application.submitted_form, application.form
    application.submitted_at, application.decided_at, application.decision_reason = now_utc(), None, None
    actor = applicant(application, address)
    await apply(session, APPLICATION, application, ApplicationAction.SUBMIT, actor=actor)
    application.told_level = application.desk_level
    await prepare_form(session, application)
    _tell_number(session, application, form.phone or "")
    return await own_read(session, application, actor)


def _tell_number(session: AsyncSession, application: Application, phone: str) -> None:
    """To the phone that was just proven: whoever closes the page has lost the number."""
    url = platform_settings().public_url + address("track", number=application.number)
    words = f"您的账号申请已提交，编号 {application.number}，请打开 {url} 查看进度，结果将以短信告知。"
    fields = {"number": application.number, "link": url}
    send_text(session, about="application_filed", phone=phone, words=words, fields=fields, record_id=application.id)


async def withdraw_application(session: AsyncSession, *, number: str, key: str, address: str) -> OwnApplicationRead:
    """Takes it back into the draft, while nobody has decided it."""
    application = await require_own(session, number, key)
    actor = applicant(application, address)
    await apply(session, APPLICATION, application, ApplicationAction.WITHDRAW, actor=actor)
    return await own_read(session, application, actor)


async def print_own(session: AsyncSession, *, number: str, key: str) -> Application:
    """The form as it is now, to be printed and signed before it is put up (AUTH-06)."""
    application = await require_editable(session, number, key)
    await prepare_form(session, application)
    return application


async def delete_stale_drafts(session: AsyncSession) -> None:
    """Drafts that nobody has touched for a month go, and for a week those whose phone nobody proved; their files become nobody's, and the
    kit's sweep takes them."""
    settings = auth_settings()
    ids = await repository.stale_drafts(session, settings.draft_days, settings.unproven_draft_days)
    await repository.let_go_of_files(session, ids)
    await repository.delete_drafts(session, ids)


async def bring_moved(session: AsyncSession) -> None:
    """Waiting applications whose city has lost or found its account managers since: whoever has them now is told (AUTH-07)."""
    for application in await repository.moved(session):
        before, after = {"level": application.told_level.value}, {"level": application.desk_level.value}
        APPLICATION.note(session, application.id, MOVE, actor=SYSTEM, before=before, after=after)
        application.told_level = application.desk_level
        record(session, submitted_to(application))
    await session.flush()


def write_form(application: Application, form: ApplicationDraft) -> None:
    """Stores the form. What the queue shows of one that was returned stays until it is submitted again."""
    application.form = form.model_dump_json(exclude_none=True)
    if application.status is APPLICATION.initial:
        note_for_queue(application, form)


def note_for_queue(application: Application, form: ApplicationDraft) -> None:
    """What the application is found by."""
    application.unit_name = form.unit_name or ""
    application.credit_code = form.credit_code or ""
    application.region_code = form.district_code or ""
    application.person_name = form.person_name or ""
    application.level, _ = stands_at(form)


async def _phone_taken(session: AsyncSession, form: ApplicationDraft) -> list[FieldError]:
    likely = (Portal.TRAINING, Portal.OFFICIALS)
    portals = (portal_of(stands_at(form)[0]),) if form.purpose else likely
    if form.phone and await directory_repository.is_phone_taken(session, form.phone, *portals):
        return [FieldError("phone", PhoneTaken.code, PhoneTaken.detail)]
    return []
