"""The records of which auth keeps a history, as 操作记录 calls them and what is done with them."""

from services.auth.access.accounts.service import DONE as ACCOUNTS_DONE
from services.auth.access.accounts.workflow import ACCOUNT
from services.auth.access.guesses.service import UNKNOWN_NAME
from services.auth.desks.applications.review import DONE as APPLICATIONS_DONE
from services.auth.desks.applications.workflow import APPLICATION
from services.auth.desks.cases.notices import RECORD as CASE_NOTICE
from services.auth.desks.cases.reading import DONE as CASES_DONE
from services.auth.desks.cases.workflow import CASE
from services.auth.directory.organisations.service import DONE as ORGANISATIONS_DONE
from services.auth.directory.organisations.workflow import ORGANISATION
from services.auth.directory.regions.service import REGION
from shared.web.audit import Kept

RECORDS = (
    Kept(ACCOUNT, done=ACCOUNTS_DONE),
    Kept(APPLICATION, done=APPLICATIONS_DONE),
    Kept(CASE, done=CASES_DONE),
    Kept(CASE_NOTICE, "受理通知", {"prepare": "生成"}),
    Kept(ORGANISATION, done=ORGANISATIONS_DONE),
    Kept(REGION, "行政区划"),
    Kept(UNKNOWN_NAME, "不存在的账号", {"wrong_password": "密码错误", "lock": "锁定"}),
)
