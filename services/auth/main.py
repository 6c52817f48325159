"""The API of auth (账号与登录): its routers, put together."""

from services.auth.access.accounts.endpoints import router as accounts
from services.auth.access.accounts.export_endpoints import router as account_exports
from services.auth.access.activations.endpoints import password_router as activation_passwords
from services.auth.access.activations.endpoints import policy_router
from services.auth.access.activations.endpoints import router as activations
from services.auth.access.arrivals.endpoints import router as texts
from services.auth.access.arrivals.export_endpoints import router as text_exports
from services.auth.access.challenges.endpoints import answer_router, picture_router
from services.auth.access.challenges.endpoints import router as challenges
from services.auth.access.colleagues.endpoints import router as colleagues
from services.auth.access.drafts.endpoints import router as drafts
from services.auth.access.jobs.endpoints import router as jobs
from services.auth.access.jobs.kinds import JOBS
from services.auth.access.phones.endpoints import password_router as phone_passwords
from services.auth.access.phones.endpoints import router as phones
from services.auth.access.profile.endpoints import password_router as profile_passwords
from services.auth.access.profile.endpoints import router as profile
from services.auth.access.profile.token_endpoints import password_router as token_passwords
from services.auth.access.profile.token_endpoints import router as program_tokens
from services.auth.access.recovery.endpoints import password_router as recovery_passwords
from services.auth.access.recovery.endpoints import router as recovery
from services.auth.access.recovery.endpoints import unlock_router
from services.auth.access.sessions.endpoints import internal_router, password_router
from services.auth.access.sessions.endpoints import router as sessions
from services.auth.access.sessions.lookup import look_up
from services.auth.desks.applications.endpoints import routers as applications
from services.auth.desks.applications.export_endpoints import router as application_exports
from services.auth.desks.cases.counter_endpoints import password_router as case_passwords
from services.auth.desks.cases.counter_endpoints import registrations
from services.auth.desks.cases.counter_endpoints import router as case_counter
from services.auth.desks.cases.endpoints import router as cases
from services.auth.desks.cases.export_endpoints import router as case_exports
from services.auth.desks.cases.notice_endpoints import router as case_notices
from services.auth.desks.enterprises.endpoints import router as enterprises
from services.auth.desks.enterprises.endpoints import sign_up_router
from services.auth.desks.oversight.endpoints import router as oversight
from services.auth.desks.oversight.endpoints import switch_router
from services.auth.directory.organisations.endpoints import router as organisations
from services.auth.directory.organisations.export_endpoints import router as organisation_exports
from services.auth.directory.regions.endpoints import router as regions
from services.auth.directory.registry.endpoints import router as companies
from services.auth.failures import count_failures
from services.auth.records import RECORDS
from services.auth.retention import RULES
from services.auth.tables import METADATA
from services.auth.worker import WORKER
from shared.app import create_app
from shared.web.export_jobs import open_export

# By ``open_export`` a worker makes sheets: with this module it knows them all.
__all__ = ["app", "open_export"]

app = create_app(
    WORKER,
    (
        challenges,
        picture_router,
        answer_router,
        password_router,
        sessions,
        accounts,
        organisations,
        switch_router,
        oversight,
        regions,
        internal_router,
        activations,
        activation_passwords,
        policy_router,
        phones,
        phone_passwords,
        recovery,
        recovery_passwords,
        unlock_router,
        drafts,
        profile,
        colleagues,
        profile_passwords,
        program_tokens,
        token_passwords,
        texts,
        companies,
        enterprises,
        sign_up_router,
        registrations,
        case_counter,
        case_passwords,
        cases,
        case_notices,
        *applications,
        account_exports,
        text_exports,
        application_exports,
        case_exports,
        organisation_exports,
        jobs,
    ),
    title="账号与登录",
    records=RECORDS,
    tables=METADATA,
    rules=RULES,
    session_lookup=look_up,
    jobs=JOBS,
)
count_failures(app)
