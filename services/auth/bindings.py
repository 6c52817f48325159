"""Every table of auth, and whoever binds what they name. Each process of the service imports it at its start, so that no task
meets a name that only the API knows.
"""

from services.auth.accounts import service as accounts
from services.auth.accounts.workflow import ACCOUNT
from services.auth.activations import service as activations
from services.auth.applications import deciding as applications
from services.auth.applications.workflow import APPLICATION
from services.auth.cases import service as cases
from services.auth.cases.workflow import CASE
from services.auth.organisations.workflow import ORGANISATION
from services.auth.oversight import signing_out as oversight_signing_out
from services.auth.oversight import switching as oversight_switching
from services.auth.sessions import service as sessions

WORKFLOWS = (
    ACCOUNT,
    APPLICATION,
    CASE,
    ORGANISATION,
)
BINDERS = (
    accounts,
    activations,
    applications,
    cases,
    oversight_signing_out,
    oversight_switching,
    sessions,
)
