"""What an account manager's decision does: an account is opened for the unit and its activation sent, or the applicant is told why not
(AUTH-07, AUTH-08). Never is there a password that anybody but the holder knows (X15).
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.naming import free_login_name
from services.auth.access.accounts.schemas import AccountOpen
from services.auth.access.accounts.service import open_account
from services.auth.access.activations.service import begin_activation
from services.auth.access.texts.service import send_text
from services.auth.desks.applications import directory_repository, repository
from services.auth.desks.applications.form_schemas import ApplicationDraft, ApplicationForm
from services.auth.desks.applications.models import Application
from services.auth.desks.applications.reading import application_read
from services.auth.desks.applications.rules import form_errors, portal_of, stands_at
from services.auth.desks.applications.schemas import ApplicationRead
from services.auth.desks.applications.workflow import APPLICATION, ApplicationAction, OpenBody
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.schemas import OrganisationOpen
from services.auth.directory.organisations.service import add_kinds, open_organisation
from services.auth.directory.organisations.workflow import OrganisationKind
from shared.clock import now_utc
from shared.errors import Conflict
from shared.identity import Actor
from shared.roles import Grant, Level
from shared.workflow.apply import apply
from shared.workflow.definition import ActionBody


class ApplicationOutdated(Conflict):
    code = "application_outdated"

    def __init__(self, message: str) -> None:
        super().__init__(f"申请内容已不符合要求（{message}），请退回申请人修改")


class OrganisationElsewhere(Conflict):
    code = "organisation_elsewhere"
    detail = "该统一社会信用代码的单位登记在其他地区，请退回申请人核对行政区划，或请其向登记地的账号管理人员申请"


class OrganisationDiffers(Conflict):
    code = "organisation_differs"
    detail = "该统一社会信用代码的单位与申请的级别或业务管辖地区不一致，请退回申请人核对申请用途和业务管辖地区"


class OrganisationDisabled(Conflict):
    code = "organisation_disabled"
    detail = "该单位已停用，请先在机构管理中启用再开通账号"


async def act_on_application(
    session: AsyncSession, actor: Actor, application_id: UUID, action: ApplicationAction, body: ActionBody
) -> ApplicationRead:
    """Opens, returns or refuses. Raises NotFound, and what the table and the effects below refuse."""
    application = await repository.require_application(session, actor, application_id)
    await apply(session, APPLICATION, application, action, actor=actor, body=body)
    return await application_read(session, application, actor)


@APPLICATION.effect("open_account", OpenBody)
async def open_for_application(session: AsyncSession, application: Application, actor: Actor, body: OpenBody) -> None:
    """Opens the account, in the unit's organisation if there is one already (AUTH-08), and sends its holder the activation. Raises
    PhoneTaken (X18), LoginNameTaken and the refusals above."""
    form = await _form_of_today(session, application)
    organisation = await _organisation(session, form, actor)
    login_name = body.login_name or await free_login_name(session, form.unit_short_name or form.unit_name)
    level, _ = stands_at(form)
    opened = AccountOpen(
        login_name=login_name,
        person_name=form.person_name,
        resident_id=form.resident_id,
        phone=form.phone,
        email=form.email,
        portal=portal_of(level),
        grants=frozenset(form.permissions),
        valid_from=form.valid_from,
        valid_until=form.valid_until,
    )
    account = await open_account(session, actor=actor, organisation=organisation, body=opened)
    application.account_id, application.decided_at, application.decision_reason = account.id, now_utc(), None
    await begin_activation(session, account=account)


@APPLICATION.effect("tell_applicant")
async def tell_applicant(session: AsyncSession, application: Application, _actor: Actor, body: ActionBody) -> None:
    """The applicant gets the decision and its reason by SMS, with the number by which to go on."""
    application.decided_at, application.decision_reason = now_utc(), (body.reason or "").strip()
    form = ApplicationDraft.model_validate_json(application.submitted_form or "{}")
    words = (
        f"您的账号申请（编号 {application.number}）{application.status.label}，理由：{application.decision_reason}。"
        "请在平台登录页“进度查询”中用编号查看。"
    )
    if form.phone:
        send_text(
            session,
            about="application_decided",
            phone=form.phone,
            words=words,
            fields={
                "number": application.number,
                "outcome": application.status.label,
                "reason": application.decision_reason,
            },
            record_id=application.id,
        )


async def _form_of_today(session: AsyncSession, application: Application) -> ApplicationForm:
    draft = ApplicationDraft.model_validate_json(application.submitted_form or "{}")
    errors = form_errors(draft, await directory_repository.facts_for(session, draft))
    if errors:
        raise ApplicationOutdated(errors[0].message)
    return ApplicationForm.model_validate(draft.model_dump())


async def _organisation(session: AsyncSession, form: ApplicationForm, actor: Actor) -> Organisation:
    level, region_code = stands_at(form)
    known = await directory_repository.organisation_of(session, form.credit_code, form.unit_name)
    if not (known.region_code if known else region_code).startswith(actor.region_prefix):
        raise OrganisationElsewhere
    if known is None:
        return await open_organisation(session, actor=actor, body=_new_organisation(form))
    # A body's level and region give its accounts their rights: nobody comes to others' by its credit code.
    if known.level is not level or (level is not Level.UNIT and known.region_code != region_code):
        raise OrganisationDiffers
    if not known.active:
        raise OrganisationDisabled
    add_kinds(session, known, _kinds(form), actor)
    return known


def _new_organisation(form: ApplicationForm) -> OrganisationOpen:
    level, region_code = stands_at(form)
    return OrganisationOpen(
        name=form.unit_name,
        short_name=form.unit_short_name or form.unit_name[:50],
        credit_code=form.credit_code,
        level=level,
        region_code=region_code,
        phone=form.unit_phone,
        kinds=tuple(_kinds(form)),
        jurisdiction_code=form.jurisdiction_code,
        address=form.unit_address,
        postcode=form.postcode,
        legal_representative=form.legal_representative or "",
        legal_representative_title=form.legal_representative_title or "",
        contact_name=form.contact_name,
        contact_phone=form.contact_phone,
    )


def _kinds(form: ApplicationForm) -> list[OrganisationKind]:
    by_grant = {
        Grant.DISEASE_CONTROL: OrganisationKind.DISEASE_CONTROL,
        Grant.HEALTH_ADMINISTRATION: OrganisationKind.HEALTH_ADMINISTRATION,
    }
    named = [by_grant[grant] for grant in form.permissions if grant in by_grant]
    return list(dict.fromkeys([*form.unit_kinds, *named]))
